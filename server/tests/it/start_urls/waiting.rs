//! Waiting for the end of a run.

use app::auth::Role;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, RetryDraft};
use chrono::TimeDelta;
use serde_json::json;
use server::clock::Clock;

use super::super::helpers::{TestApp, draft};

/// A task that succeeds with its second attempt.
fn second_time() -> TaskDraft {
    TaskDraft {
        execution: ExecutionDraft {
            retry: RetryDraft {
                attempts: "2".into(),
                delay: "1s".into(),
                ..RetryDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..draft("t", "0 0 1 1 *", "test \"$JCRONTAB_ATTEMPT\" = 2")
    }
}

#[tokio::test]
async fn waiting_follows_the_retries_of_a_run() {
    let app = TestApp::new().await;
    let task = app.add(second_time()).await.id;
    let mut node = app.node().await;
    let operator = app.signed_in("op", Role::Operator).await;
    let started = operator
        .post(&format!("/api/v1/tasks/{task}/run"), json!({}))
        .await
        .expect(202);
    let first = app::id::RunId(started["id"].as_i64().expect("an id"));
    assert_eq!(app.ended(first).await.state, RunState::Failed);
    // The retry waits for its delay: without a wait, the answer says so.
    let end = format!("/api/v1/runs/{first}/end");
    let latest = operator.get(&end).await.expect(200);
    assert_eq!(
        (&latest["state"], &latest["attempt"]),
        (&json!("waiting"), &json!(2))
    );
    let waiting = format!("{end}?wait=60");
    let waiting = async { operator.get(&waiting).await.expect(200) };
    let later = app.clock.now() + TimeDelta::seconds(5);
    let (latest, ()) = tokio::join!(waiting, node.go_to(later));
    assert_eq!(
        (&latest["state"], &latest["attempt"]),
        (&json!("succeeded"), &json!(2))
    );
    // Of a deleted or unknown run there is no end.
    operator.get("/api/v1/runs/999/end").await.expect(404);
    app.browser().get(&end).await.expect(401);
}

#[tokio::test]
async fn a_start_may_wait_for_its_end() {
    let app = TestApp::new().await;
    let operator = app.signed_in("op", Role::Operator).await;
    for (name, command, state) in [("good", "true", "succeeded"), ("bad", "exit 3", "failed")] {
        let task = app.add(draft(name, "0 0 1 1 *", command)).await.id;
        let path = format!("/api/v1/tasks/{task}/run?wait=60");
        let run = operator.post(&path, json!({})).await.expect(200);
        assert_eq!(run["state"], state);
    }
    let task = app.add(draft("long", "0 0 1 1 *", "sleep 600")).await.id;
    let path = format!("/api/v1/tasks/{task}/run?wait=1");
    let run = operator.post(&path, json!({})).await.expect(202);
    assert_eq!(run["state"], "running");
    let stop = format!("/api/v1/runs/{}/stop", run["id"]);
    operator.post(&stop, json!({})).await.expect(202);
    let end = format!("/api/v1/runs/{}/end?wait=60", run["id"]);
    assert_eq!(operator.get(&end).await.expect(200)["state"], "killed");
}
