//! Calendars, blackouts, pauses, jitter and several schedules, as the scheduler applies them.

use app::backend::{Calendars, Tasks};
use app::calendar::{BlackoutDraft, BlackoutPolicy, CalendarDraft, CalendarImport};
use app::id::TaskId;
use app::occurrence::{Occurrence, OccurrenceQuery, OccurrenceState};
use app::schedule::ScheduleDraft;
use app::task::{Control, TaskDraft, TaskState};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

use super::helpers::{TestApp, at, draft};

/// A task with these schedules; 22 November 2026 is a Sunday.
fn scheduled(name: &str, schedules: Vec<ScheduleDraft>) -> TaskDraft {
    TaskDraft {
        schedules,
        ..draft(name, "", "echo $JCRONTAB_SCHEDULED_FOR")
    }
}

fn by_days(spec: &str, rule: &str) -> ScheduleDraft {
    ScheduleDraft {
        day_rule: rule.to_owned(),
        ..ScheduleDraft::plain(spec)
    }
}

/// A task's timeline, oldest first: `state(reason)×count`.
async fn line(app: &TestApp, id: TaskId) -> Vec<String> {
    let query = OccurrenceQuery {
        limit: Some(200),
        ..OccurrenceQuery::default()
    };
    let mut rows = app
        .service
        .task_occurrences(&app.console(), id, &query)
        .await
        .expect("a time line")
        .items;
    rows.reverse();
    rows.iter().map(row_text).collect()
}

fn row_text(row: &Occurrence) -> String {
    let reason = row
        .reason
        .as_ref()
        .map_or(String::new(), |reason| format!("({reason})"));
    let count = if row.count > 1 {
        format!("×{}", row.count)
    } else {
        String::new()
    };
    format!("{}{reason}{count}", row.state.as_str())
}

async fn named(app: &TestApp, id: TaskId) -> Vec<String> {
    let mut runs = app.runs(id).await;
    runs.sort_by_key(|run| run.id);
    runs.iter()
        .filter_map(|run| Some(run.scheduled_for?.rfc3339()))
        .collect()
}

async fn next_at(app: &TestApp, id: TaskId) -> Option<DateTime<Utc>> {
    let task = app
        .service
        .task_get(&app.console(), id)
        .await
        .expect("a task");
    task.next_at.map(|at| at.0)
}

#[tokio::test]
async fn every_schedule_of_a_task_fires() {
    let app = TestApp::new().await;
    let task = app
        .add(scheduled(
            "t",
            vec![
                ScheduleDraft::plain("0 9 * * *"),
                ScheduleDraft::plain("every 20m from 2026-11-22 08:10"),
                ScheduleDraft::plain("at 2026-11-22 08:40"),
            ],
        ))
        .await;
    let ids: Vec<_> = task.schedules.iter().map(|schedule| schedule.id).collect();
    app.node().await.go_to(at("2026-11-22T09:00:30Z")).await;
    assert_eq!(
        named(&app, task.id).await,
        [
            "2026-11-22T08:10:00Z",
            "2026-11-22T08:30:00Z",
            "2026-11-22T08:40:00Z",
            "2026-11-22T08:50:00Z",
            "2026-11-22T09:00:00Z"
        ]
    );

    // Without the first one: the others stay who they are, and nothing fires again.
    let console = app.console();
    let mut changed = app.service.task_draft(&console, task.id).await.expect("it");
    changed.schedules.remove(0);
    let task = app
        .service
        .task_update(&console, task.id, &changed)
        .await
        .expect("an edit");
    let kept: Vec<_> = task.schedules.iter().map(|schedule| schedule.id).collect();
    assert_eq!(kept, ids[1..]);
    app.node().await.go_to(at("2026-11-22T09:20:00Z")).await;
    assert_eq!(named(&app, task.id).await[5..], ["2026-11-22T09:10:00Z"]);
}

#[tokio::test]
async fn a_single_time_is_finished_when_it_has_passed() {
    let app = TestApp::new().await;
    let once = app.add(draft("t", "at 2026-11-22 08:30", "true")).await;
    assert_eq!(
        once.next_at.map(|at| at.0),
        Some(at("2026-11-22T08:30:00Z"))
    );
    assert!(!once.finished);
    app.node().await.go_to(at("2026-11-22T09:00:00Z")).await;
    let task = app
        .service
        .task_get(&app.console(), once.id)
        .await
        .expect("it");
    assert!(task.finished && task.next_at.is_none());
    assert_eq!(line(&app, once.id).await, ["succeeded"]);
}

