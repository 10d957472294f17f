//! P16: 1,000 tasks that are to catch up once, after their instant passed without a server.

use std::time::Duration;

use serde_json::json;

use super::sustained::{by_instant, dated, until};
use crate::product::{Product, draft};
use crate::report::{Report, SQLITE};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis, round};
use crate::{Failure, now_nanos};

/// Tasks that miss their instant.
const TASKS: usize = 1_000;
/// Seconds between two instants.
const APART: i64 = 20;
/// The server stops so many seconds before an instant: before it is planned.
const BEFORE: i64 = 9;
/// And starts so many seconds after it: later than the grace.
const AFTER: i64 = 3;
/// Runs at once in the round with a limit.
const SLOTS: i64 = 64;
/// How long catching up may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Stops and starts the server around instants; the last time with a limit on runs at once.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let mut product = Product::fresh(stage, Db::Sqlite, "outage").await?;
    let stamps = Stamps::new("outage")?;
    let first = (now_nanos() / SECOND / APART + 2) * APART;
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&dated(task));
        let mut draft = draft(&format!("outage {task}"), "*/20 * * * * *", &command, first);
        draft["missed"] = json!({"policy": "latest", "grace": "1s"});
        draft
    });
    product.add_all(drafts.collect()).await?;
    let rounds = if stage.quick { 1 } else { 3 };
    let mut instant = first;
    for number in 0..=rounds {
        // One for which it is too late is an ordinary one, and counted with the others.
        while instant - BEFORE < now_nanos() / SECOND {
            instant += APART;
        }
        let limited = number == rounds;
        if limited {
            let slots = json!({"slots": SLOTS});
            product
                .ask(reqwest::Method::PUT, "pools/*", Some(&slots))
                .await?;
        }
        until((instant - BEFORE) * SECOND).await?;
        let home = product.stop().await?;
        until((instant + AFTER) * SECOND).await?;
        let spawned = now_nanos();
        product = home.spawn()?;
        let most = if limited {
            watch(&product, &stamps, instant).await?
        } else {
            0
        };
        let starts = wait(&stamps, instant).await?;
        // Each exactly once, none before the server was there.
        let this = round(&starts, spawned, TASKS)?;
        if limited {
            if most == 0 || most > SLOTS {
                return Err(format!("{most} ran at once; {SLOTS} may").into());
            }
            #[expect(clippy::cast_precision_loss, reason = "a count")]
            let most = most as f64;
            report.put("P16", SQLITE, ("runs at once, pool of 64", ""), [most]);
            report.put(
                "P16",
                SQLITE,
                ("caught up, pool of 64", "ms"),
                [this.at(100)],
            );
        } else {
            report.put("P16", SQLITE, ("caught up", "ms"), [this.at(100)]);
            report.put("P16", SQLITE, ("first start", "ms"), [this.at(0)]);
            let between = this.at(100) - this.at(0);
            report.put("P16", SQLITE, ("first to last start", "ms"), [between]);
        }
        instant += APART;
    }
    let (all, runs) = (by_instant(&stamps.read()?)?, usize::try_from(rounds)? + 1);
    if all.len() < runs || all.values().any(|starts| starts.len() != TASKS) {
        return Err("an instant was run again later".into());
    }
    report.note(
        "P16",
        format!(
            "From starting the program to the last start; the server was down from {BEFORE} s before the instant to {AFTER} s after it, and the tasks' grace is 1 s, so each run is a catch-up. Processes are started eight at a time; without a pool nothing else limits how many run at once. The round with a pool (`*`, 64 slots) was asked over REST how many run."
        ),
    );
    product.stop().await?;
    Ok(())
}

/// Waits until all of an instant have run, and a little longer for those that must not.
async fn wait(stamps: &Stamps, instant: i64) -> Result<Vec<(String, i64)>, Failure> {
    let begun = now_nanos();
    loop {
        let came = by_instant(&stamps.read()?)?.remove(&instant);
        let count = came.as_ref().map_or(0, Vec::len);
        if count >= TASKS {
            break;
        }
        if millis(now_nanos() - begun) > PATIENCE.as_secs_f64() * 1e3 {
            return Err(format!("{count} of {TASKS} were caught up within {PATIENCE:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(by_instant(&stamps.read()?)?
        .remove(&instant)
        .unwrap_or_default())
}

/// The most runs that the pool of all runs ever shows.
async fn watch(product: &Product, stamps: &Stamps, instant: i64) -> Result<i64, Failure> {
    product.wait_until("healthz", PATIENCE).await?;
    let (mut most, begun) = (0, now_nanos());
    while millis(now_nanos() - begun) < PATIENCE.as_secs_f64() * 1e3 {
        let pools = product.ask(reqwest::Method::GET, "pools", None).await?;
        most = most.max(pools["items"][0]["running"].as_i64().unwrap_or(0));
        let came = by_instant(&stamps.read()?)?.remove(&instant);
        if came.is_some_and(|starts| starts.len() >= TASKS) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    Ok(most)
}
