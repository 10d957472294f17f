//! Explanations after the death of a server, and of firings to come.

use app::backend::{Calendars, Tasks};
use app::calendar::BlackoutDraft;
use app::id::TaskId;
use app::run::RunState;

use super::helpers::{TestApp, at, draft};

async fn explain(app: &TestApp, id: TaskId, time: &str) -> String {
    let explained = app.service.task_explain(&app.console(), id, time).await;
    explained.expect("an explanation").sentence
}

#[tokio::test]
async fn firings_of_a_dead_server_are_not_explained_by_a_run_that_was_not_there() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "*/10 * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:05Z")).await;
    let (place, clock) = app.die();
    // Within the grace of a minute, all of them are still on time.
    clock.set(at("2026-11-22T08:00:45Z"));
    let app = TestApp::start(place, clock, None, &[]).await;
    let planned = explain(&app, task, "2026-11-22T08:00:10Z").await;
    assert!(
        planned.contains("no server has started it yet"),
        "{planned}"
    );
    app.node().await.go_to(at("2026-11-22T08:00:46Z")).await;
    let history = app.history(task).await;
    assert_eq!(
        history
            .iter()
            .filter(|one| *one == "skipped(overlap)")
            .count(),
        3,
        "{history:?}"
    );
    for time in ["08:00:20", "08:00:30", "08:00:40"] {
        let said = explain(&app, task, &format!("2026-11-22T{time}Z")).await;
        assert!(!said.contains("still going"), "{time}: {said}");
        assert!(
            said.contains("no server started it in time"),
            "{time}: {said}"
        );
    }
}

#[tokio::test]
async fn an_overlap_with_a_run_is_still_one_and_with_a_lost_run_is_doubtful() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "*/10 * * * * *", "sleep 600")).await.id;
    let mut node = app.node().await;
    for time in ["08:00:05", "08:00:10", "08:00:15", "08:00:20"] {
        app.clock.set(at(&format!("2026-11-22T{time}Z")));
        node.turn().await;
    }
    let said = explain(&app, task, "2026-11-22T08:00:20Z").await;
    assert!(said.contains("the run before was still going"), "{said}");
    drop(node);
    let run = app.runs(task).await[0].clone();
    assert_eq!(run.state, RunState::Running);
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T08:00:55Z"));
    let app = TestApp::start(place, clock, None, &[]).await;
    let mut node = app.node().await;
    node.turn().await;
    assert_eq!(app.runs(task).await[0].state, RunState::Lost);
    let said = explain(&app, task, "2026-11-22T08:00:50Z").await;
    let lost = format!("run {}) was lost", run.id);
    assert!(said.contains(&lost), "{said}");
}

#[tokio::test]
async fn a_firing_to_come_is_not_explained_as_past() {
    let app = TestApp::new().await;
    let blackout = BlackoutDraft {
        name: "freeze".to_owned(),
        starts_at: "2026-11-22T08:00:00Z".to_owned(),
        ends_at: "2026-11-22T09:00:00Z".to_owned(),
        ..BlackoutDraft::default()
    };
    let made = app.service.blackout_create(&app.console(), &blackout).await;
    made.expect("a blackout");
    let task = app.add(draft("t", "*/5 * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:07Z")).await;
    let past = explain(&app, task, "2026-11-22T08:00:05Z").await;
    assert!(past.starts_with("It did not run"), "{past}");
    // Planned already, as everything of the next seconds.
    let future = explain(&app, task, "2026-11-22T08:00:10Z").await;
    assert!(future.starts_with("It will not run"), "{future}");
    assert!(!future.contains("was skipped"), "{future}");
}
