//! Changes made while firings are planned, postponed or moved: nothing is lost, doubled or silent.

use app::backend::{Calendars, Tasks};
use app::calendar::{BlackoutDraft, BlackoutPolicy};
use app::id::TaskId;
use app::schedule::{MissedDraft, ScheduleDraft};
use app::task::{Control, TaskDraft};
use chrono::TimeDelta;

use super::helpers::{TestApp, at, draft};

/// The ledger of a task by instant: `08:00:02 succeeded`, with a reason in brackets.
async fn rows(app: &TestApp, task: TaskId) -> Vec<String> {
    let mut query = app::occurrence::OccurrenceQuery {
        limit: Some(200),
        ..app::occurrence::OccurrenceQuery::default()
    };
    let mut rows = Vec::new();
    loop {
        let page = app
            .service
            .task_occurrences(&app.console(), task, &query)
            .await
            .expect("a time line");
        rows.extend(page.items);
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    rows.sort_by_key(|row| row.scheduled_for);
    rows.iter()
        .filter(|row| row.state.as_str() != "planned")
        .map(|row| {
            let reason = row
                .reason
                .as_ref()
                .map_or(String::new(), |reason| format!("({reason})"));
            let at = row.scheduled_for.0.format("%d %H:%M:%S");
            format!("{at} {}{reason}", row.state.as_str())
        })
        .collect()
}

fn far_away(name: &str) -> BlackoutDraft {
    BlackoutDraft {
        name: name.to_owned(),
        starts_at: "2027-01-01 00:00".to_owned(),
        ends_at: "2027-01-02 00:00".to_owned(),
        ..BlackoutDraft::default()
    }
}

#[tokio::test]
async fn nothing_falls_between_two_changes() {
    let app = TestApp::new().await;
    let console = app.console();
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:01Z")).await;
    // Each takes back what is planned; the loop sees them together.
    for (second, name) in [(2, "a"), (5, "b"), (8, "c")] {
        app.clock
            .set(at("2026-11-22T08:00:00.5Z") + TimeDelta::seconds(second));
        app.service
            .blackout_create(&console, &far_away(name))
            .await
            .expect("a blackout");
    }
    node.go_to(at("2026-11-22T08:00:12Z")).await;
    let shown = rows(&app, task).await;
    let seconds: Vec<&str> = shown.iter().map(|row| &row[3..11]).collect();
    let all: Vec<String> = (1..=12)
        .map(|second| format!("08:00:{second:02}"))
        .collect();
    assert_eq!(seconds, all, "every second has its row");
}

#[tokio::test]
async fn an_unplanned_change_is_found_at_the_next_start() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:01Z")).await;
    app.clock.set(at("2026-11-22T08:00:01.5Z"));
    app.service
        .blackout_create(&app.console(), &far_away("a"))
        .await
        .expect("a blackout");
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T08:00:03Z"));
    let app = TestApp::start(place, clock, None, &[]).await;
    app.node().await.go_to(at("2026-11-22T08:00:12Z")).await;
    let shown = rows(&app, task).await;
    let seconds: Vec<&str> = shown.iter().map(|row| &row[3..11]).collect();
    let all: Vec<String> = (1..=12)
        .map(|second| format!("08:00:{second:02}"))
        .collect();
    assert_eq!(seconds, all);
}

/// A task whose firing of 08:01 is postponed by jitter, and the instant it is postponed to.
async fn postponed(app: &TestApp) -> (TaskId, chrono::DateTime<chrono::Utc>) {
    let spread = ScheduleDraft {
        jitter: "20m".to_owned(),
        ..ScheduleDraft::plain("0 * * * *")
    };
    let task = TaskDraft {
        schedules: vec![spread],
        ..draft("t", "", "true")
    };
    let id = app.add(task).await.id;
    app.clock.set(at("2026-11-22T08:59:50Z"));
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T09:00:01Z")).await;
    let due = app
        .place
        .database
        .rows("SELECT CAST(due_at AS CHAR) FROM occurrence WHERE state = 'planned'")
        .await;
    assert_eq!(
        due.len(),
        1,
        "postponed, for this test by more than a second"
    );
    (id, at("2026-11-22T09:21:00Z"))
}

#[tokio::test]
async fn a_firing_that_is_postponed_still_obeys_a_pause() {
    let app = TestApp::new().await;
    let (task, over) = postponed(&app).await;
    app.service
        .task_control(&app.console(), task, &Control::Pause(None))
        .await
        .expect("a pause");
    app.node().await.go_to(over).await;
    // It was named before the pause, and starts after it.
    assert_eq!(rows(&app, task).await, ["22 09:00:00 skipped(paused)"]);
    assert!(app.runs(task).await.is_empty());
}

#[tokio::test]
async fn a_firing_that_is_postponed_still_obeys_a_new_blackout() {
    for (policy, ends) in [
        (BlackoutPolicy::Drop, "22 09:00:00 skipped(blackout)"),
        (BlackoutPolicy::CatchUp, "22 09:00:00 succeeded"),
    ] {
        let app = TestApp::new().await;
        let (task, over) = postponed(&app).await;
        let blackout = BlackoutDraft {
            starts_at: "2026-11-22 09:00:01".to_owned(),
            ends_at: "2026-11-22 09:30".to_owned(),
            policy,
            ..far_away("now")
        };
        app.service
            .blackout_create(&app.console(), &blackout)
            .await
            .expect("a blackout");
        app.node().await.go_to(over).await;
        assert!(app.runs(task).await.is_empty(), "not inside it");
        app.node().await.go_to(at("2026-11-22T09:31:00Z")).await;
        assert_eq!(rows(&app, task).await, [ends]);
    }
}

