//! What the pages say about schedules: explanations, next starts, previews, calendars.

use app::auth::Role;
use app::backend::{Calendars, Tasks};
use app::calendar::{BlackoutDraft, BlackoutPolicy};
use app::id::TaskId;
use app::occurrence::Explanation;
use app::page::PreviewRequest;
use app::schedule::ScheduleDraft;
use app::task::{Control, TaskDraft, TaskQuery, TaskStep};
use chrono::{DateTime, Datelike, Utc};

use super::helpers::{TestApp, at, draft};

mod calendars;
mod preview;

fn scheduled(name: &str, schedule: ScheduleDraft) -> TaskDraft {
    TaskDraft {
        schedules: vec![schedule],
        ..draft(name, "", "true")
    }
}

fn by_days(spec: &str, rule: &str) -> ScheduleDraft {
    ScheduleDraft {
        day_rule: rule.to_owned(),
        ..ScheduleDraft::plain(spec)
    }
}

async fn explain(app: &TestApp, id: TaskId, time: &str) -> Explanation {
    app.service
        .task_explain(&app.console(), id, time)
        .await
        .expect("an explanation")
}

/// The next start of a task, as its own page and the list have it.
async fn next_at(app: &TestApp, id: TaskId) -> Option<DateTime<Utc>> {
    let console = app.console();
    let task = app.service.task_get(&console, id).await.expect("a task");
    let listed = app
        .service
        .task_list(&console, &TaskQuery::default())
        .await
        .expect("a list");
    let row = listed.items.iter().find(|row| row.task.id == id);
    let row = row.expect("a row");
    assert_eq!((row.next_at, row.finished), (task.next_at, task.finished));
    task.next_at.map(|at| at.0)
}

async fn close_from(app: &TestApp, start: &str, end: &str) {
    let draft = BlackoutDraft {
        name: "切换".to_owned(),
        starts_at: start.to_owned(),
        ends_at: end.to_owned(),
        policy: BlackoutPolicy::CatchUp,
        ..BlackoutDraft::default()
    };
    app.service
        .blackout_create(&app.console(), &draft)
        .await
        .expect("a blackout");
}

#[tokio::test]
async fn a_moved_firing_is_explained_by_its_name_and_by_its_start() {
    let app = TestApp::new().await;
    // Sundays move to Monday; and a daily one, into which the weekend's merge.
    let weekly = app
        .add(scheduled("weekly", by_days("30 8 * * 0", "next_work_day")))
        .await
        .id;
    let daily = app
        .add(scheduled("daily", by_days("30 8 * * *", "next_work_day")))
        .await
        .id;
    // To come.
    for time in ["2026-11-22 08:30", "2026-11-23 08:30"] {
        let shown = explain(&app, weekly, time).await;
        assert_eq!(shown.verdict.as_str(), "planned", "{}", shown.sentence);
        assert!(shown.sentence.contains("2026-11-23 08:30:00"));
    }
    let shown = explain(&app, daily, "2026-11-23 08:30").await;
    assert_eq!(shown.verdict.as_str(), "planned", "{}", shown.sentence);
    let shown = explain(&app, daily, "2026-11-22 08:30").await;
    assert_eq!(shown.verdict.as_str(), "skipped", "{}", shown.sentence);
    // Past, and one row covers a whole night.
    let dense = app.add(draft("dense", "* * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:02:00Z")).await;
    app.clock.set(at("2026-11-23T08:29:50Z"));
    app.node().await.go_to(at("2026-11-23T08:31:00Z")).await;
    for time in ["2026-11-22 08:30", "2026-11-23 08:30"] {
        let shown = explain(&app, weekly, time).await;
        assert_eq!(shown.verdict.as_str(), "ran", "{}", shown.sentence);
        assert!(shown.run_id.is_some());
    }
    let shown = explain(&app, daily, "2026-11-23 08:30").await;
    assert_eq!(shown.verdict.as_str(), "ran", "{}", shown.sentence);
    let shown = explain(&app, daily, "2026-11-22 08:30").await;
    assert_eq!(shown.verdict.as_str(), "skipped", "{}", shown.sentence);
    let shown = explain(&app, dense, "2026-11-22 20:17").await;
    assert_eq!(shown.verdict.as_str(), "missed", "{}", shown.sentence);
}

