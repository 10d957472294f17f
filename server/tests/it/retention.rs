//! How long history is kept: what is deleted, what always stays, what deleted runs leave, and who may say so.

mod months;
mod others;
mod policy;
mod tables;
mod upkeep;

use std::sync::Arc;

use app::auth::Role;
use app::id::TaskId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use server::audit::AuditChain;
use server::loops::Periodic;
use server::retention::Pruning;

use super::helpers::database::mysql_server;
use super::helpers::{TestApp, at, draft};

/// The instant of the tests' clock, far from the runs of the history.
fn now() -> DateTime<Utc> {
    at("2026-11-22T08:00:00Z")
}

fn text(at: DateTime<Utc>) -> String {
    if mysql_server().is_some() {
        format!("'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
    } else {
        format!(
            "'{}'",
            at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
        )
    }
}

/// A run of a task, so many days ago, with its firing; past the product.
async fn run(app: &TestApp, task: TaskId, id: i64, days: i64, state: &str) {
    let database = &app.place.database;
    // No two firings of a schedule at one instant.
    let began = now() - TimeDelta::days(days) + TimeDelta::seconds(id);
    let (began, ended) = (text(began), text(began + TimeDelta::seconds(10)));
    let end = if ["running", "waiting", "sending"].contains(&state) {
        "NULL"
    } else {
        ended.as_str()
    };
    database
        .execute(&format!(
            "INSERT INTO occurrence (id, task_id, schedule_id, scheduled_for, due_at, base_at, state, node_id, epoch, \
             firings) VALUES ({id}, {task}, {}, {began}, {began}, {began}, '{state}', 'n', 1, 1)",
            1_000 + task.0
        ))
        .await;
    database
        .execute(&format!(
            "INSERT INTO run (id, occurrence_id, task_id, attempt, trigger_kind, state, node_id, epoch, scheduled_for, \
             started_at, finished_at, output_bytes, output_dropped, output_object) VALUES ({id}, {id}, {task}, 1, \
             'schedule', '{state}', 'n', 1, {began}, {began}, {end}, 1000, 0, '2026/01/01/run-{id}.log.zst')"
        ))
        .await;
}

/// Firings of a task that did not run.
async fn skipped(app: &TestApp, task: TaskId, id: i64, days: i64) {
    let due = text(now() - TimeDelta::days(days));
    app.place
        .database
        .execute(&format!(
            "INSERT INTO occurrence (id, task_id, schedule_id, scheduled_for, due_at, base_at, state, reason, node_id, \
             epoch, firings) VALUES ({id}, {task}, {}, {due}, {due}, {due}, 'skipped', 'overlap', 'n', 1, 1)",
            1_000 + task.0
        ))
        .await;
}

async fn installation() -> TestApp {
    let app = TestApp::new().await;
    app.clock.set(now());
    let planned = format!("UPDATE cluster SET planned_until = {}", text(now()));
    app.place.database.execute(&planned).await;
    app
}

async fn task(app: &TestApp, name: &str) -> TaskId {
    app.add(draft(name, "0 0 1 1 *", "true")).await.id
}

fn pruning(app: &TestApp) -> Pruning {
    Pruning {
        store: app.components.store.clone(),
        clock: app.clock.clone(),
        audit: AuditChain::new(app.components.store.clone(), app.components.sealer.clone()),
        output: app.components.output.clone(),
        node_id: app.me.id.clone(),
        shared: false,
        at: std::sync::Mutex::default(),
        more: Arc::default(),
    }
}

async fn keep(app: &TestApp, policy: Value) {
    let admin = app.signed_in("root", Role::Admin).await;
    let put = admin.call("PUT", "/api/v1/retention", Some(policy)).await;
    put.expect(200);
}

async fn ids(app: &TestApp, table: &str) -> Vec<i64> {
    let select = format!("SELECT id FROM {table} WHERE id < 900 ORDER BY id");
    app.place.database.integers(&select).await
}

async fn turn(app: &TestApp) {
    pruning(app).turn().await.expect("a turn");
}

#[tokio::test]
async fn old_runs_go_with_their_firings_and_the_last_of_each_kind_stay() {
    let app = installation().await;
    let (a, b) = (task(&app, "a").await, task(&app, "b").await);
    for (id, days, state) in [
        (1, 50, "succeeded"),
        (2, 49, "failed"),
        (3, 48, "succeeded"),
        (4, 47, "lost"),
        (5, 46, "failed"),
        (6, 45, "killed"),
        (7, 44, "killed"),
    ] {
        run(&app, a, id, days, state).await;
    }
    for (id, days, state) in [
        (11, 50, "running"),
        (12, 49, "waiting"),
        (13, 48, "succeeded"),
        (14, 31, "succeeded"),
        (15, 29, "succeeded"),
    ] {
        run(&app, b, id, days, state).await;
    }
    skipped(&app, a, 21, 60).await;
    skipped(&app, a, 22, 10).await;
    keep(&app, json!({"run_days": 30})).await;
    turn(&app).await;
    // The last success, the last bad end, the newest; what has not ended; what is younger.
    assert_eq!(ids(&app, "run").await, [3, 5, 7, 11, 12, 15]);
    assert_eq!(ids(&app, "occurrence").await, [3, 5, 7, 11, 12, 15, 22]);
    turn(&app).await;
    assert_eq!(
        ids(&app, "run").await.len(),
        6,
        "a second turn changes nothing"
    );
}

#[tokio::test]
async fn a_number_of_runs_and_their_output_are_limits_too() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=9 {
        run(&app, task, id, 20 - id, "succeeded").await;
    }
    keep(&app, json!({"runs": 4})).await;
    turn(&app).await;
    assert_eq!(ids(&app, "run").await, [6, 7, 8, 9]);
    let large = "UPDATE run SET output_bytes = 600000 WHERE id > 0";
    app.place.database.execute(large).await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let policy = Some(json!({"output_mib": 1}));
    admin
        .call("PUT", "/api/v1/retention", policy)
        .await
        .expect(200);
    turn(&app).await;
    assert_eq!(
        ids(&app, "run").await,
        [9],
        "two of them are more than 1 MiB"
    );
}

