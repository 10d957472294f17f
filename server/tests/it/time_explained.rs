//! Explanations after the death of a server, and of firings to come.

use app::backend::{Calendars, Tasks};
use app::calendar::BlackoutDraft;
use app::id::TaskId;
use app::occurrence::{OccurrenceQuery, Verdict};
use app::run::RunState;

use super::helpers::{TestApp, at, draft};

async fn explain(app: &TestApp, id: TaskId, time: &str) -> String {
    let explained = app.service.task_explain(&app.console(), id, time).await;
    explained.expect("an explanation").sentence
}

/// The reason that the time line gives for a firing.
async fn time_line_reason(app: &TestApp, id: TaskId, time: &str) -> String {
    let query = OccurrenceQuery::default();
    let console = app.console();
    let rows = app.service.task_occurrences(&console, id, &query);
    let rows = rows.await.expect("the time line").items;
    let row = rows.into_iter().find(|row| row.scheduled_for.0 == at(time));
    row.and_then(|row| row.reason_text).expect("a reason")
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
        history.iter().filter(|one| *one == "skipped(late)").count(),
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
        let reason = time_line_reason(&app, task, &format!("2026-11-22T{time}Z")).await;
        assert!(said.contains(&reason), "{time}: {said}, {reason}");
    }
}

#[tokio::test]
async fn an_overlap_with_a_run_is_still_one_and_what_no_server_started_is_none() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "*/10 * * * * *", "sleep 600")).await.id;
    let mut node = app.node().await;
    for time in ["08:00:05", "08:00:10", "08:00:15", "08:00:20"] {
        app.clock.set(at(&format!("2026-11-22T{time}Z")));
        node.turn().await;
    }
    let said = explain(&app, task, "2026-11-22T08:00:20Z").await;
    assert!(said.contains("the previous run had not finished"), "{said}");
    let reason = time_line_reason(&app, task, "2026-11-22T08:00:20Z").await;
    assert!(said.contains(&reason), "{said}, {reason}");
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
    assert!(said.contains("no server started it in time"), "{said}");
    let reason = time_line_reason(&app, task, "2026-11-22T08:00:50Z").await;
    assert!(said.contains(&reason), "{said}, {reason}");
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

#[tokio::test]
async fn a_firing_of_a_dense_schedule_is_explained_at_its_own_second() {
    let app = TestApp::new().await;
    let blackout = BlackoutDraft {
        name: "freeze".to_owned(),
        starts_at: "2026-11-22T08:00:55Z".to_owned(),
        ends_at: "2026-11-22T08:01:05Z".to_owned(),
        ..BlackoutDraft::default()
    };
    let made = app.service.blackout_create(&app.console(), &blackout).await;
    made.expect("a blackout");
    let mut tasks = Vec::new();
    for schedule in ["every 10s", "*/10 * * * * *"] {
        tasks.push(app.add(draft(schedule, schedule, "true")).await.id);
    }
    app.node().await.go_to(at("2026-11-22T08:01:25Z")).await;
    for id in tasks {
        let of = async |time| app.service.task_explain(&app.console(), id, time).await;
        // The instant that was asked for, and not the first one of its minute that ran.
        for time in ["2026-11-22T08:01:00Z", "2026-11-22T08:01Z"] {
            let said = of(time).await.expect("an explanation");
            assert_eq!(said.verdict, Verdict::Skipped, "{time}: {}", said.sentence);
            assert!(
                said.sentence.contains("blackout"),
                "{time}: {}",
                said.sentence
            );
        }
        let ran = of("2026-11-22T08:01:10Z").await.expect("an explanation");
        assert_eq!(ran.verdict, Verdict::Ran, "{}", ran.sentence);
        let between = of("2026-11-22T08:01:13Z").await.expect("an explanation");
        assert_eq!(between.verdict, Verdict::NotNamed, "{}", between.sentence);
        // A firing to come, too.
        let to_come = of("2026-11-22T08:02:00Z").await.expect("an explanation");
        assert_eq!(to_come.verdict, Verdict::Planned, "{}", to_come.sentence);
        assert!(to_come.sentence.contains(":02:00"), "{}", to_come.sentence);
    }
}