#[tokio::test]
async fn what_is_postponed_is_still_to_come() {
    let app = TestApp::new().await;
    close_from(&app, "2026-11-22 08:20", "2026-11-22 09:00").await;
    let once = app.add(draft("once", "at 2026-11-22 08:30", "true")).await;
    let end = at("2026-11-22T09:00:00Z");
    assert_eq!(next_at(&app, once.id).await, Some(end));
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:40:00Z")).await;
    // Its instant has passed, and it has not started.
    assert_eq!(next_at(&app, once.id).await, Some(end));
    let console = app.console();
    let upcoming = app
        .service
        .task_upcoming(&console, once.id, 10)
        .await
        .expect("what is to come");
    let shown: Vec<_> = upcoming
        .iter()
        .map(|one| (one.scheduled_for.0, one.due_at.0, one.state.as_str()))
        .collect();
    assert_eq!(shown, [(at("2026-11-22T08:30:00Z"), end, "planned")]);
    for time in ["2026-11-22 08:30", "2026-11-22 09:00"] {
        let shown = explain(&app, once.id, time).await;
        assert_eq!(shown.verdict.as_str(), "planned", "{}", shown.sentence);
    }
    node.go_to(at("2026-11-22T09:01:00Z")).await;
    for time in ["2026-11-22 08:30", "2026-11-22 09:00"] {
        let shown = explain(&app, once.id, time).await;
        assert_eq!(shown.verdict.as_str(), "ran", "{}", shown.sentence);
    }
    assert_eq!(next_at(&app, once.id).await, None);
    let task = app.service.task_get(&console, once.id).await.expect("it");
    assert!(task.finished);
}

#[tokio::test]
async fn a_bad_end_is_explained_with_its_reason() {
    let app = TestApp::new().await;
    let failing = app.add(draft("exit", "30 8 * * *", "exit 3")).await.id;
    let slow = TaskDraft {
        timeout: "1s".to_owned(),
        ..draft("slow", "30 8 * * *", "sleep 60")
    };
    let slow = app.add(slow).await.id;
    app.node().await.go_to(at("2026-11-22T08:31:00Z")).await;
    let shown = explain(&app, failing, "08:30").await;
    assert!(
        shown.sentence.contains("failed: exit code 3"),
        "{}",
        shown.sentence
    );
    let run = app.runs(slow).await.remove(0);
    let run = app.ended(run.id).await;
    let reason = run.reason.expect("a reason");
    let reason = app::run::reason_text(&reason, app::i18n::Lang::En);
    let shown = explain(&app, slow, "08:30").await;
    assert!(shown.sentence.contains(&reason), "{}", shown.sentence);
}

#[tokio::test]
async fn a_pause_without_end_shows_no_made_up_time() {
    let app = TestApp::new().await;
    let console = app.console();
    let hourly = app.add(draft("t", "every 1h", "true")).await.id;
    app.service
        .task_control(&console, hourly, &Control::Pause(None))
        .await
        .expect("a pause");
    assert_eq!(next_at(&app, hourly).await, None);
    let upcoming = app
        .service
        .task_upcoming(&console, hourly, 200)
        .await
        .expect("what is to come");
    assert!(!upcoming.is_empty() && upcoming.len() < 10);
    let request = PreviewRequest {
        cron: "every 1h".to_owned(),
        task_id: Some(hourly),
        ..PreviewRequest::default()
    };
    let preview = app
        .service
        .preview(&console, &request)
        .await
        .expect("a preview");
    assert!(preview.next.is_empty());
    let all = upcoming.iter().map(|one| one.due_at);
    for at in all.chain(preview.firings.iter().map(|one| one.due_at)) {
        assert_eq!(at.0.year(), 2026);
    }
}

