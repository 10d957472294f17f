//! Overlap rules, pools, retries and dependencies: decided inside the claim, for every kind of start.

use std::path::PathBuf;

use app::backend::{Capacity, Runs, Tasks};
use app::id::TaskId;
use app::pool::PoolDraft;
use app::run::{Run, RunState, Trigger};
use app::schedule::MissedDraft;
use app::task::execution::{ExecutionDraft, WaitsDraft};
use app::task::{Control, TaskDraft};
use chrono::{DateTime, TimeDelta, Utc};

use super::helpers::{Node, TestApp, at, draft};

mod retries;

/// A command that runs until the gate is opened.
struct Gate(PathBuf);

impl Gate {
    fn new(app: &TestApp) -> Self {
        let name = format!("gate-{}", server::auth::token::random_id(6));
        Self(app.place.work().join(name))
    }

    fn command(&self) -> String {
        format!("while [ ! -e {} ]; do sleep 0.02; done", self.0.display())
    }

    fn open(&self) {
        std::fs::write(&self.0, "").expect("the gate");
    }
}

fn execution(overlap: &str) -> ExecutionDraft {
    ExecutionDraft {
        overlap: overlap.to_owned(),
        ..ExecutionDraft::default()
    }
}

fn second(second: i64) -> DateTime<Utc> {
    at("2026-11-22T08:00:00Z") + TimeDelta::seconds(second)
}

async fn tick(app: &TestApp, node: &mut Node, to: i64) {
    app.clock.set(second(to));
    node.turn().await;
}

/// Newest first.
async fn runs_of(app: &TestApp, task: TaskId) -> Vec<Run> {
    let mut runs = app.runs(task).await;
    runs.reverse();
    runs
}

async fn states(app: &TestApp, task: TaskId) -> Vec<RunState> {
    runs_of(app, task)
        .await
        .into_iter()
        .map(|run| run.state)
        .collect()
}

