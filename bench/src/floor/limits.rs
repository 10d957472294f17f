//! Limits of the machine: programs started and commits made by bare loops.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;
use tokio::task::JoinSet;

use crate::Failure;

/// Starts `count` programs, `width` at once, and prints starts per second and CPU time of each in
/// milliseconds.
pub(crate) async fn spawn(count: u32, width: usize, program: &[&str]) -> Result<(), Failure> {
    let [name, arguments @ ..] = program else {
        return Err("no program".into());
    };
    let cpu = cpu_ms()?;
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..count {
        if running.len() == width
            && let Some(ended) = running.join_next().await
        {
            succeeded(ended?)?;
        }
        let mut child = Command::new(name)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        running.spawn(async move { child.wait().await });
    }
    while let Some(ended) = running.join_next().await {
        succeeded(ended?)?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    print(
        f64::from(count) / seconds,
        (cpu_ms()? - cpu) / f64::from(count),
    );
    Ok(())
}

fn succeeded(ended: std::io::Result<std::process::ExitStatus>) -> Result<(), Failure> {
    let status = ended?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("a program ended with {status}").into())
    }
}

/// Makes `count` commits of one row with a sync each, and prints commits per second.
pub(crate) fn commits(file: &Path, count: u32) -> Result<(), Failure> {
    let connection = rusqlite::Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE row (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)",
    )?;
    let mut insert = connection.prepare("INSERT INTO row (at) VALUES (?)")?;
    let begun = Instant::now();
    for _ in 0..count {
        insert.execute([crate::now()])?;
    }
    print(f64::from(count) / begun.elapsed().as_secs_f64(), 0.0);
    Ok(())
}

/// CPU time of this process and its ended children, in milliseconds.
fn cpu_ms() -> Result<f64, Failure> {
    use nix::sys::resource::{UsageWho, getrusage};
    let mut sum = 0.0;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        for time in [usage.user_time(), usage.system_time()] {
            #[expect(clippy::cast_precision_loss, reason = "CPU time of seconds")]
            let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
            sum += seconds * 1e3;
        }
    }
    Ok(sum)
}

#[expect(clippy::print_stdout, reason = "its caller reads it")]
fn print(rate: f64, cpu_ms: f64) {
    println!("{rate} {cpu_ms}");
}
