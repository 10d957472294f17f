//! P5 and P12: many instants of 1,000 tasks, their memory and count, and the claim behind them.

use std::path::Path;
use std::time::Duration;

use crate::meter::Peak;
use crate::product::{Home, draft};
use crate::report::Report;
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, round};
use crate::{Failure, now_nanos};

const TASKS: usize = 1_000;
/// Seconds between two instants.
const EVERY: i64 = 6;

/// Fires again and again, on both databases.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    for (db, instants) in [(Db::Sqlite, 20), (Db::MariaDb, 5)] {
        let instants = if stage.quick { 3 } else { instants };
        fire(stage, report, db, instants).await?;
    }
    Ok(())
}

async fn fire(stage: &Stage, report: &mut Report, db: Db, instants: i64) -> Result<(), Failure> {
    let mut home = Home::fresh(stage, db, "claims")?;
    let log = home.data.join("log");
    home.log = Some(log.clone());
    home.settings = vec![
        ("JCRONTAB_LOG", "error,server=debug".to_owned()),
        ("JCRONTAB_LOG_FORMAT", "json".to_owned()),
    ];
    let product = home.start().await?;
    let stamps = Stamps::new("claims")?;
    let first = (now_nanos() / SECOND + 20) / EVERY * EVERY + EVERY;
    let cron = format!("*/{EVERY} * * * * *");
    let drafts = (0..TASKS).map(|task| {
        let command = stamps.command(&task.to_string());
        draft(&format!("claim {task}"), &cron, &command, first)
    });
    product.add_all(drafts.collect()).await?;
    let peak = Peak::watch(product.pid());
    let (mut before, mut wrong) = (0, 0.0);
    for number in 0..instants {
        let instant = (first + number * EVERY) * SECOND;
        let left = instant + (EVERY - 1) * SECOND - now_nanos();
        // Until shortly before the next one: what has arrived by then counts.
        tokio::time::sleep(Duration::from_nanos(u64::try_from(left.max(0))?)).await;
        let all = stamps.read()?;
        if let Err(why) = round(&all[before..], instant, TASKS) {
            wrong += 1.0;
            report.note("P5", format!("{}, instant {number}: {why}", db.product()));
        }
        before = all.len();
    }
    report.put("P5", db.product(), ("peak memory", "MB"), [peak.stop()?]);
    report.put("P5", db.product(), ("miscounted instants", ""), [wrong]);
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    report.put("P5", db.product(), ("instants", ""), [instants as f64]);
    product.stop().await?;
    note_log(report, db, &log)
}

/// The server's log about claims and groups of results.
fn note_log(report: &mut Report, db: Db, log: &Path) -> Result<(), Failure> {
    let (mut claims, mut commits, mut fires) = (Vec::new(), 0.0, 0.0);
    for line in std::fs::read_to_string(log)?.lines() {
        let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        let fields = &event["fields"];
        match fields["message"].as_str() {
            Some("claimed") => {
                let count = fields["count"].as_f64().unwrap_or(0.0);
                let took = &fields["took_us"];
                let took = took
                    .as_f64()
                    .or_else(|| took.as_str()?.parse().ok())
                    .ok_or("a claim has no time")?;
                if count >= 1_000.0 {
                    claims.push(took / 1e3);
                }
                commits += 1.0;
                fires += count;
            }
            Some("recorded") => commits += 1.0,
            _ => {}
        }
    }
    if claims.is_empty() {
        return Err("no instant was claimed as a whole".into());
    }
    report.put("P12", db.product(), ("claim of 1,000", "ms"), claims);
    report.put(
        "P12",
        db.product(),
        ("commits per fire", ""),
        [commits / fires],
    );
    Ok(())
}