/// Waits until the runs of a task have these states, newest first, turning the loop at each change.
async fn until_states(app: &TestApp, node: &mut Node, task: TaskId, wanted: &[RunState]) {
    let mut changes = app.components.signals.subscribe();
    super::helpers::in_time("the runs to reach their states", async {
        while states(app, task).await != wanted {
            node.turn().await;
            if states(app, task).await != wanted {
                tokio::select! {
                    _ = changes.recv() => {}
                    () = app.components.signals.tasks.notified() => {}
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_queue_keeps_the_order_and_its_length_and_goes_on_when_a_run_ends() {
    use RunState::{Running, Succeeded, Waiting};
    let app = TestApp::new().await;
    let gate = Gate::new(&app);
    let task = app
        .add(TaskDraft {
            execution: execution("queue:2"),
            ..draft("t", "* * * * * *", &gate.command())
        })
        .await
        .id;
    let mut node = app.node().await;
    for to in 1..=4 {
        tick(&app, &mut node, to).await;
    }
    assert_eq!(states(&app, task).await, [Waiting, Waiting, Running]);
    assert_eq!(app.history(task).await[0], "skipped(queue_full)");
    let waiting = &runs_of(&app, task).await[0];
    assert_eq!(waiting.reason.as_deref(), Some("waits:overlap"));
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence WHERE state IN ('running', 'waiting') ORDER BY scheduled_for")
            .await,
        ["running", "waiting", "waiting"]
    );
    app.service
        .task_control(&app.console(), task, &Control::Pause(None))
        .await
        .expect("paused: nothing new is planned");
    app.service
        .task_control(&app.console(), task, &Control::Restore)
        .await
        .expect("restored before the loop looks");
    gate.open();
    until_states(&app, &mut node, task, &[Succeeded, Succeeded, Succeeded]).await;
    let order: Vec<Option<DateTime<Utc>>> = app
        .runs(task)
        .await
        .iter()
        .map(|run| run.scheduled_for.map(|at| at.0))
        .collect();
    assert_eq!(order, [1, 2, 3].map(|n| Some(second(n))));
}

#[tokio::test]
async fn manual_starts_count_towards_the_maximum_at_once() {
    let app = TestApp::new().await;
    let gate = Gate::new(&app);
    let task = app
        .add(TaskDraft {
            execution: execution("allow:2"),
            ..draft("t", "* * * * * *", &gate.command())
        })
        .await
        .id;
    let mut node = app.node().await;
    let manual = app.start_run(task).await;
    tick(&app, &mut node, 1).await;
    tick(&app, &mut node, 2).await;
    assert_eq!(states(&app, task).await, [RunState::Running; 2]);
    assert_eq!(app.history(task).await[0], "skipped(overlap)");
    let refused = app
        .service
        .task_run(&app.console(), task, &Default::default())
        .await
        .expect_err("two run");
    assert_eq!(refused.code, "task.running");
    gate.open();
    app.ended(manual).await;
}

#[tokio::test]
async fn a_newer_start_replaces_the_older_one_and_never_runs_beside_it() {
    let app = TestApp::new().await;
    let ledger = app.place.ledger();
    let command = format!(
        // The trap comes first: a reader of the line may send the signal at once.
        "trap '{}; exit 0' TERM; {}; sleep 600 & wait",
        ledger.command("end $JCRONTAB_RUN_ID"),
        ledger.command("begin $JCRONTAB_RUN_ID")
    );
    let task = app
        .add(TaskDraft {
            execution: execution("replace"),
            ..draft("t", "* * * * * *", &command)
        })
        .await
        .id;
    let mut node = app.node().await;
    tick(&app, &mut node, 1).await;
    let first = runs_of(&app, task).await[0].id;
    super::helpers::in_time("the first to begin", async {
        while ledger.lines().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    tick(&app, &mut node, 2).await;
    // A third before the first is gone: only the latest of those that wait stays.
    tick(&app, &mut node, 3).await;
    until_states(
        &app,
        &mut node,
        task,
        &[RunState::Running, RunState::Killed, RunState::Killed],
    )
    .await;
    let runs = runs_of(&app, task).await;
    assert_eq!(runs[2].id, first);
    for run in &runs[1..] {
        assert_eq!(run.reason.as_deref(), Some("replaced"));
    }
    let lines = super::helpers::in_time("the last to begin", async {
        loop {
            let lines = ledger.lines();
            if lines.len() == 3 {
                return lines;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (first, last) = (first, runs[0].id);
    assert_eq!(
        lines,
        [
            format!("begin {first}"),
            format!("end {first}"),
            format!("begin {last}")
        ]
    );
    app.service
        .run_stop(&app.console(), last)
        .await
        .expect("stopped");
    app.ended(last).await;
}

#[tokio::test]
async fn a_pool_limits_the_runs_of_all_its_tasks_and_the_others_wait() {
    let app = TestApp::new().await;
    let pool = PoolDraft {
        name: "db".to_owned(),
        slots: "1".to_owned(),
    };
    app.service
        .pool_set(&app.console(), None, &pool)
        .await
        .expect("a pool");
    let gate = Gate::new(&app);
    let in_pool = |name: &str| TaskDraft {
        execution: ExecutionDraft {
            pool: "db".to_owned(),
            ..ExecutionDraft::default()
        },
        ..draft(name, "1 0 8 * * *", &gate.command())
    };
    let a = app.add(in_pool("a")).await.id;
    let b = app.add(in_pool("b")).await.id;
    let free = app.add(draft("free", "1 0 8 * * *", "true")).await.id;
    let mut node = app.node().await;
    tick(&app, &mut node, 1).await;
    let pools = app.service.pool_list(&app.console()).await.expect("pools");
    let db = pools.iter().find(|pool| pool.name == "db").expect("db");
    assert_eq!((db.running, db.waiting), (1, 1));
    let both = [states(&app, a).await, states(&app, b).await].concat();
    assert!(both.contains(&RunState::Running) && both.contains(&RunState::Waiting));
    until_states(&app, &mut node, free, &[RunState::Succeeded]).await;
    gate.open();
    until_states(&app, &mut node, a, &[RunState::Succeeded]).await;
    until_states(&app, &mut node, b, &[RunState::Succeeded]).await;
}

#[tokio::test]
async fn the_global_limit_delays_manual_starts_as_well() {
    let app = TestApp::new().await;
    let cap = PoolDraft {
        name: "*".to_owned(),
        slots: "1".to_owned(),
    };
    app.service
        .pool_set(&app.console(), None, &cap)
        .await
        .expect("the cap");
    let gate = Gate::new(&app);
    let a = app.add(draft("a", "0 0 1 1 *", &gate.command())).await.id;
    let b = app.add(draft("b", "0 0 1 1 *", "true")).await.id;
    let mut node = app.node().await;
    let first = app.start_run(a).await;
    let waits = app.start_run(b).await;
    assert_eq!(states(&app, b).await, [RunState::Waiting]);
    gate.open();
    app.ended(first).await;
    until_states(&app, &mut node, b, &[RunState::Succeeded]).await;
    let run = runs_of(&app, b).await.remove(0);
    assert_eq!((run.id, run.trigger), (waits, Trigger::Manual));
    assert_eq!(run.requested_by.as_deref(), Some("console"));
}

#[tokio::test]
async fn a_waiting_run_can_be_cancelled_and_ends_with_its_task() {
    let app = TestApp::new().await;
    let gate = Gate::new(&app);
    let task = app
        .add(TaskDraft {
            execution: execution("queue:5"),
            ..draft("t", "1,2,3 0 8 * * *", &gate.command())
        })
        .await
        .id;
    let mut node = app.node().await;
    for to in 1..=3 {
        tick(&app, &mut node, to).await;
    }
    let runs = runs_of(&app, task).await;
    app.service
        .run_stop(&app.console(), runs[0].id)
        .await
        .expect("cancelled");
    let cancelled = &runs_of(&app, task).await[0];
    assert_eq!(cancelled.state, RunState::Killed);
    assert_eq!(cancelled.reason.as_deref(), Some("stopped:console"));
    app.service
        .task_control(&app.console(), task, &Control::Close)
        .await
        .expect("closed");
    node.turn().await;
    let gone = &runs_of(&app, task).await[1];
    assert_eq!(gone.state, RunState::Killed);
    assert_eq!(gone.reason.as_deref(), Some("task:closed"));
    assert_eq!(
        app.place
            .database
            .rows("SELECT state FROM occurrence ORDER BY scheduled_for")
            .await,
        ["running", "killed", "killed"]
    );
    gate.open();
    app.ended(runs[2].id).await;
}

#[tokio::test]
async fn a_task_waits_for_others_as_long_as_its_patience_lasts() {
    let app = TestApp::new().await;
    let backup = app.add(draft("backup", "0 0 1 1 *", "true")).await;
    let after = |patience: &str| TaskDraft {
        execution: ExecutionDraft {
            waits: WaitsDraft {
                tasks: vec!["backup".to_owned()],
                fresh: "1h".to_owned(),
                patience: patience.to_owned(),
                ..WaitsDraft::default()
            },
            ..ExecutionDraft::default()
        },
        missed: MissedDraft::default(),
        ..draft(&format!("after {patience}"), "1 0 8 * * *", "true")
    };
    let patient = app.add(after("10m")).await.id;
    let short = app.add(after("5s")).await.id;
    let mut node = app.node().await;
    node.go_to(second(3)).await;
    assert!(runs_of(&app, patient).await.is_empty());
    node.go_to(second(10)).await;
    assert_eq!(app.history(short).await, ["skipped(dependency)"]);
    let run = app.start_run(backup.id).await;
    app.ended(run).await;
    // Longer than its grace: what it waited is not its own lateness.
    node.go_to(second(100)).await;
    assert_eq!(app.history(patient).await, ["succeeded"]);
    assert_eq!(runs_of(&app, patient).await[0].trigger, Trigger::Schedule);
}