#[tokio::test]
async fn a_task_keeps_less_or_more_than_the_others() {
    let app = installation().await;
    let mut names = Vec::new();
    for (name, days, runs) in [
        ("usual", "", ""),
        ("short", "5", ""),
        ("long", "1000", ""),
        ("few", "", "2"),
    ] {
        let mut task = draft(name, "0 0 1 1 *", "true");
        task.execution.keep.days = days.to_owned();
        task.execution.keep.runs = runs.to_owned();
        names.push(app.add(task).await.id);
    }
    for (number, task) in names.iter().enumerate() {
        for (place, days) in [100, 20, 10, 8].into_iter().enumerate() {
            let id = i64::try_from(number * 10 + place).expect("a number") + 101;
            run(&app, *task, id, days, "succeeded").await;
        }
    }
    keep(&app, json!({"run_days": 30})).await;
    turn(&app).await;
    let kept = [102, 103, 104, 114, 121, 122, 123, 124, 133, 134];
    assert_eq!(ids(&app, "run").await, kept);
}

#[tokio::test]
async fn a_new_file_gives_space_back() {
    let app = installation().await;
    if mysql_server().is_some() {
        return;
    }
    let database = &app.place.database;
    assert_eq!(
        database.integers("PRAGMA auto_vacuum").await,
        [2],
        "incremental"
    );
    let task = task(&app, "a").await;
    for id in 1..=40 {
        run(&app, task, id, 100, "succeeded").await;
    }
    let fat = "UPDATE run SET parameters_sealed = hex(randomblob(40000)) WHERE id < 900";
    database.execute(fat).await;
    keep(&app, json!({"run_days": 30})).await;
    let pages = "PRAGMA page_count";
    let before = database.integers(pages).await[0];
    turn(&app).await;
    let after = database.integers(pages).await[0];
    assert!(after * 2 < before, "{before} pages, then {after}");
}

#[tokio::test]
async fn without_limits_everything_stays() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=5 {
        run(&app, task, id, 5_000, "succeeded").await;
    }
    keep(&app, json!({})).await;
    turn(&app).await;
    assert_eq!(ids(&app, "run").await.len(), 5);
}

