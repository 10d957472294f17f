//! APScheduler, a library for Python, with its job store in SQLite.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use super::finish;
use super::watch::{Set, Sets, Watch, idle_cpu, idle_memory};
use crate::report::{APSCHEDULER, Report};
use crate::stage::Stage;
use crate::stamps::{SECOND, Stamps};
use crate::{Failure, now_nanos};

/// Seconds within a minute, after the first instant, at which each set is due. The 1,000 have the
/// longest time to end.
const ONE: &[i64] = &[0, 20];
const HUNDRED: &[i64] = &[10];
const THOUSAND: &[i64] = &[30];

/// Tasks that must not fire start in a day.
const DAY: i64 = 86_400;

/// Measures it.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let python = install(stage)?;
    let entering = idle(stage, &python, report).await?;
    let sets = Sets::fresh("apscheduler")?;
    let mut peer = Peer::start(stage, &python, "fires.db").await?;
    // The first instant is late enough for all tasks to be added.
    let first = now_seconds() + i64::try_from(3 * entering.as_secs())? + 10;
    let due = [
        (&sets.one, ONE),
        (&sets.hundred, HUNDRED),
        (&sets.thousand, THOUSAND),
    ];
    for (set, seconds) in due {
        peer.enter(&tasks(set, first, seconds)).await?;
    }
    let mut watch = Watch::new(APSCHEDULER, peer.pid);
    for round in 0..if stage.quick { 1 } else { 2 } {
        let mut instants: Vec<(&Set, i64)> = due
            .iter()
            .flat_map(|(set, seconds)| seconds.iter().map(|second| (*set, *second)))
            .collect();
        instants.sort_by_key(|(_, second)| *second);
        for (set, second) in instants {
            let limit = Duration::from_secs(if set.count == 1_000 { 27 } else { 8 });
            watch
                .instant(set, first + 60 * round + second, limit)
                .await?;
        }
    }
    watch.note(report);
    Ok(())
}

/// A virtual environment with the exact versions, created once.
fn install(stage: &Stage) -> Result<PathBuf, Failure> {
    let versions = stage.root.join("bench/peers/apscheduler.txt");
    let home = stage.keep.join("apscheduler");
    let python = home.join("bin/python");
    let complete = home.join("installed.txt");
    let wanted = std::fs::read_to_string(&versions)?;
    if std::fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    finish(
        "a virtual environment of Python cannot be made",
        Command::new("python3").args(["-m", "venv"]).arg(&home),
    )?;
    finish(
        "pip cannot install it",
        Command::new(&python)
            .args(["-m", "pip", "install", "--disable-pip-version-check"])
            .args(["--quiet", "--requirement"])
            .arg(&versions),
    )?;
    std::fs::write(complete, wanted)?;
    Ok(python)
}

/// A set as tasks that are due at these seconds after the first instant, each minute.
fn tasks(set: &Set, first: i64, seconds: &[i64]) -> Value {
    let seconds: Vec<String> = seconds
        .iter()
        .map(|second| ((first + second) % 60).to_string())
        .collect();
    let seconds = seconds.join(",");
    set.commands()
        .enumerate()
        .map(|(number, command)| task(&format!("{}-{number}", set.name), &seconds, first, &command))
        .collect()
}

fn task(id: &str, second: &str, start: i64, command: &str) -> Value {
    json!({"id": id, "second": second, "start": start, "command": command})
}

fn now_seconds() -> i64 {
    now_nanos() / SECOND
}

/// P6 and P7, on another store; gives how long it took to enter 1,000 tasks.
async fn idle(stage: &Stage, python: &Path, report: &mut Report) -> Result<Duration, Failure> {
    let sets = Sets::fresh("apscheduler-idle")?;
    let mut peer = Peer::start(stage, python, "idle.db").await?;
    let memory = idle_memory(peer.pid).await?;
    report.put("P6", APSCHEDULER, ("memory, 0 tasks", "MB"), [memory]);
    let begun = Instant::now();
    peer.enter(&tasks(&sets.thousand, now_seconds() + DAY, THOUSAND))
        .await?;
    let entering = begun.elapsed();
    let memory = idle_memory(peer.pid).await?;
    report.put("P6", APSCHEDULER, ("memory, 1,000 tasks", "MB"), [memory]);
    let percent = idle_cpu(stage, peer.pid).await?;
    report.put("P6", APSCHEDULER, ("CPU, 1,000 tasks", "%"), [percent]);

    let ticks = Stamps::new("tick")?;
    let tick = task("tick", "*", now_seconds(), &ticks.command("tick"));
    peer.enter(&json!([tick])).await?;
    for _ in 0..if stage.quick { 1 } else { 3 } {
        peer.stop().await?;
        let begun = now_nanos();
        peer = Peer::start(stage, python, "idle.db").await?;
        let able = first_after(&ticks, begun).await?;
        report.put("P7", APSCHEDULER, ("able to fire", "s"), [able]);
    }
    report.note(
        "P7",
        format!(
            "{APSCHEDULER} makes up at once for the seconds it was down, so it waits for none."
        ),
    );
    Ok(entering)
}

/// Seconds from `begun` to the first stamp after it.
async fn first_after(stamps: &Stamps, begun: i64) -> Result<f64, Failure> {
    for _ in 0..6_000 {
        let found = stamps.read()?.into_iter().find(|(_, at)| *at >= begun);
        if let Some((_, at)) = found {
            return Ok(crate::stamps::millis(at - begun) / 1_000.0);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err("nothing fires after a start".into())
}

/// A running scheduler; dropping it ends it.
struct Peer {
    /// Kills it when dropped.
    child: Child,
    pid: u32,
    input: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    async fn start(stage: &Stage, python: &Path, store: &str) -> Result<Self, Failure> {
        let mut child = tokio::process::Command::new(python)
            .arg(stage.root.join("bench/peers/apscheduler_peer.py"))
            .arg(stage.folder.join(store))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut peer = Self {
            pid: child.id().ok_or("it ended at once")?,
            input: child.stdin.take().ok_or("no input")?,
            answers: BufReader::new(output).lines(),
            child,
        };
        peer.answer().await?;
        Ok(peer)
    }

    /// Enters tasks.
    async fn enter(&mut self, tasks: &Value) -> Result<(), Failure> {
        self.input
            .write_all(format!("{tasks}\n").as_bytes())
            .await?;
        self.answer().await
    }

    /// Ends it like a user would, so that it fires nothing any more.
    async fn stop(mut self) -> Result<(), Failure> {
        drop(self.input);
        tokio::time::timeout(Duration::from_secs(60), self.child.wait())
            .await
            .map_err(|_| "it does not end")??;
        Ok(())
    }

    async fn answer(&mut self) -> Result<(), Failure> {
        tokio::time::timeout(Duration::from_secs(180), self.answers.next_line())
            .await
            .map_err(|_| "it does not answer")??
            .ok_or("it ended by itself")?;
        Ok(())
    }
}
