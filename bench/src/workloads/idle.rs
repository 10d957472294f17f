//! P6: what an idle server uses.

use std::time::Duration;

use serde_json::Value;

use crate::product::{Home, draft};
use crate::report::Report;
use crate::stage::{Db, Stage};
use crate::stamps::SECOND;
use crate::{Failure, meter, now_nanos};

/// A cron expression that is due once a year, the number decides when: never during the suite.
const YEARLY: [&str; 4] = ["0 3 1 1 *", "30 4 15 2 *", "15 5 1 3 *", "0 6 10 4 *"];

/// Measures 0, 1,000 and 10,000 tasks.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let cases: &[(Db, usize, &str)] = if stage.quick {
        &[(Db::Sqlite, 0, "0"), (Db::Sqlite, 1_000, "1,000")]
    } else {
        &[
            (Db::Sqlite, 0, "0"),
            (Db::Sqlite, 1_000, "1,000"),
            (Db::Sqlite, 10_000, "10,000"),
            (Db::MariaDb, 1_000, "1,000"),
        ]
    };
    for (db, count, words) in cases {
        case(stage, report, *db, (*count, words)).await?;
    }
    report.note(
        "P6",
        "The tasks are due once a year. Memory is the proportional set size of the server, CPU time the kernel's count of all its threads, in three windows of seven seconds each; both after a restart and ten seconds of rest.",
    );
    Ok(())
}

async fn case(
    stage: &Stage,
    report: &mut Report,
    db: Db,
    (count, words): (usize, &str),
) -> Result<(), Failure> {
    let who = db.product();
    let product = Home::fresh(stage, db, &format!("idle-{count}"))?
        .start()
        .await?;
    let begun = std::time::Instant::now();
    product.add_all(far_tasks(count)).await?;
    let entered = begun.elapsed().as_secs_f64();
    if count > 0 {
        let metric = format!("entering {words} tasks");
        report.put("P6", who, (&metric, "s"), [entered]);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let metric = format!("memory, {words} tasks, just entered");
        let memory = meter::pss_mb(product.pid())?;
        report.put("P6", who, (&metric, "MB"), [memory]);
    }
    let product = product.stop().await?.start().await?;
    let (rest, window) = if stage.quick { (2, 2) } else { (10, 7) };
    tokio::time::sleep(Duration::from_secs(rest)).await;
    for _ in 0..3 {
        let memory = meter::pss_mb(product.pid())?;
        let metric = format!("memory, {words} tasks");
        report.put("P6", who, (&metric, "MB"), [memory]);
        let (cpu, at) = (meter::own_cpu_ms(product.pid())?, now_nanos());
        tokio::time::sleep(Duration::from_secs(window)).await;
        let cpu = meter::own_cpu_ms(product.pid())? - cpu;
        let share = cpu / crate::stamps::millis(now_nanos() - at) * 100.0;
        let metric = format!("CPU, {words} tasks");
        report.put("P6", who, (&metric, "%"), [share]);
    }
    product.stop().await?;
    Ok(())
}

/// Tasks that are not due for weeks.
pub(super) fn far_tasks(count: usize) -> Vec<Value> {
    // Some of them could be due today: they start tomorrow.
    let tomorrow = now_nanos() / SECOND + 86_400;
    (0..count)
        .map(|number| {
            let cron = YEARLY[number % YEARLY.len()];
            draft(&format!("far {number}"), cron, "exit 0", tomorrow)
        })
        .collect()
}