#[tokio::test]
async fn any_number_of_pauses_ends() {
    let app = TestApp::new().await;
    app.add_many(1_003, "0 9 * * *", "true").await;
    let until = at("2026-11-22T08:10:00Z");
    let ids = app.place.database.integers("SELECT id FROM task").await;
    for id in ids {
        app.components
            .store
            .set_task_state(&app.act(), TaskId(id), TaskStep::Pause, Some(until), &[])
            .await
            .expect("a pause");
    }
    let resumed = app.components.store.resume_paused(until).await;
    assert_eq!(resumed.expect("an answer").len(), 1_003);
}

#[tokio::test]
async fn a_migration_that_was_cut_short_runs_again() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await;
    // Everything was done, only not recorded.
    let ledger = &app.place.database;
    ledger
        .rows("DELETE FROM seaql_migrations WHERE version = 'm20261122_000004_schedule_rules'")
        .await;
    app.components.store.migrate().await.expect("once more");
    let noted =
        "SELECT COUNT(*) FROM seaql_migrations WHERE version = 'm20261122_000004_schedule_rules'";
    assert_eq!(ledger.count(noted).await, 1);
    assert_eq!(
        next_at(&app, task.id).await,
        Some(at("2026-11-22T09:00:00Z"))
    );
}

/// Beyond 2038 MariaDB takes our instants for NULL: such an end is refused, not lost.
#[tokio::test]
async fn an_end_far_off_is_kept_or_refused() {
    let app = TestApp::new().await;
    let far = TaskDraft {
        ends_at: "2099-12-31 18:00".to_owned(),
        ..draft("far", "0 9 * * *", "true")
    };
    let kept = app.service.task_create(&app.console(), &far).await;
    match app.components.store.engine() {
        server::store::Engine::Sqlite => {
            let ends_at = kept.expect("a task").ends_at.expect("an end");
            assert_eq!(ends_at.0, at("2099-12-31T18:00:00Z"));
        }
        server::store::Engine::Mysql => {
            let fault = kept.expect_err("refused").fields.remove(0);
            assert_eq!(
                (fault.field.as_str(), fault.code.as_str()),
                ("ends_at", "too_far")
            );
        }
    }
}

/// After a browser has reported its zone once, times are in it from the start: nothing moves because of them.
#[tokio::test]
async fn the_readers_zone_is_there_with_the_document() {
    let app = TestApp::new().await;
    app.add(draft("t", "0 9 * * *", "true")).await;
    let reader = app.signed_in("reader", Role::Editor).await;
    for path in ["/tasks/1", "/tasks/1/edit"] {
        reader.put_cookie("jcrontab_zone", "Asia/Shanghai");
        let page = reader.open(path).await.text();
        assert!(page.contains("17:00:00 +08:00"), "{path}: {page}");
        for nonsense in ["UTC", "No/Where", "<b>", ""] {
            reader.put_cookie("jcrontab_zone", nonsense);
            let page = reader.open(path).await;
            assert_eq!(page.status, 200, "{path} for {nonsense:?}");
            assert!(
                !page.text().contains("class=\"viewer"),
                "{path} for {nonsense:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_end_of_a_window_is_shown_with_its_zone() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let request = serde_json::json!({
        "schedules": [{"spec": "0 9 * * *"}], "zone": "Asia/Shanghai",
        "ends_at": "2026-12-01 00:00", "count": 100,
    });
    let preview = editor.post("/api/v1/schedules/preview", request).await;
    let preview = preview.expect(200);
    let warnings = preview["warnings"].to_string();
    assert!(
        warnings.contains("截止时间是 2026-12-01 00:00:00 +08:00（Asia/Shanghai）"),
        "{warnings}"
    );
}

#[tokio::test]
async fn the_zone_of_a_logs_clock_is_named_once() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let task = TaskDraft {
        zone: "Asia/Shanghai".into(),
        ..draft("says", "0 0 1 1 *", "echo one; echo two")
    };
    let task = app.add(task).await.id;
    let run = app.start_run(task).await;
    app.ended(run).await;
    let page = viewer.open(&format!("/runs/{run}")).await.text();
    assert_eq!(
        page.matches("时刻按 Asia/Shanghai +08:00").count(),
        1,
        "{page}"
    );
}
