//! P7: from starting the program until it answers and until it fires.

use std::time::Duration;

use serde_json::json;

use super::sustained::{by_instant, dated, until};
use crate::product::{Home, draft};
use crate::report::Report;
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis};
use crate::{Failure, now_nanos};

/// Tasks that exist and are not due.
const FAR: usize = 998;
/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts both, several times each.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    for db in Db::BOTH {
        case(stage, report, db).await?;
    }
    report.note(
        "P7",
        "A task for the start of the server (`@startup`) shows when it is able to fire: the figure ends when its command runs. Another task is due each second, and ran on each of the next two. 998 more tasks are loaded.",
    );
    Ok(())
}

async fn case(stage: &Stage, report: &mut Report, db: Db) -> Result<(), Failure> {
    let who = db.product();
    let mut home = Home::fresh(stage, db, "start")?;
    let firsts = Stamps::new("firsts")?;
    let seconds = Stamps::new("seconds")?;
    let product = home.start().await?;
    product.add_all(super::idle::far_tasks(FAR)).await?;
    let now = now_nanos() / SECOND;
    let mut each_second = draft("second", "* * * * * *", &seconds.command(&dated(0)), now);
    // Only what comes after a start is measured.
    each_second["missed"] = json!({"policy": "none"});
    product.add(&each_second).await?;
    product
        .add(&draft("start", "@startup", &firsts.command("start"), now))
        .await?;
    home = product.stop().await?;
    let starts: i64 = if stage.quick { 2 } else { 5 };
    for number in 1..=starts {
        // At another part of the second each time.
        let second = now_nanos() / SECOND + 1;
        until(second * SECOND + number * SECOND / (starts + 1)).await?;
        let spawned = now_nanos();
        let product = home.spawn()?;
        product.wait_until("healthz", PATIENCE).await?;
        let answered = now_nanos();
        product.wait_until("readyz", PATIENCE).await?;
        let ready = now_nanos();
        firsts.wait(usize::try_from(number)?, PATIENCE).await?;
        let fired = firsts.read()?.last().ok_or("no stamp")?.1;
        for (metric, at) in [
            ("first answer", answered),
            ("ready", ready),
            ("able to fire", fired),
        ] {
            let seconds = millis(at - spawned) / 1e3;
            report.put("P7", who, (metric, "s"), [seconds]);
        }
        let next = fired / SECOND + 1;
        until((next + 1) * SECOND + SECOND * 3 / 4).await?;
        let ran = by_instant(&seconds.read()?)?;
        for due in [next, next + 1] {
            let times = ran.get(&due).map_or(0, Vec::len);
            if times != 1 {
                return Err(format!(
                    "second {} after the start of the server ran {times} times",
                    due - next + 1
                )
                .into());
            }
        }
        home = product.stop().await?;
    }
    Ok(())
}