/// Every deleted run is counted once on its day, also where two servers delete at once.
#[tokio::test]
async fn deleted_runs_are_counted_once() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=240 {
        let state = if id % 3 == 0 { "failed" } else { "succeeded" };
        run(&app, task, id, 100 + id % 2, state).await;
    }
    keep(&app, json!({"run_days": 30})).await;
    let (store, ids) = (&app.components.store, (1..=230).collect::<Vec<i64>>());
    let delete = || store.delete_old_runs(task, &ids, now());
    let (one, other) = tokio::join!(delete(), delete());
    let deleted = one.expect("deleted") + other.expect("deleted");
    assert_eq!(deleted, 230);
    let sum = |column: &str| {
        format!("SELECT CAST(SUM({column}) AS SIGNED) FROM run_day WHERE task_id = {task}")
    };
    let sum = |column: &str| {
        sum(column).replace(
            "SIGNED",
            if mysql_server().is_some() {
                "SIGNED"
            } else {
                "INTEGER"
            },
        )
    };
    let database = &app.place.database;
    assert_eq!(database.integers(&sum("succeeded")).await, [154]);
    assert_eq!(database.integers(&sum("failed")).await, [76]);
    assert_eq!(database.integers(&sum("output_bytes")).await, [230_000]);
    let days = format!("SELECT COUNT(*) FROM run_day WHERE task_id = {task}");
    assert_eq!(database.integers(&days).await, [2]);
}

#[tokio::test]
async fn outputs_go_after_their_runs_also_when_a_server_dies_between_the_two() {
    let app = installation().await;
    let task = task(&app, "a").await;
    let noisy = draft("noisy", "0 0 1 1 *", "head -c 20000 /dev/urandom | base64");
    let (made, _) = app.execute(noisy).await;
    let stored = app.components.store.run_output(made.id).await;
    let object = stored
        .expect("a row")
        .expect("output")
        .object
        .expect("an object");
    let file = app.place.data().join("output").join(&object);
    assert!(file.exists(), "{}", file.display());
    run(&app, task, 501, 100, "succeeded").await;
    run(&app, task, 502, 99, "succeeded").await;
    let rename = format!("UPDATE run SET output_object = '{object}' WHERE id = 501");
    app.place.database.execute(&rename).await;
    // Deleted, and the server dies before it has deleted the output.
    let store = &app.components.store;
    assert_eq!(
        store
            .delete_old_runs(task, &[501], now())
            .await
            .expect("deleted"),
        1
    );
    assert!(file.exists());
    let waiting = store.outputs_gone("", 10).await.expect("names");
    assert_eq!(waiting.len(), 1);
    turn(&app).await;
    assert!(!file.exists());
    assert!(store.outputs_gone("", 10).await.expect("names").is_empty());
}

#[tokio::test]
async fn messages_and_the_audit_log_have_limits_of_their_own() {
    let app = installation().await;
    let task = task(&app, "a").await;
    let (old, new) = (text(now() - TimeDelta::days(40)), text(now()));
    for (id, state, at) in [
        (1, "sent", &old),
        (2, "pending", &old),
        (3, "dead", &old),
        (4, "sent", &new),
    ] {
        let row = format!(
            "INSERT INTO message (id, task_id, channel_id, event, kind, body, mentions, state, attempts, \
             next_attempt_at, created_at) VALUES ({id}, {task}, 1, 'failed', 'text', 'b', '[]', '{state}', 1, {at}, {at})"
        );
        app.place.database.execute(&row).await;
    }
    app.place
        .database
        .execute(&format!("UPDATE audit SET at = {old}"))
        .await;
    keep(&app, json!({"message_days": 30})).await;
    turn(&app).await;
    assert_eq!(ids(&app, "message").await, [2, 4], "what is not over stays");
    let aged = format!("SELECT COUNT(*) FROM audit WHERE at = {old}");
    let aged = async || app.place.database.integers(&aged).await[0];
    assert!(aged().await > 0, "only on request");
    let admin = app.signed_in("boss", Role::Admin).await;
    let policy = Some(json!({"audit_days": 30}));
    admin
        .call("PUT", "/api/v1/retention", policy)
        .await
        .expect(200);
    turn(&app).await;
    assert_eq!(aged().await, 0);
    let rest = app
        .place
        .database
        .integers("SELECT COUNT(*) FROM audit")
        .await;
    assert!(rest[0] > 0);
}
