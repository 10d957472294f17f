//! P10: how soon an edit takes effect: on the server that took it, and on another one.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::sustained::{by_instant, until};
use crate::product::{Home, Product, draft};
use crate::report::Report;
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, Stamps, millis};
use crate::{Failure, now_nanos};

/// A schedule that is not due for months, and one that is due every second.
const FAR: &str = "0 3 1 6 *";
const NEAR: &str = "* * * * * *";
/// How long an edit may take.
const PATIENCE: i64 = 5 * SECOND;

/// Edits a task again and again, at other parts of the second each time.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let edits = if stage.quick { 4 } else { 20 };
    for db in Db::BOTH {
        let product = ready(stage, db, "edit").await?;
        let taken = same_node(&product, edits).await?;
        let metric = ("saved to effective, same node", "ms");
        report.put("P10", db.product(), metric, taken);
        if db == Db::MariaDb {
            let taken = other_process(stage, &product, edits).await?;
            let metric = ("saved to effective, other node", "ms");
            report.put("P10", db.product(), metric, taken);
            old_commands(stage, &product, edits).await?;
        }
        product.stop().await?;
    }
    report.note(
        "P10",
        "Effective is an edit of a schedule when the firings it calls for are planned, which the loop of a server does that has taken it over. On the same node the time begins when the request is sent, so it includes the save. For another node the task is changed from the command line in a process without a loop of its own, so that only the server can plan it; the time begins with the mark of the change in the database. Besides, two servers fired a task each second while its command was edited on one of them: no second after the answer to an edit ran an older command.",
    );
    Ok(())
}

/// A server that plans all the time, since one of its tasks is due each second.
async fn ready(stage: &Stage, db: Db, name: &str) -> Result<Product, Failure> {
    let product = Product::fresh(stage, db, name).await?;
    let now = now_nanos() / SECOND;
    product.add(&draft("pulse", NEAR, "exit 0", now)).await?;
    product.add_all(super::idle::far_tasks(100)).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(product)
}

/// Waits for another part of the second for each number.
async fn phase(number: i64) -> Result<(), Failure> {
    // 0.618 of a turn: never the same place twice, spread evenly.
    let part = number * 618_033_989 % SECOND;
    let at = now_nanos() / SECOND * SECOND + part;
    until(if at < now_nanos() { at + SECOND } else { at }).await
}

/// Waits until firings of a task are planned, or none are; gives when that was seen.
async fn planned(product: &Product, task: i64, wanted: bool) -> Result<i64, Failure> {
    let path = format!("tasks/{task}/occurrences?state=planned&limit=1");
    let begun = now_nanos();
    loop {
        let rows = product.ask(Method::GET, &path, None).await?;
        if rows["items"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
            == wanted
        {
            return Ok(now_nanos());
        }
        if now_nanos() - begun > PATIENCE {
            return Err("an edit has no effect".into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn same_node(product: &Product, edits: i64) -> Result<Vec<f64>, Failure> {
    let far = draft("edited", FAR, "exit 0", now_nanos() / SECOND);
    let task = product.add(&far).await?;
    let path = format!("tasks/{task}");
    let mut taken = Vec::new();
    for number in 0..edits {
        phase(number).await?;
        let begun = now_nanos();
        product
            .ask(Method::PATCH, &path, Some(&json!({"cron": NEAR})))
            .await?;
        taken.push(millis(planned(product, task, true).await? - begun));
        product
            .ask(Method::PATCH, &path, Some(&json!({"cron": FAR})))
            .await?;
        planned(product, task, false).await?;
    }
    Ok(taken)
}

/// The command line in a data folder where no server runs changes the database by itself.
async fn other_process(stage: &Stage, product: &Product, edits: i64) -> Result<Vec<f64>, Failure> {
    let beside = product
        .home
        .another_node(sibling(stage, &product.home, "edit-line")?)?;
    let far = draft("urged", FAR, "exit 0", now_nanos() / SECOND);
    let task = product.add(&far).await?;
    let number = task.to_string();
    let change = |arguments: &[&str]| -> Result<(), Failure> {
        let done = beside.command(arguments).stdout(Stdio::null()).output()?;
        if done.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned().into())
        }
    };
    let mut taken = Vec::new();
    for edit in 0..edits {
        phase(edit).await?;
        // A thread of its own: the server is polled while the command ends.
        let seen =
            tokio::task::block_in_place(|| change(&["task", "urge", &number, "--cron", NEAR]));
        seen?;
        let effective = planned(product, task, true).await?;
        let at = stage.sql(
            "bench_edit",
            &format!(
                "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', MAX(at)) FROM task_change WHERE task_id = {task}"
            ),
        )?;
        taken.push(millis(effective - at.trim().parse::<i64>()? * 1_000));
        tokio::task::block_in_place(|| change(&["task", "unurge", &number]))?;
        planned(product, task, false).await?;
    }
    Ok(taken)
}

/// Edits the command of a task that is due each second, while a second server may run it, too.
async fn old_commands(stage: &Stage, product: &Product, edits: i64) -> Result<(), Failure> {
    let folder = sibling(stage, &product.home, "edit-2")?;
    let stamps = Stamps::new("edit")?;
    let second = product.home.another_node(folder)?.start().await?;
    let labelled = |edit: i64| stamps.command(&format!("{edit}@$JCRONTAB_SCHEDULED_FOR"));
    let now = now_nanos() / SECOND;
    let task = product
        .add(&draft("shown", NEAR, &labelled(0), now))
        .await?;
    let path = format!("tasks/{task}");
    let mut answered = vec![now_nanos()];
    for edit in 1..=edits {
        phase(edit).await?;
        let command = json!({"command": labelled(edit)});
        product.ask(Method::PATCH, &path, Some(&command)).await?;
        answered.push(now_nanos());
    }
    let end = now_nanos() / SECOND + 2;
    until(end * SECOND + SECOND / 2).await?;
    let ran = by_instant(&stamps.read()?)?;
    for instant in now + 3..end {
        let starts = ran.get(&instant).map_or(&[][..], Vec::as_slice);
        let [(edit, _)] = starts else {
            return Err(format!("a second ran {} times", starts.len()).into());
        };
        let edit: usize = edit.parse()?;
        let newest = answered.partition_point(|at| *at <= instant * SECOND) - 1;
        if edit < newest {
            return Err(format!(
                "edit {newest} was answered before a second that ran the command of edit {edit}"
            )
            .into());
        }
    }
    second.stop().await?;
    Ok(())
}

/// A data folder for another process on the same database: they share the key and nothing else.
pub(super) fn sibling(stage: &Stage, home: &Home, name: &str) -> Result<PathBuf, Failure> {
    let folder = stage.fresh(name)?;
    std::fs::copy(home.data.join("secret.key"), folder.join("secret.key"))?;
    Ok(folder)
}