#[tokio::test]
async fn a_day_that_does_not_count_is_recorded_and_not_run() {
    let app = TestApp::new().await;
    let daily = app
        .add(scheduled("daily", vec![by_days("30 8 * * *", "work_days")]))
        .await
        .id;
    let dense = app
        .add(scheduled("dense", vec![by_days("* * * * *", "work_days")]))
        .await
        .id;
    let moved = app
        .add(scheduled(
            "moved",
            vec![by_days("30 8 * * *", "next_work_day")],
        ))
        .await
        .id;
    app.node().await.go_to(at("2026-11-22T08:40:00Z")).await;
    assert_eq!(line(&app, daily).await, ["skipped(calendar)"]);
    assert_eq!(line(&app, dense).await, ["skipped(calendar)×40"]);
    assert_eq!(line(&app, moved).await, Vec::<String>::new());
    assert_eq!(next_at(&app, moved).await, Some(at("2026-11-23T08:30:00Z")));
    app.clock.set(at("2026-11-23T08:29:50Z"));
    app.node().await.go_to(at("2026-11-23T08:30:00Z")).await;
    // Monday's own firing runs, Sunday's would have come to the same instant.
    assert_eq!(line(&app, moved).await, ["succeeded", "skipped(calendar)"]);
    assert_eq!(named(&app, moved).await, ["2026-11-23T08:30:00Z"]);
}

#[tokio::test]
async fn a_changed_calendar_holds_at_once() {
    let app = TestApp::new().await;
    let console = app.console();
    let calendar = CalendarDraft {
        name: "公司".to_owned(),
        ..CalendarDraft::default()
    };
    app.service
        .calendar_create(&console, &calendar)
        .await
        .expect("a calendar");
    let schedule = ScheduleDraft {
        calendar: "公司".to_owned(),
        ..by_days("* * * * *", "work_days")
    };
    let task = app.add(scheduled("t", vec![schedule])).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:02:30Z")).await;
    assert_eq!(line(&app, task).await, ["skipped(calendar)×2"]);
    let import = CalendarImport {
        text: "2026-11-22 work 赶工".to_owned(),
        ..CalendarImport::default()
    };
    let imported = app
        .service
        .calendar_import(&console, "公司", None, &import)
        .await
        .expect("an import");
    assert_eq!((imported.days, imported.calendar.used_by), (1, 1));
    node.go_to(at("2026-11-22T08:04:00Z")).await;
    assert_eq!(
        line(&app, task).await,
        ["skipped(calendar)×2", "succeeded", "succeeded"]
    );
    let refused = app.service.calendar_delete(&console, "公司", None).await;
    assert_eq!(refused.expect_err("in use").code, "calendar.in_use");
}

#[tokio::test]
async fn a_blackout_drops_or_catches_up_and_ends_when_it_is_lifted() {
    let app = TestApp::new().await;
    let console = app.console();
    let tagged = |name: &str, tag: &str| TaskDraft {
        tags: vec![tag.to_owned()],
        ..draft(name, "* * * * *", "true")
    };
    let (dropped, caught, free) = (
        app.add(tagged("dropped", "db")).await.id,
        app.add(tagged("caught", "web")).await.id,
        app.add(tagged("free", "other")).await.id,
    );
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:55Z")).await;
    let blackout = |name: &str, tag: &str, policy| BlackoutDraft {
        name: name.to_owned(),
        tags: vec![tag.to_owned()],
        starts_at: "2026-11-22 08:01:30".to_owned(),
        ends_at: "2026-11-22 08:05:30".to_owned(),
        policy,
        ..BlackoutDraft::default()
    };
    // 08:02:00 is planned already; the blackout takes it back.
    for draft in [
        blackout("发布", "db", BlackoutPolicy::Drop),
        blackout("切换", "web", BlackoutPolicy::CatchUp),
    ] {
        let shown = app
            .service
            .blackout_create(&console, &draft)
            .await
            .expect("a blackout");
        assert!(shown.active);
    }
    node.go_to(at("2026-11-22T08:06:00Z")).await;
    assert_eq!(
        line(&app, dropped).await,
        ["succeeded", "skipped(blackout)×4", "succeeded"]
    );
    assert_eq!(
        line(&app, caught).await,
        ["succeeded", "skipped(blackout)×3", "succeeded", "succeeded"]
    );
    let mut late = app.runs(caught).await;
    late.sort_by_key(|run| run.id);
    assert_eq!(
        late[1].scheduled_for,
        Some(Stamp(at("2026-11-22T08:05:00Z")))
    );
    assert_eq!(late[1].started_at.0, at("2026-11-22T08:05:30Z"));
    assert_eq!(line(&app, free).await.len(), 6);

    let all = BlackoutDraft {
        name: "全停".to_owned(),
        cron: "0 * * * *".to_owned(),
        duration: "30m".to_owned(),
        ..BlackoutDraft::default()
    };
    let id = app
        .service
        .blackout_create(&console, &all)
        .await
        .expect("a blackout")
        .id;
    node.go_to(at("2026-11-22T08:07:30Z")).await;
    assert_eq!(line(&app, free).await[6..], ["skipped(blackout)"]);
    app.service
        .blackout_delete(&console, id, None)
        .await
        .expect("lifted");
    node.go_to(at("2026-11-22T08:08:00Z")).await;
    assert_eq!(
        line(&app, free).await[6..],
        ["skipped(blackout)", "succeeded"]
    );
}

