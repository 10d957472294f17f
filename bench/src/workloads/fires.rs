//! P1 to P4: 1, 100 and 1,000 tasks due on one second, of 1,101 loaded.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::product::{Product, draft};
use crate::report::{FLOOR_DB, FLOOR_MEM, Report, SHELL};
use crate::stage::{Db, Owned, Stage};
use crate::stamps::{Round, SECOND, Stamps, round};
use crate::{Failure, meter, now_nanos};

/// What one scheduler did at its instants.
#[derive(Debug, Default)]
pub(crate) struct Fires {
    /// Instants at which one task was due.
    pub(crate) one: Vec<Round>,
    /// Instants at which 100 were due.
    pub(crate) hundred: Vec<Round>,
    /// Instants at which 1,000 were due.
    pub(crate) thousand: Vec<Round>,
}

impl Fires {
    fn of(&mut self, count: usize) -> &mut Vec<Round> {
        match count {
            1 => &mut self.one,
            100 => &mut self.hundred,
            _ => &mut self.thousand,
        }
    }

    /// Notes them as figures of P1 to P4.
    pub(crate) fn note(&self, report: &mut Report, who: &str) {
        let last = |rounds: &[Round]| rounds.iter().map(|round| round.at(100)).collect::<Vec<_>>();
        let at = |rounds: &[Round], percent| {
            rounds
                .iter()
                .map(|round| round.at(percent))
                .collect::<Vec<_>>()
        };
        report.put("P1", who, ("start", "ms"), last(&self.one));
        let worst = last(&self.one).into_iter().reduce(f64::max);
        report.put("P1", who, ("worst start", "ms"), worst);
        for (workload, rounds) in [("P2", &self.hundred), ("P3", &self.thousand)] {
            report.put(workload, who, ("p50 start", "ms"), at(rounds, 50));
            report.put(workload, who, ("p99 start", "ms"), at(rounds, 99));
            report.put(workload, who, ("last start", "ms"), last(rounds));
        }
        #[expect(clippy::cast_precision_loss, reason = "a thousand")]
        let rates = self.thousand.iter().map(|round| {
            let first = round.delays.first().copied().unwrap_or(0);
            let last = round.delays.last().copied().unwrap_or(0);
            round.delays.len() as f64 / (crate::stamps::millis(last - first) / 1_000.0)
        });
        report.put("P3", who, ("starts", "/s"), rates);
        let cpu = self.thousand.iter().filter_map(Round::cpu_per_fire);
        report.put("P4", who, ("CPU per fire", "ms"), cpu);
    }
}

/// The seconds of a minute for each size: enough room that one instant has ended before the next.
const ONE: (&[i64], usize) = (&[0, 3, 6, 9, 12, 15, 18], 1);
const HUNDRED: (&[i64], usize) = (&[21, 27], 100);
const THOUSAND: (&[i64], usize) = (&[34, 47], 1_000);

/// How a command is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As a user would.
    AsTyped,
    /// In a form that only a shell can read.
    ByShell,
}

/// How long an instant of 1,000 may take.
const PATIENCE: Duration = Duration::from_secs(12);

/// Measures the floors and the product on both databases.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    for (kind, who) in [("mem", FLOOR_MEM), ("db", FLOOR_DB)] {
        floor(stage, kind).await?.note(report, who);
    }
    for db in Db::BOTH {
        product(stage, db, Way::AsTyped)
            .await?
            .note(report, db.product());
    }
    product(stage, Db::Sqlite, Way::ByShell)
        .await?
        .note(report, SHELL);
    report.note("P3", "The commands are plain ones (a path and words), which jcrontab runs without a shell where `/bin/sh` is dash (ADR 18); the floors and the peers run them by the shell. The line \"by the shell\" has the same commands with a quote in them, so that they need it.");
    Ok(())
}