#[tokio::test]
async fn a_firing_of_a_schedule_that_is_gone_does_not_start() {
    let app = TestApp::new().await;
    let (task, over) = postponed(&app).await;
    let changed = draft("t", "30 3 * * *", "true");
    let console = app.console();
    let before = app.service.task_get(&console, task).await.expect("it");
    app.service
        .task_control(&console, task, &Control::Urge(Some("0 5 * * *".to_owned())))
        .await
        .expect("urging");
    app.node().await.go_to(over).await;
    assert_eq!(rows(&app, task).await, ["22 09:00:00 skipped(changed)"]);
    app.service
        .task_update(&console, task, &changed)
        .await
        .expect("an edit");
    assert_eq!(before.schedules.len(), 1);
}

#[tokio::test]
async fn what_was_recorded_ahead_gives_way_to_a_new_plan() {
    let app = TestApp::new().await;
    let console = app.console();
    let moved = ScheduleDraft {
        day_rule: "previous_work_day".to_owned(),
        ..ScheduleDraft::plain("0 9,18 * * *")
    };
    let task = TaskDraft {
        schedules: vec![moved],
        ..draft("t", "", "true")
    };
    let id = app.add(task).await.id;
    app.clock.set(at("2026-11-27T08:59:50Z"));
    app.node().await.go_to(at("2026-11-27T18:00:30Z")).await;
    assert_eq!(
        rows(&app, id).await,
        ["27 09:00:00 succeeded", "27 18:00:00 succeeded"]
    );
    // In the ledger, though history only when their time has come.
    let recorded = format!(
        "SELECT CONCAT_WS(' ', REPLACE(SUBSTR(scheduled_for, 9, 11), 'T', ' '), CONCAT(state, '(', reason, ')')) FROM occurrence \
         WHERE task_id = {id} AND state = 'skipped' ORDER BY scheduled_for LIMIT 4"
    );
    assert_eq!(
        app.place.database.rows(&recorded).await,
        [
            "28 09:00:00 skipped(calendar)",
            "28 18:00:00 skipped(calendar)",
            "29 09:00:00 skipped(calendar)",
            "29 18:00:00 skipped(calendar)"
        ],
        "Saturday and Sunday come to Friday, each time of day recorded"
    );
    // From now on every day counts by itself.
    let mut changed = app.service.task_draft(&console, id).await.expect("it");
    changed.schedules[0].day_rule = String::new();
    app.service
        .task_update(&console, id, &changed)
        .await
        .expect("an edit");
    app.clock.set(at("2026-11-28T08:59:50Z"));
    app.node().await.go_to(at("2026-11-28T18:00:30Z")).await;
    assert_eq!(
        rows(&app, id).await[2..],
        ["28 09:00:00 succeeded", "28 18:00:00 succeeded"]
    );
}

#[tokio::test]
async fn caught_up_firings_stop_at_a_pause() {
    let app = TestApp::new().await;
    let rule = TaskDraft {
        missed: MissedDraft {
            policy: "all".to_owned(),
            max: "5".to_owned(),
            ..MissedDraft::default()
        },
        ..draft("t", "*/10 * * * *", "true")
    };
    let task = app.add(rule).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:30Z")).await;
    app.clock.set(at("2026-11-22T09:02:00Z"));
    let mut node = app.node().await;
    node.turn().await;
    node.settled().await;
    assert_eq!(app.runs(task).await.len(), 1, "the others wait");
    app.service
        .task_control(&app.console(), task, &Control::Pause(None))
        .await
        .expect("a pause");
    node.go_to(at("2026-11-22T09:05:00Z")).await;
    assert_eq!(app.runs(task).await.len(), 1);
}

/// As when a node claims an instant while a pause requested just before is being written.
#[tokio::test]
async fn what_has_started_is_not_recorded_again_by_an_earlier_pause() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:00:03Z")).await;
    app.clock.set(at("2026-11-22T08:00:02.95Z"));
    app.service
        .task_control(&app.console(), task, &Control::Pause(None))
        .await
        .expect("a pause");
    node.go_to(at("2026-11-22T08:00:10Z")).await;
    let query = app::occurrence::OccurrenceQuery::default();
    let shown = app
        .service
        .task_occurrences(&app.console(), task, &query)
        .await
        .expect("a time line");
    let skipped: Vec<_> = shown
        .items
        .iter()
        .filter(|row| row.state.as_str() == "skipped")
        .map(|row| row.since.unwrap_or(row.scheduled_for).0)
        .collect();
    assert_eq!(skipped, [at("2026-11-22T08:00:04Z")], "{shown:?}");
    let ran = shown
        .items
        .iter()
        .filter(|row| row.state.as_str() == "succeeded");
    assert_eq!(ran.count(), 3);
}
