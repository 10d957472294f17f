//! Retries of failed runs.

use app::backend::{Runs, Tasks};
use app::run::{Run, RunState};
use app::task::execution::{ExecutionDraft, RetryDraft};
use app::task::{Control, TaskDraft};

use super::{Gate, runs_of, second, states};
use crate::helpers::{TestApp, draft};

fn retrying(attempts: &str, delay: &str) -> ExecutionDraft {
    ExecutionDraft {
        retry: RetryDraft {
            attempts: attempts.to_owned(),
            delay: delay.to_owned(),
            ..RetryDraft::default()
        },
        ..ExecutionDraft::default()
    }
}

#[tokio::test]
async fn a_failure_is_retried_under_the_same_occurrence_until_it_succeeds() {
    let app = TestApp::new().await;
    let task = app
        .add(TaskDraft {
            execution: retrying("3", "10s"),
            ..draft("t", "1 0 8 * * *", "[ $JCRONTAB_ATTEMPT = 3 ]")
        })
        .await
        .id;
    let mut node = app.node().await;
    node.go_to(second(1)).await;
    assert_eq!(
        states(&app, task).await,
        [RunState::Waiting, RunState::Failed]
    );
    assert_eq!(
        runs_of(&app, task).await[0].due_at.map(|at| at.0),
        Some(second(11))
    );
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence")
            .await,
        ["waiting"]
    );
    let said = app
        .service
        .task_explain(&app.console(), task, "2026-11-22T08:00:01Z")
        .await
        .expect("explained");
    assert_eq!(said.verdict.as_str(), "waiting", "{said:?}");
    node.go_to(second(10)).await;
    assert_eq!(runs_of(&app, task).await.len(), 2, "not before its delay");
    node.go_to(second(40)).await;
    let runs: Vec<(i32, RunState)> = app
        .runs(task)
        .await
        .iter()
        .map(|run| (run.attempt, run.state))
        .collect();
    assert_eq!(
        runs,
        [
            (1, RunState::Failed),
            (2, RunState::Failed),
            (3, RunState::Succeeded)
        ]
    );
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence")
            .await,
        ["succeeded"]
    );
    let of: Vec<Run> = app
        .service
        .run_attempts(&app.console(), runs_of(&app, task).await[1].id)
        .await
        .expect("attempts");
    assert_eq!(
        of.iter().map(|run| run.attempt).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}

#[tokio::test]
async fn attempts_end_and_a_manual_start_is_retried_too() {
    let app = TestApp::new().await;
    let task = app
        .add(TaskDraft {
            execution: retrying("2", "10s"),
            ..draft("t", "0 0 1 1 *", "exit 3")
        })
        .await
        .id;
    let mut node = app.node().await;
    let first = app.start_run(task).await;
    app.ended(first).await;
    node.go_to(second(20)).await;
    let runs = runs_of(&app, task).await;
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].attempt, runs[0].origin_id), (2, Some(first)));
    assert_eq!(
        (runs[0].state, runs[0].exit_code),
        (RunState::Failed, Some(3))
    );
    node.go_to(second(200)).await;
    assert_eq!(runs_of(&app, task).await.len(), 2);
}

#[tokio::test]
async fn a_stopped_run_is_not_retried_nor_one_whose_task_was_paused() {
    let app = TestApp::new().await;
    let gate = Gate::new(&app);
    let stopped = app
        .add(TaskDraft {
            execution: retrying("5", "1s"),
            ..draft("stopped", "0 0 1 1 *", &gate.command())
        })
        .await
        .id;
    let paused = app
        .add(TaskDraft {
            execution: retrying("5", "30s"),
            ..draft("paused", "1 0 8 * * *", "false")
        })
        .await
        .id;
    let mut node = app.node().await;
    let run = app.start_run(stopped).await;
    app.service
        .run_stop(&app.console(), run)
        .await
        .expect("stopped");
    app.ended(run).await;
    node.go_to(second(5)).await;
    assert_eq!(states(&app, stopped).await, [RunState::Killed]);
    assert_eq!(
        states(&app, paused).await,
        [RunState::Waiting, RunState::Failed]
    );
    app.service
        .task_control(&app.console(), paused, &Control::Pause(None))
        .await
        .expect("paused");
    node.go_to(second(60)).await;
    let runs = runs_of(&app, paused).await;
    assert_eq!(runs[0].reason.as_deref(), Some("task:paused"));
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence WHERE state <> 'planned'")
            .await,
        ["failed"],
        "the firing ends as its last attempt did"
    );
}