/// The floor: as many instants, each as soon as the previous one is over.
async fn floor(stage: &Stage, kind: &str) -> Result<Fires, Failure> {
    let folder = stage.fresh(&format!("floor-{kind}"))?;
    let (ones, hundreds, thousands) = if stage.quick { (5, 2, 1) } else { (20, 6, 5) };
    let mut instants: Vec<(i64, usize, Stamps)> = Vec::new();
    let mut at = (now_nanos() / SECOND + 3) * SECOND;
    let mut lines = String::new();
    for (times, count, seconds) in [(ones, 1, 1), (hundreds, 100, 2), (thousands, 1_000, 7)] {
        for _ in 0..times {
            let stamps = Stamps::new("floor")?;
            for task in 0..count {
                writeln!(lines, "{at} {}", stamps.command(&task.to_string()))?;
            }
            instants.push((at, count, stamps));
            at += seconds * SECOND;
        }
    }
    let mut command = Command::new(&stage.floor);
    command.arg(kind);
    if kind == "db" {
        command.arg(folder.join("floor.db"));
    }
    let mut floor = Owned(
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?,
    );
    floor
        .0
        .stdin
        .take()
        .ok_or("no stdin")?
        .write_all(lines.as_bytes())?;
    let mut said = String::new();
    BufReader::new(floor.0.stdout.take().ok_or("no stdout")?).read_line(&mut said)?;
    let mut fires = Fires::default();
    for (instant, count, stamps) in instants {
        if instant < now_nanos() {
            return Err("the floor needs more time between two instants".into());
        }
        until(instant - SECOND / 5).await?;
        let cpu = meter::cpu_ms(floor.pid())?;
        stamps.wait(count, PATIENCE).await?;
        let mut this = round(&stamps.read()?, instant, count)?;
        // After the last one it has ended, and can no longer be asked.
        this.cpu_ms = meter::cpu_ms(floor.pid())
            .ok()
            .map(|now| now - cpu)
            .filter(|ms| *ms > 0.0);
        fires.of(count).push(this);
    }
    Ok(fires)
}

async fn product(stage: &Stage, db: Db, way: Way) -> Result<Fires, Failure> {
    let minutes = if stage.quick || way == Way::ByShell {
        1
    } else {
        2
    };
    let product = Product::fresh(stage, db, "fires").await?;
    let kinds = [ONE, HUNDRED, THOUSAND];
    let stamps: Vec<Stamps> = kinds
        .iter()
        .map(|(_, count)| Stamps::new(&format!("fires-{count}")))
        .collect::<Result<_, _>>()?;
    // Nothing fires before all are entered and planned.
    let first = (now_nanos() / SECOND + 25) / 60 * 60 + 60;
    let mut drafts = Vec::new();
    for ((seconds, count), stamps) in kinds.iter().zip(&stamps) {
        let seconds: Vec<String> = seconds.iter().map(ToString::to_string).collect();
        let cron = format!("{} * * * * *", seconds.join(","));
        for task in 0..*count {
            let (name, label) = (format!("bench {count} {task}"), task.to_string());
            let command = match way {
                Way::AsTyped => stamps.command(&label),
                Way::ByShell => stamps.command_for_shell(&label),
            };
            drafts.push(draft(&name, &cron, &command, first));
        }
    }
    product.add_all(drafts).await?;
    let mut fires = Fires::default();
    let mut before = [0; 3];
    for minute in 0..minutes {
        for (kind, (seconds, count)) in kinds.into_iter().enumerate() {
            for second in seconds {
                let instant = (first + minute * 60 + second) * SECOND;
                if instant < now_nanos() {
                    return Err("entering the tasks or an instant took too long".into());
                }
                until(instant - SECOND / 5).await?;
                let cpu = meter::cpu_ms(product.pid())?;
                stamps[kind].wait(before[kind] + count, PATIENCE).await?;
                let all = stamps[kind].read()?;
                let mut this = round(&all[before[kind]..], instant, count)?;
                this.cpu_ms = Some(meter::cpu_ms(product.pid())? - cpu);
                fires.of(count).push(this);
                before[kind] = all.len();
            }
        }
    }
    Ok(fires)
}

/// Sleeps until an instant in nanoseconds since 1970.
async fn until(instant: i64) -> Result<(), Failure> {
    let left = u64::try_from((instant - now_nanos()).max(0))?;
    tokio::time::sleep(Duration::from_nanos(left)).await;
    Ok(())
}
