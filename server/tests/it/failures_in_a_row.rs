//! Failures in a row are numbered in the order in which runs end, also of runs that overlap and on several servers.

use app::auth::Role;
use app::backend::Tasks;
use app::channel::ChannelKind;
use app::id::{RunId, TaskId};
use app::run::{RunReason, RunState};
use app::task::execution::{ExecutionDraft, RetryDraft};
use app::task::{Health, TaskDraft};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use serde_json::json;
use server::store::{Outcome, Store};

use super::helpers::{TestApp, at, draft};

/// A task whose runs may overlap.
fn overlapping(name: &str, command: &str) -> TaskDraft {
    TaskDraft {
        execution: ExecutionDraft {
            overlap: "allow:100".to_owned(),
            ..ExecutionDraft::default()
        },
        ..draft(name, "0 0 1 1 *", command)
    }
}

async fn health(app: &TestApp, task: TaskId) -> Health {
    let row = app.service.task_get(&app.console(), task).await;
    row.expect("a task").health
}

async fn numbers(app: &TestApp, task: TaskId) -> Vec<i64> {
    let sql = format!("SELECT streak FROM run WHERE task_id = {task} ORDER BY streak");
    app.place.database.integers(&sql).await
}

/// Runs of a task that are under way on a server that is not this one, in the order in which they started.
async fn under_way(app: &TestApp, task: TaskId, count: usize) -> Vec<Outcome> {
    for _ in 0..count {
        app.place
            .database
            .execute(&format!(
                "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
                 output_bytes, output_dropped) \
                 VALUES ({task}, 1, 'manual', 'running', 'another', 1, '2026-11-22 08:00:00', 0, 0)"
            ))
            .await;
    }
    let runs = app.components.store.claimed_by("another").await;
    let now = at("2026-11-22T08:01:00Z");
    let runs = runs.expect("runs");
    let lost = runs.iter().map(|run| run.lost(&RunReason::Lost, now));
    lost.collect()
}

/// A second server's store.
async fn second(app: &TestApp) -> Store {
    let url = &app.place.database.url;
    match url.is_empty() {
        true => app.components.store.clone(),
        false => Store::open(url, &app.place.data())
            .await
            .expect("the database"),
    }
}

fn ends(outcome: &Outcome, state: RunState, finished_at: DateTime<Utc>) -> Outcome {
    Outcome {
        state,
        finished_at,
        ..outcome.clone()
    }
}

#[tokio::test]
async fn failures_on_two_servers_at_once_have_each_number_once() {
    let app = TestApp::new().await;
    let task = app.add(overlapping("t", "true")).await.id;
    let mut outcomes = under_way(&app, task, 60).await;
    // The order in which they end is another than that in which they started.
    for (place, outcome) in outcomes.iter_mut().enumerate() {
        let later = i64::try_from(place * 7 % 60).expect("small");
        outcome.finished_at += TimeDelta::milliseconds(later / 4);
    }
    outcomes.sort_by_key(|outcome| outcome.finished_at);
    let (one, other) = (&app.components.store, second(&app).await);
    let writing = outcomes.chunks(3).enumerate().map(|(number, group)| {
        let store = [one, &other][number % 2];
        store.record(group)
    });
    let mut writing = futures_util::stream::iter(writing).buffer_unordered(16);
    while let Some(recorded) = writing.next().await {
        assert!(recorded.expect("recorded").fenced.is_empty());
    }
    drop(writing);
    let all: Vec<i64> = (1..=60).collect();
    assert_eq!(numbers(&app, task).await, all);
    let since = app.runs(task).await[0].started_at;
    let failing = Health::Failing { times: 60, since };
    assert_eq!(health(&app, task).await, failing);
}

