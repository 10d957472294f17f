//! P15: 100 tasks due on each second, for minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::product::{Product, draft};
use crate::report::{Report, SQLITE, percentile};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis, round};
use crate::{Failure, meter, now_nanos};

/// Tasks due on each second.
const TASKS: usize = 100;
/// Starts of one instant: label and wall clock.
pub(super) type Starts = Vec<(String, i64)>;

/// Fires for a minute, or for ten in a long run.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let (seconds, warm) = match (stage.quick, stage.long) {
        (true, _) => (12, 4),
        (false, true) => (600, 20),
        (false, false) => (60, 20),
    };
    let product = Product::fresh(stage, Db::Sqlite, "sustained").await?;
    let stamps = Stamps::new("sustained")?;
    let first = now_nanos() / SECOND + 12;
    let last = first + seconds - 1;
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&dated(task));
        let mut task = draft(&format!("sustained {task}"), "* * * * * *", &command, first);
        task["ends_at"] =
            json!(chrono::DateTime::from_timestamp(last, 0).map(|at| at.to_rfc3339()));
        task
    });
    product.add_all(drafts.collect()).await?;
    if now_nanos() > (first - 1) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    until((first + warm) * SECOND + SECOND / 2).await?;
    let begun = State::look(&product).await?;
    until(last * SECOND + SECOND / 2).await?;
    let ended = State::look(&product).await?;
    let due = TASKS * usize::try_from(seconds)?;
    stamps.wait(due, Duration::from_secs(20)).await?;

    let by_instant = by_instant(&stamps.read()?)?;
    if by_instant.len() != usize::try_from(seconds)? {
        return Err(format!("{seconds} seconds were due, {} ran", by_instant.len()).into());
    }
    let mut delays = Vec::with_capacity(due);
    for (instant, starts) in &by_instant {
        let of_this = round(starts, instant * SECOND, TASKS)
            .map_err(|error| format!("second {}: {error}", instant - first))?;
        delays.extend(of_this.delays.into_iter().map(millis));
    }
    // Each third is a round of its own, so that growth shows.
    for third in delays.chunks(due.div_ceil(3)) {
        for (metric, percent) in [("p50 start", 50), ("p99 start", 99), ("last start", 100)] {
            report.put("P15", SQLITE, (metric, "ms"), [percentile(third, percent)]);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let fires = ((seconds - 1 - warm) * i64::try_from(TASKS)?) as f64;
    let growth = (ended.memory - begun.memory) / begun.memory * 100.0;
    report.put("P15", SQLITE, ("memory growth", "%"), [growth]);
    report.put("P15", SQLITE, ("memory at the end", "MB"), [ended.memory]);
    let per_thousand = (ended.database - begun.database) / fires * 1_000.0;
    report.put(
        "P15",
        SQLITE,
        ("database growth per 1,000 runs", "MB"),
        [per_thousand],
    );
    let cpu = (ended.cpu - begun.cpu) / fires;
    report.put("P15", SQLITE, ("CPU per fire", "ms"), [cpu]);
    report.note(
        "P15",
        format!(
            "Measured for {seconds} seconds, {warm} of them before memory and database are measured; `make bench LONG=1` makes it the ten minutes of the goal. Each second ran each of the {TASKS} tasks exactly once. All {TASKS} are due at the same instant, so the 99th percentile is that of the last of them."
        ),
    );
    product.stop().await?;
    Ok(())
}

/// The state of the server.
struct State {
    /// Of the server alone, in MB: the middle of several looks.
    memory: f64,
    /// The database with its log, in MB.
    database: f64,
    /// Of the server and all it started, in milliseconds.
    cpu: f64,
}

impl State {
    async fn look(product: &Product) -> Result<Self, Failure> {
        let cpu = meter::cpu_ms(product.pid())?;
        let mut bytes = 0;
        for file in ["jcrontab.db", "jcrontab.db-wal"] {
            bytes += std::fs::metadata(product.home.data.join(file))?.len();
        }
        let mut looks = Vec::new();
        for _ in 0..5 {
            looks.push(meter::own_pss_mb(product.pid())?);
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        #[expect(clippy::cast_precision_loss, reason = "a size of files")]
        let database = bytes as f64 / 1e6;
        Ok(Self {
            memory: crate::report::median(&looks),
            database,
            cpu,
        })
    }
}

/// Sleeps until an instant, in nanoseconds since 1970.
pub(super) async fn until(instant: i64) -> Result<(), Failure> {
    let left = u64::try_from((instant - now_nanos()).max(0))?;
    tokio::time::sleep(Duration::from_nanos(left)).await;
    Ok(())
}

/// A label that also says for which instant it is; the shell fills it in.
pub(super) fn dated(task: usize) -> String {
    format!("{task}@$JCRONTAB_SCHEDULED_FOR")
}

/// Stamps with such labels, by their instant in seconds since 1970.
pub(super) fn by_instant(stamps: &[(String, i64)]) -> Result<BTreeMap<i64, Starts>, Failure> {
    let mut found: BTreeMap<i64, Starts> = BTreeMap::new();
    for (label, nanos) in stamps {
        let (task, instant) = label.split_once('@').ok_or("a label without an instant")?;
        let instant = chrono::DateTime::parse_from_rfc3339(instant)?.timestamp();
        found
            .entry(instant)
            .or_default()
            .push((task.to_owned(), *nanos));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_distinguished_by_their_instants() {
        let stamps = [
            ("1@2026-11-22T00:00:15Z".to_owned(), 5),
            ("2@2026-11-22T00:00:00Z".to_owned(), 6),
            ("2@2026-11-22T00:00:15Z".to_owned(), 7),
        ];
        let found = by_instant(&stamps).expect("labels");
        assert_eq!(
            found.into_values().collect::<Vec<_>>(),
            [
                vec![("2".to_owned(), 6)],
                vec![("1".to_owned(), 5), ("2".to_owned(), 7)]
            ]
        );
        assert!(by_instant(&[("1".to_owned(), 5)]).is_err());
    }
}
