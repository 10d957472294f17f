//! A task that pauses itself after failures in a row.

use app::auth::Role;
use app::backend::Tasks;
use app::id::TaskId;
use app::run::{RunReason, RunState};
use app::task::{Control, TaskDraft, TaskState};
use chrono::TimeDelta;
use serde_json::json;
use server::store::{Outcome, Store};

use super::{channel, events, failing, heard, run, set_broken};
use crate::helpers::{TestApp, at, draft};

async fn state(app: &TestApp, task: TaskId) -> TaskState {
    let task = app.components.store.task(task).await.expect("the database");
    task.expect("it exists").state
}

#[tokio::test]
async fn a_task_pauses_itself_after_failures_in_a_row_and_counts_anew_when_resumed() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let draft = TaskDraft {
        pause_after_failures: "3".to_owned(),
        cron: "* * * * *".to_owned(),
        ..failing(&app, "t", channel_id)
    };
    let task = app.add(draft).await.id;
    set_broken(&app, true);
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:02:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:05:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(app.runs(task).await.len(), 3, "none after the third");
    assert_eq!(
        events(&app, task).await,
        ["failed", "failed", "failed", "paused"]
    );
    let (_, text) = heard(&app, task).await.remove(3);
    assert!(
        text.starts_with("【自动暂停】t：连续失败 3 次，已自动暂停"),
        "{text}"
    );
    let audit = "SELECT CONCAT(who, ' ', via, ' ', object_version, ' ', detail) FROM audit \
                 WHERE action = 'task.pause'";
    assert_eq!(
        app.place.database.rows(audit).await,
        ["jcrontab server 2 3 failures in a row"]
    );
    // A run by hand fails while it is paused: it stays so, and nothing is said twice.
    assert_eq!(run(&app, task).await, RunState::Failed);
    assert_eq!(events(&app, task).await.len(), 5);
    app.clock.advance(TimeDelta::seconds(1));
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("resumed");
    // Two more failures are not three.
    node.go_to(at("2026-11-22T08:07:30Z")).await;
    assert_eq!(app.runs(task).await.len(), 6);
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:10:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(app.runs(task).await.len(), 7);
    let paused = events(&app, task).await;
    assert_eq!(paused.iter().filter(|event| *event == "paused").count(), 2);
    // A success in between starts the count again.
    set_broken(&app, false);
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("resumed");
    node.go_to(at("2026-11-22T08:11:30Z")).await;
    set_broken(&app, true);
    node.go_to(at("2026-11-22T08:13:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Active);
    node.go_to(at("2026-11-22T08:16:30Z")).await;
    assert_eq!(state(&app, task).await, TaskState::Paused);
}

/// Results of one task that are written by several servers at once.
#[tokio::test]
async fn several_servers_pause_a_task_once() {
    let app = TestApp::new().await;
    let channel_id = channel(&app).await;
    let draft = TaskDraft {
        pause_after_failures: "3".to_owned(),
        channel_id,
        ..draft("t", "0 9 * * *", "true")
    };
    let task = app.add(draft).await.id;
    for _ in 0..8 {
        app.place
            .database
            .execute(&format!(
                "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
                 output_bytes, output_dropped) \
                 VALUES ({task}, 1, 'manual', 'running', 'another', 1, '2026-11-22 08:00:00', 0, 0)"
            ))
            .await;
    }
    let now = at("2026-11-22T08:01:00Z");
    let store = &app.components.store;
    let runs = store.claimed_by("another").await.expect("runs");
    let mut outcomes: Vec<Outcome> = runs
        .iter()
        .map(|run| run.lost(&RunReason::Lost, now))
        .collect();
    let together = outcomes.split_off(2);
    store.record(&outcomes).await.expect("recorded");
    assert_eq!(state(&app, task).await, TaskState::Active);
    let url = &app.place.database.url;
    let other = match url.is_empty() {
        true => store.clone(),
        false => Store::open(url, &app.place.data())
            .await
            .expect("the database"),
    };
    let writing = together.iter().enumerate().map(|(number, outcome)| {
        let store = [store, &other][number % 2];
        store.record(std::slice::from_ref(outcome))
    });
    for recorded in futures_util::future::join_all(writing).await {
        assert!(recorded.expect("recorded").fenced.is_empty());
    }
    assert_eq!(state(&app, task).await, TaskState::Paused);
    assert_eq!(events(&app, task).await, ["paused"]);
    let acts = "SELECT COUNT(*) FROM audit WHERE action = 'task.pause'";
    assert_eq!(app.place.database.count(acts).await, 1);
}

/// The field goes through the API unchanged, and out of bounds it is refused.
#[tokio::test]
async fn the_number_of_failures_is_saved_shown_and_checked() {
    let app = TestApp::new().await;
    let ada = app.signed_in("ada", Role::Admin).await;
    let task = json!({
        "name": "t", "cron": "0 0 1 1 *", "command": "true", "pause_after_failures": "5",
        "execution": {"min_duration": "30s"},
    });
    let created = ada.post("/api/v1/tasks", task).await.expect(201);
    assert_eq!(created["pause_after_failures"], 5);
    assert_eq!(created["execution"]["min_seconds"], 30);
    let path = format!("/api/v1/tasks/{}", created["id"]);
    let none = json!({"pause_after_failures": ""});
    let saved = ada.call("PATCH", &path, Some(none)).await.expect(200);
    assert_eq!(saved["pause_after_failures"], json!(null));
    assert_eq!(saved["execution"]["min_seconds"], 30, "the rest stays");
    for wrong in ["0", "1001", "-1", "three"] {
        let wrong = json!({"pause_after_failures": wrong});
        let refused = ada.call("PATCH", &path, Some(wrong)).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.faults()[0].0, "pause_after_failures");
    }
}