/// Processes of this server, and a rule that waits for a number.
#[tokio::test]
async fn a_rule_for_the_nth_failure_sends_once_of_runs_that_overlap() {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/hook";
    let channel = app.channel("ops", ChannelKind::Webhook, url).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let task = app.add(overlapping("t", "exit 1")).await.id;
    let rule = json!({
        "scope": "task", "task_id": task, "channel_id": channel, "events": ["failed"],
        "failures": "*/20",
    });
    admin.post("/api/v1/rules", rule).await.expect(201);
    let running = (0..60).map(|_| async {
        let run = app.start_run(task).await;
        app.ended(run).await.state
    });
    let ended: Vec<RunState> = futures_util::stream::iter(running)
        .buffer_unordered(16)
        .collect()
        .await;
    assert!(ended.iter().all(|state| *state == RunState::Failed));
    let all: Vec<i64> = (1..=60).collect();
    assert_eq!(numbers(&app, task).await, all);
    let sent = app.messages(task).await;
    let failed = sent.iter().filter(|message| message.event == "failed");
    assert_eq!(failed.count(), 3, "at 20, 40 and 60");
}

#[tokio::test]
async fn of_runs_that_overlap_the_last_to_end_decides() {
    let app = TestApp::new().await;
    let task = app.add(overlapping("t", "true")).await.id;
    let runs = under_way(&app, task, 4).await;
    let store = &app.components.store;
    let minute = |minute: i64| at("2026-11-22T08:00:00Z") + TimeDelta::minutes(minute);
    let record = async |outcome: Outcome| {
        let recorded = store.record(&[outcome]).await.expect("recorded");
        assert!(recorded.fenced.is_empty());
    };
    // The last to start succeeds first, then the first to start fails.
    record(ends(&runs[3], RunState::Succeeded, minute(1))).await;
    assert_eq!(health(&app, task).await, Health::Ok);
    record(ends(&runs[0], RunState::Failed, minute(2))).await;
    let failing = health(&app, task).await;
    assert!(
        matches!(failing, Health::Failing { times: 1, .. }),
        "{failing:?}"
    );
    // The second succeeds after it. A result that waited on disk is older than that.
    record(ends(&runs[1], RunState::Succeeded, minute(4))).await;
    assert_eq!(health(&app, task).await, Health::Ok);
    record(ends(&runs[2], RunState::Failed, minute(3))).await;
    assert_eq!(health(&app, task).await, Health::Ok);
}

/// A firing fails with its last attempt; one that is not attempted again has failed as well.
#[tokio::test]
async fn attempts_at_overlapping_firings_are_counted_once_each() {
    let app = TestApp::new().await;
    let task = TaskDraft {
        execution: ExecutionDraft {
            overlap: "allow:100".to_owned(),
            retry: RetryDraft {
                attempts: "2".to_owned(),
                delay: "10s".to_owned(),
                ..RetryDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..draft("t", "0 9 * * *", "true")
    };
    let task = app.add(task).await.id;
    let runs = under_way(&app, task, 3).await;
    let store = &app.components.store;
    let now = at("2026-11-22T08:01:00Z");
    let retried = |outcome: &Outcome| Outcome {
        retry_at: Some(now + TimeDelta::hours(1)),
        ..ends(outcome, RunState::Failed, now)
    };
    let both = [retried(&runs[0]), retried(&runs[1])];
    store.record(&both).await.expect("recorded");
    assert_eq!(health(&app, task).await.as_str(), "running");
    let ended = ends(&runs[2], RunState::Failed, now);
    store.record(&[ended]).await.expect("recorded");
    let times = async |wanted| {
        let found = health(&app, task).await;
        assert!(
            matches!(found, Health::Failing { times, .. } if times == wanted),
            "{found:?}"
        );
    };
    times(1).await;
    let waiting = format!("SELECT id FROM run WHERE task_id = {task} AND attempt = 2");
    for (cancelled, id) in app
        .place
        .database
        .integers(&waiting)
        .await
        .into_iter()
        .enumerate()
    {
        use app::backend::Runs;
        let stopped = app.service.run_stop(&app.console(), RunId(id)).await;
        stopped.expect("cancelled");
        times(2 + i64::try_from(cancelled).expect("small")).await;
    }
}
