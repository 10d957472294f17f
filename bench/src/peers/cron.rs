//! Debian's cron, a private instance in its own mount namespace.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::finish;
use super::watch::{Set, Sets, Watch, idle_cpu, idle_memory};
use crate::report::{CRON, Report};
use crate::stage::{Owned, Stage};
use crate::{Failure, now_nanos};

/// Its resolution.
const MINUTE: i64 = 60;

/// All starts of an instant and their ends must fit before the next one.
const LIMIT: Duration = Duration::from_secs(45);

/// Measures it: one instant a minute.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    install(stage)?;
    let sets = Sets::fresh("cron")?;
    let rounds = match (stage.quick, stage.long) {
        (true, _) => 1,
        // Each takes three minutes.
        (false, false) => 2,
        (false, true) => 3,
    };
    let order = [&sets.one, &sets.hundred, &sets.thousand];
    let first = first_minute();
    let table = table(&order, first, rounds)?;
    let cron = start(stage, "full", &table).await?;
    let mut watch = Watch::new(CRON, cron.pid());
    for (index, set) in order.iter().cycle().take(3 * rounds).enumerate() {
        let instant = first + MINUTE * i64::try_from(index)?;
        watch.instant(set, instant, LIMIT).await?;
        if index == 0 {
            // There is time until the next minute, and the other one sleeps.
            idle(stage, report).await?;
        }
    }
    watch.note(report);
    Ok(())
}

fn install(stage: &Stage) -> Result<(), Failure> {
    if !nix::unistd::geteuid().is_root() {
        return Err("a private cron needs root: it reads /var/spool/cron alone".into());
    }
    finish(
        "cron cannot be installed",
        Command::new(stage.root.join("scripts/need.sh")).args(["cron", "cron"]),
    )?;
    Ok(())
}

/// The first minute of which cron knows all tasks in time.
fn first_minute() -> i64 {
    let now = now_nanos() / crate::stamps::SECOND;
    (now + 3) / MINUTE * MINUTE + MINUTE
}

/// One line for each task, with the minutes of its set: the sets take turns.
fn table(sets: &[&Set], first: i64, rounds: usize) -> Result<String, Failure> {
    let mut text = head();
    for (index, set) in sets.iter().enumerate() {
        let minutes: Vec<String> = (0..rounds)
            .map(|round| {
                let minute = first / MINUTE + i64::try_from(index + round * sets.len())?;
                Ok((minute % 60).to_string())
            })
            .collect::<Result<_, Failure>>()?;
        for command in set.commands() {
            writeln!(text, "{} * * * * {command}", minutes.join(","))?;
        }
    }
    Ok(text)
}

fn head() -> String {
    "MAILTO=\"\"\n".to_owned()
}

/// Runs cron with this table.
async fn start(stage: &Stage, name: &str, table: &str) -> Result<Owned, Failure> {
    let path = stage.folder.join(format!("cron/{name}.crontab"));
    let errors = path.with_extension("log");
    std::fs::write(&path, table)?;
    // unshare and the script become cron, so that its pid is that of our child.
    let child = Command::new("unshare")
        .args(["--mount", "--propagation", "private"])
        .arg(stage.root.join("bench/peers/cron.sh"))
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&errors)?)
        .spawn()?;
    let mut cron = Owned(child);
    let name = format!("/proc/{}/comm", cron.pid());
    while std::fs::read_to_string(&name)?.trim() != "cron" {
        if cron.0.try_wait()?.is_some() {
            let why = std::fs::read_to_string(&errors)?;
            return Err(format!("cron cannot be started: {}", why.trim()).into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(cron)
}

/// Memory and CPU time of two more crons, with no task and with 1,000 that are not due.
async fn idle(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let empty = start(stage, "empty", &head()).await?;
    let memory = idle_memory(empty.pid()).await?;
    report.put("P6", CRON, ("memory, 0 tasks", "MB"), [memory]);
    drop(empty);
    let sets = Sets::fresh("cron-idle")?;
    // Half an hour away.
    let table = table(&[&sets.thousand], first_minute() + 30 * MINUTE, 1)?;
    let full = start(stage, "idle", &table).await?;
    let memory = idle_memory(full.pid()).await?;
    report.put("P6", CRON, ("memory, 1,000 tasks", "MB"), [memory]);
    let percent = idle_cpu(stage, full.pid()).await?;
    report.put("P6", CRON, ("CPU, 1,000 tasks", "%"), [percent]);
    Ok(())
}
