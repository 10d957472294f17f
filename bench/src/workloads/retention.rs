//! "retention": a million runs are deleted while tasks fire every second.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::fill::{self, History};
use super::history::{now, with_tasks};
use super::sustained::{Starts, by_instant, dated, until};
use crate::product::{Home, Product, draft};
use crate::report::{Report, percentile};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis, round};
use crate::{Failure, now_nanos};

/// Tasks due on each second.
const TASKS: usize = 20;
/// Seconds that are not measured after the first start.
const WARM: i64 = 5;
/// How long the deletion may take.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Runs that stay of each task: its last success, its last failure, its newest run.
const SPARED: u64 = 3;
/// Tasks whose history is deleted.
const OLD_TASKS: u64 = 1_000;
/// The database that `Home::fresh` makes.
const MARIADB: &str = "bench_retention";

/// Measures on both databases.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let runs = if stage.quick { 100_000 } else { 1_000_000 };
    for db in Db::BOTH {
        one(stage, db, runs, report).await?;
    }
    // Gigabytes that are no longer needed.
    stage.sql("", &format!("DROP DATABASE `{MARIADB}`"))?;
    report.note(
        "retention",
        format!(
            "{runs} runs of {OLD_TASKS} tasks, spread over a year, are no longer kept from one moment on, while {TASKS} other tasks are due on each second. Each second before and during the deletion ran each of them exactly once."
        ),
    );
    Ok(())
}

async fn one(stage: &Stage, db: Db, runs: u64, report: &mut Report) -> Result<(), Failure> {
    let product = filled(stage, db, runs).await?.start().await?;
    let stamps = Stamps::new("retention")?;
    let first = now_nanos() / SECOND + 10;
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&dated(task));
        draft(&format!("retention {task}"), "* * * * * *", &command, first)
    });
    product.add_all(drafts.collect()).await?;
    if now_nanos() > (first - 1) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    let calm = if stage.quick { 15 } else { 60 };
    until((first + WARM + calm) * SECOND + SECOND / 2).await?;

    let begun = now_nanos();
    let limits = json!({"runs": 1});
    product.ask(Method::PUT, "retention", Some(&limits)).await?;
    let rows = finished(&product, begun).await?;
    let ended = now_nanos();
    if rows + SPARED * OLD_TASKS < runs {
        return Err(format!("of {runs} runs {rows} rows were deleted").into());
    }
    // Until the last instant has been stamped.
    tokio::time::sleep(Duration::from_secs(3)).await;
    product.stop().await?;

    let by_instant = by_instant(&stamps.read()?)?;
    let (begin, end) = (begun / SECOND, ended / SECOND);
    let before = delays(&by_instant, first + WARM..=begin)?;
    let during = delays(&by_instant, begin + 1..=end)?;
    let who = db.product();
    for (metric, sample) in [
        ("p99 start, nothing to delete", &before),
        ("p99 start, deleting", &during),
    ] {
        report.put("retention", who, (metric, "ms"), [percentile(sample, 99)]);
    }
    let seconds = millis(ended - begun) / 1e3;
    report.put("retention", who, ("all gone", "s"), [seconds]);
    Ok(())
}

/// A home with history, which is kept so far.
async fn filled(stage: &Stage, db: Db, runs: u64) -> Result<Home, Failure> {
    let home = with_tasks(Home::fresh(stage, db, "retention")?).await?;
    let history = History::year(runs, now()?);
    match db {
        Db::Sqlite => fill::fill_sqlite(&home.data.join("jcrontab.db"), &history)?,
        Db::MariaDb => fill::fill_mariadb(stage, MARIADB, &history)?,
    }
    Ok(home)
}

/// Waits until everything was deleted that is no longer kept; gives the number of rows.
async fn finished(product: &Product, since: i64) -> Result<u64, Failure> {
    let begun = std::time::Instant::now();
    loop {
        let about = product.ask(Method::GET, "about", None).await?;
        let upkeep = &about["upkeep"];
        if let Some(at) = upkeep["pruned_at"].as_str() {
            let at = chrono::DateTime::parse_from_rfc3339(at)?;
            if at.timestamp_nanos_opt().is_some_and(|at| at > since) {
                return Ok(upkeep["pruned_rows"].as_u64().unwrap_or_default());
            }
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("not all were deleted within {PATIENCE:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// How late the starts of these seconds were, in milliseconds.
fn delays(
    by_instant: &BTreeMap<i64, Starts>,
    seconds: RangeInclusive<i64>,
) -> Result<Vec<f64>, Failure> {
    let mut delays = Vec::new();
    for instant in seconds {
        let starts = by_instant.get(&instant).map_or(&[][..], Vec::as_slice);
        let found = round(starts, instant * SECOND, TASKS)
            .map_err(|error| format!("second {instant}: {error}"))?;
        delays.extend(found.delays.into_iter().map(millis));
    }
    Ok(delays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_without_its_starts_is_noticed() {
        let starts: Starts = (0..TASKS)
            .map(|task| (task.to_string(), 7 * SECOND + 2_000_000))
            .collect();
        let by_instant = BTreeMap::from([(7, starts)]);
        let found = delays(&by_instant, 7..=7).expect("delays");
        assert_eq!(found, vec![2.0; TASKS]);
        assert!(delays(&by_instant, 7..=8).is_err());
    }
}