#[tokio::test]
async fn a_pause_ends_by_itself() {
    let app = TestApp::new().await;
    let console = app.console();
    let task = app.add(draft("t", "* * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:30Z")).await;
    let paused = app
        .service
        .task_control(&console, task, &Control::Pause(Some("08:04".to_owned())))
        .await
        .expect("a pause");
    assert_eq!(paused.state, TaskState::Paused);
    assert_eq!(paused.paused_until, Some(Stamp(at("2026-11-22T08:04:00Z"))));
    assert_eq!(
        paused.next_at,
        Some(Stamp(at("2026-11-22T08:04:00Z"))),
        "the end is open"
    );
    node.go_to(at("2026-11-22T08:05:00Z")).await;
    assert_eq!(
        line(&app, task).await,
        ["succeeded", "skipped(paused)×2", "succeeded", "succeeded"]
    );
    let resumed = app.service.task_get(&console, task).await.expect("it");
    assert_eq!(
        (resumed.state, resumed.paused_until),
        (TaskState::Active, None)
    );

    for (until, code) in [("2026-11-22 07:00", "past"), ("later", "invalid")] {
        let control = Control::Pause(Some(until.to_owned()));
        let refused = app.service.task_control(&console, task, &control).await;
        let fault = refused.expect_err("refused").fields.remove(0);
        assert_eq!((fault.field.as_str(), fault.code.as_str()), ("until", code));
    }
}

#[tokio::test]
async fn firings_that_a_pause_skips_are_counted_exactly() {
    let app = TestApp::new().await;
    let console = app.console();
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    let mut node = app.node().await;
    let rows = async || {
        let query = OccurrenceQuery {
            state: Some(OccurrenceState::Skipped),
            limit: Some(200),
            ..OccurrenceQuery::default()
        };
        let rows = app.service.task_occurrences(&console, task, &query);
        rows.await.expect("a time line").items
    };
    let control = async |what: &Control| {
        let changed = app.service.task_control(&console, task, what).await;
        changed.expect("a change");
    };
    // Longer and shorter than what is planned ahead; the changes are between two instants.
    let mut expected = 0;
    for (pause, resume) in [("08:00:05.5", "08:00:48.5"), ("08:00:55.5", "08:01:03.5")] {
        let [pause, resume] = [pause, resume].map(|time| at(&format!("2026-11-22T{time}Z")));
        node.go_to(pause).await;
        control(&Control::Pause(None)).await;
        let middle = pause + TimeDelta::seconds(4);
        node.go_to(middle).await;
        let shown = rows().await;
        assert!(
            shown.iter().all(|row| row.scheduled_for.0 <= middle),
            "none is to come: {shown:?}"
        );
        node.go_to(resume).await;
        control(&Control::Restore).await;
        node.go_to(resume + TimeDelta::seconds(2)).await;
        expected += (resume - pause).num_seconds();
        let rows = rows().await;
        assert_eq!(
            rows.iter().map(|row| row.count).sum::<i64>(),
            expected,
            "{rows:?}"
        );
        let last = &rows[0];
        let first = last.since.unwrap_or(last.scheduled_for).0;
        assert_eq!(last.scheduled_for.0, resume - TimeDelta::milliseconds(500));
        assert_eq!(
            first,
            pause + TimeDelta::milliseconds(500),
            "one row: {rows:?}"
        );
    }
}

#[tokio::test]
async fn jitter_puts_off_and_survives_an_edit() {
    let app = TestApp::new().await;
    let spread = ScheduleDraft {
        jitter: "50s".to_owned(),
        ..ScheduleDraft::plain("* * * * *")
    };
    let task = app.add(scheduled("t", vec![spread])).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:03:00Z")).await;
    // An edit between an instant and its start takes nothing away.
    let console = app.console();
    let mut changed = app.service.task_draft(&console, task).await.expect("it");
    changed.nickname = "小王".to_owned();
    app.service
        .task_update(&console, task, &changed)
        .await
        .expect("an edit");
    node.go_to(at("2026-11-22T08:03:55Z")).await;
    let mut runs = app.runs(task).await;
    runs.sort_by_key(|run| run.id);
    let delays: Vec<_> = runs
        .iter()
        .map(|run| run.started_at.0 - run.scheduled_for.expect("planned").0)
        .collect();
    assert_eq!(delays.len(), 3);
    assert!(
        delays
            .iter()
            .all(|delay| *delay >= TimeDelta::zero() && *delay < TimeDelta::seconds(50))
    );
    assert!(delays.iter().any(|delay| *delay > TimeDelta::zero()));
}

#[tokio::test]
async fn start_up_fires_once_for_every_start() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "@reboot", "true")).await.id;
    for starts in 1..=2 {
        let mut node = app.node().await;
        node.start_up().await;
        node.go_to(at("2026-11-22T08:00:00Z") + TimeDelta::minutes(starts))
            .await;
        assert_eq!(line(&app, task).await.len() as i64, starts);
    }
    assert_eq!(line(&app, task).await, ["succeeded", "succeeded"]);
    assert_eq!(next_at(&app, task).await, None);
}
