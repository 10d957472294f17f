//! The floor: wait for the instant, then spawn, at most 64 at a time. Nothing is stored.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::stats::Round;
use crate::{Failure, now_nanos, read_lines, round};

const AT_ONCE: usize = 64;
const SECOND: i64 = 1_000_000_000;

pub(crate) async fn rounds(
    folder: &Path,
    stamp: &Path,
    count: usize,
    rounds: usize,
) -> Result<Vec<Round>, Failure> {
    let mut measured = Vec::new();
    for number in 0..rounds {
        let file = folder.join(format!("floor-{count}-{number}"));
        let instant = (now_nanos() / SECOND + 1) * SECOND;
        tokio::time::sleep(Duration::from_nanos(u64::try_from(instant - now_nanos())?)).await;
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for _ in 0..count {
            let permit = Arc::clone(&permits).acquire_owned().await?;
            let mut command = Command::new("/bin/sh");
            command
                .arg("-c")
                .arg(format!("{} {}", stamp.display(), file.display()))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            running.spawn(async move {
                let output = command.output().await;
                drop(permit);
                output
            });
        }
        while let Some(done) = running.join_next().await {
            if !done??.status.success() {
                return Err("a command of the floor failed".into());
            }
        }
        measured.push(round(&read_lines(&file)?, instant, count)?);
    }
    Ok(measured)
}
