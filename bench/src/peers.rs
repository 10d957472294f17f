//! Schedulers that a user would pick instead, measured beside the product in the same run.

mod apscheduler;
mod cron;
mod cronicle;
mod watch;

use std::process::{Command, Stdio};

use crate::Failure;
use crate::report::{APSCHEDULER, CRON, CRONICLE, Report};
use crate::stage::Stage;

/// Measures all peers. One that is not available here is reported, and is not a failure of the suite.
pub(crate) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    if let Err(why) = cron::measure(stage, report).await {
        report.not_run(CRON, why.to_string());
    }
    if let Err(why) = apscheduler::measure(stage, report).await {
        report.not_run(APSCHEDULER, why.to_string());
    }
    if let Err(why) = cronicle::measure(stage, report).await {
        report.not_run(CRONICLE, why.to_string());
    }
    Ok(())
}

/// Runs a command of an installation to its end; its output is the reason if it fails.
fn finish(what: &str, command: &mut Command) -> Result<String, Failure> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{what}: {error}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let wrote = String::from_utf8_lossy(&done.stderr).into_owned();
    let last = wrote.lines().rev().find(|line| !line.trim().is_empty());
    Err(format!("{what}: {}", last.unwrap_or("it failed without a word")).into())
}
