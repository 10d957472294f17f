//! Rows 14 and 15: disks that are full, slow, or fail.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::{let_pass, until};

/// A file system of its own of 8 MB; unmounted with this value.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(at).map_err(|error| error.to_string())?;
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "faults"])
            .arg(at)
            .output();
        match done {
            Ok(done) if done.status.success() => Ok(Self(at.to_owned())),
            Ok(done) => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).expect("a file");
        for block in [64 * 1024, 512, 1] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("the filler");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A server may still hold files there; it is gone in a moment.
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

/// Full for the output: runs continue. Full for the database: it reports that, and recovers.
pub(crate) async fn full(setting: Setting) -> Outcome {
    let mut sum = Counts::default();
    let mut notes = Vec::new();
    let mut site = Site::new(&setting, 1).await;
    let output = match Small::mount(&site.nodes[0].data.join("output")) {
        Ok(small) => small,
        Err(why) => return Outcome::NotRun(format!("no file system of 8 MB: {why}")),
    };
    site.start().await;
    site.load(2).await;
    // Noise does not compress.
    site.enter(0, 2, "; head -c 6000000 /dev/urandom", json!({}))
        .await;
    let_pass(setting.span(6, 20)).await;
    output.fill();
    let_pass(setting.span(4, 10)).await;
    assert!(
        !site.nodes[0].has_ended(),
        "it must not end: {}",
        site.nodes[0].log_end()
    );
    let counts = site.judge().await;
    let bad = site
        .database
        .runs()
        .await
        .expect("the runs")
        .iter()
        .filter(|run| run.state == "failed")
        .count();
    assert_eq!(bad, 0, "runs failed because of their output");
    notes.push(format!("output on a full disk: ran {}", counts.ran));
    sum.sum(&counts);
    drop(output);
    site.close().await;

    let mut site = Site::new(&setting, 1).await;
    let data = site.nodes[0].data.clone();
    let kept = data.with_extension("kept");
    std::fs::rename(&data, &kept).expect("moved");
    let small = Small::mount(&data).expect("it could be mounted before");
    let copied = Command::new("cp")
        .arg("-a")
        .arg(kept.join("."))
        .arg(&data)
        .status()
        .expect("cp");
    assert!(copied.success(), "the data folder is copied");
    site.start().await;
    site.load(3).await;
    let_pass(Duration::from_secs(3)).await;
    small.fill();
    // Existing pages may be overwritten; growing fails.
    let task = |number: u32| json!({ "name": format!("big-{number}"), "schedules": [{ "spec": "0 0 1 1 *" }], "command": "x".repeat(16_000) });
    let mut refused = None;
    for number in 0..400 {
        let (status, body) = site.nodes[0]
            .ask(Method::POST, "/api/v1/tasks", Some(task(number)))
            .await
            .expect("an answer");
        if status != 201 {
            refused = Some((status, body));
            break;
        }
    }
    let (status, body) = refused.expect("a full disk refuses at last");
    assert!(status.is_server_error(), "{status} {body}");
    let_pass(setting.span(4, 15)).await;
    assert!(
        !site.nodes[0].has_ended(),
        "it must not end: {}",
        site.nodes[0].log_end()
    );
    small.free();
    let mut last = None;
    let healing = tokio::time::Instant::now() + Duration::from_secs(20);
    while last.as_ref().is_none_or(|(status, _)| *status != 201) {
        assert!(
            tokio::time::Instant::now() < healing,
            "it does not recover: {last:?}: {}",
            site.nodes[0].log_end()
        );
        let asked = site.nodes[0]
            .ask(Method::POST, "/api/v1/tasks", Some(task(999)))
            .await;
        last = asked.ok();
        let_pass(Duration::from_millis(200)).await;
    }
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge().await;
    notes.push(format!(
        "database on a full disk: refused with {status}, recovered"
    ));
    sum.sum(&counts);
    drop(small);
    site.close().await;
    Outcome::passed(sum, notes)
}

/// Every flush takes 0.7 s, and then none succeeds for a while.
pub(crate) async fn slow(setting: Setting) -> Outcome {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return Outcome::NotRun("strace is missing (Debian package strace)".to_owned());
    }
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    site.load(4).await;
    let mut notes = Vec::new();
    for (what, seconds) in [
        ("delay_enter=700000", setting.span(6, 20)),
        ("error=EIO", setting.span(3, 6)),
    ] {
        let log = site.work().join("strace.log");
        let inject = format!("inject=fsync,fdatasync:{what}");
        let mut tracing = tokio::process::Command::new("strace");
        tracing
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                &inject,
                "-o",
            ])
            .arg(&log);
        tracing.arg("-p").arg(site.nodes[0].pid().to_string());
        let mut tracing = tracing
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("strace");
        let hit = until(Duration::from_secs(20), || {
            let count = std::fs::read_to_string(&log)
                .unwrap_or_default()
                .matches("INJECTED")
                .count()
                + std::fs::read_to_string(&log)
                    .unwrap_or_default()
                    .matches("DELAYED")
                    .count();
            let ended = tracing.try_wait().is_ok_and(|ended| ended.is_some());
            async move { (count > 0 || ended).then_some(count) }
        })
        .await;
        if hit.is_none_or(|count| count == 0) {
            return Outcome::NotRun("strace may not look into the server here".to_owned());
        }
        let_pass(seconds).await;
        // It detaches from the server when it is terminated.
        let pid = i32::try_from(tracing.id().expect("it runs")).expect("a pid");
        nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid),
            nix::sys::signal::Signal::SIGTERM,
        )
        .expect("a signal");
        tracing.wait().await.expect("its status");
        assert!(
            !site.nodes[0].has_ended(),
            "it must not end: {}",
            site.nodes[0].log_end()
        );
        notes.push(format!("{what} for {} s", seconds.as_secs()));
    }
    let_pass(Duration::from_secs(3)).await;
    let counts = site.judge().await;
    site.close().await;
    Outcome::passed(counts, notes)
}
