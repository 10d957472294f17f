//! The health of a task: what lists, pages, the API and the terminal show about its last runs.

use app::auth::Role;
use app::backend::{Runs, System, Tasks};
use app::id::TaskId;
use app::run::RunState;
use app::task::execution::{ExecutionDraft, RetryDraft};
use app::task::{Control, Health, TaskDraft};
use serde_json::json;

use super::helpers::{Browser, TestApp, at, draft};

/// Its health, which all of them must show alike.
async fn health(app: &TestApp, task: TaskId) -> Health {
    let console = app.console();
    let row = app.service.task_get(&console, task).await.expect("a task");
    let list = app.service.task_list(&console, &Default::default()).await;
    let listed = list.expect("a list").items;
    let listed = listed.iter().find(|row| row.task.id == task);
    assert_eq!(listed.expect("listed").health, row.health);
    row.health
}

async fn command(editor: &Browser, task: TaskId, command: &str) {
    let path = format!("/api/v1/tasks/{task}");
    let patch = json!({ "command": command });
    editor.call("PATCH", &path, Some(patch)).await.expect(200);
}

/// The row of a task in the list.
async fn row(browser: &Browser, name: &str) -> String {
    let page = browser.open("/tasks").await.text();
    let mut rows = page.split("<tr>").skip(1);
    let own = rows.find(|row| row.contains(name));
    own.expect("a row").to_owned()
}

#[tokio::test]
async fn a_streak_of_failures_is_shown_with_its_start() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app
        .add(draft(
            "recon",
            "*/2 * * * *",
            "echo begun; echo '3 rows differ' >&2; exit 2",
        ))
        .await
        .id;
    assert_eq!(health(&app, task).await, Health::Waiting);
    assert!(!row(&editor, "recon").await.contains("is-ok"));

    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:10:30Z")).await;
    let since = app.runs(task).await[0].started_at;
    let failing = Health::Failing { times: 5, since };
    assert_eq!(health(&app, task).await, failing);
    let shown = editor
        .get(&format!("/api/v1/tasks/{task}"))
        .await
        .expect(200);
    assert_eq!(
        shown["health"],
        json!({"state": "failing", "times": 5, "since": since})
    );
    let list = editor.get("/api/v1/tasks").await.expect(200);
    assert_eq!(list["items"][0]["health"], shown["health"]);
    let excerpt = list["items"][0]["last_run"]["excerpt"].as_str();
    assert!(
        excerpt.is_some_and(|text| text.contains("3 rows differ")),
        "{list}"
    );
    assert!(row(&editor, "recon").await.contains("3 rows differ"));
    for path in [
        "/tasks".to_owned(),
        format!("/tasks/{task}"),
        "/".to_owned(),
    ] {
        let page = editor.open(&path).await.text();
        assert!(page.contains("失败 ×5"), "{path}: {page}");
        assert!(page.contains("08:02 +00:00 起"), "{path}: {page}");
    }
    assert!(!row(&editor, "recon").await.contains("is-ok"));

    command(&editor, task, "true").await;
    node.go_to(at("2026-11-22T08:12:30Z")).await;
    assert_eq!(health(&app, task).await, Health::Ok);
    assert!(row(&editor, "recon").await.contains("is-ok"));
    let list = editor.get("/api/v1/tasks").await.expect(200);
    assert_eq!(list["items"][0]["last_run"]["excerpt"], json!(null));
    let console = app.console();
    let overview = app.service.overview(&console).await.expect("it");
    assert!(overview.failing.is_empty());

    command(&editor, task, "exit 1").await;
    node.go_to(at("2026-11-22T08:14:30Z")).await;
    let since = app.runs(task).await[6].started_at;
    let failing = Health::Failing { times: 1, since };
    assert_eq!(health(&app, task).await, failing);
}

#[tokio::test]
async fn all_attempts_at_a_firing_are_one_run() {
    let app = TestApp::new().await;
    let retry = RetryDraft {
        attempts: "3".to_owned(),
        delay: "10s".to_owned(),
        ..RetryDraft::default()
    };
    let task = TaskDraft {
        execution: ExecutionDraft {
            retry,
            ..ExecutionDraft::default()
        },
        ..draft("retried", "0 9 * * *", "exit 1")
    };
    let task = app.add(task).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T09:00:05Z")).await;
    // It is being retried: whether it fails is not known yet.
    assert_eq!(health(&app, task).await.as_str(), "running");
    for due in ["09:00:10", "09:00:30", "09:01:00"] {
        node.go_to(at(&format!("2026-11-22T{due}Z"))).await;
    }
    let runs = app.runs(task).await;
    assert_eq!(runs.len(), 3);
    let since = runs[0].started_at;
    assert_eq!(
        health(&app, task).await,
        Health::Failing { times: 1, since }
    );
    let overview = app.service.overview(&app.console()).await.expect("it");
    assert_eq!((overview.day.bad, overview.day.succeeded), (1, 0));
    let hours = overview.hours.iter().map(|hour| (hour.runs, hour.bad));
    assert_eq!(
        hours.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1)),
        (1, 1)
    );
    // An attempt is late by its own due time, not by its firing's.
    for run in &runs {
        let late = run
            .started_at
            .millis_since(run.wanted_at().expect("a time"));
        assert_eq!(late, 0, "attempt {}", run.attempt);
    }
    let page = app.signed_in("eve", Role::Viewer).await;
    let page = page.open(&format!("/tasks/{task}")).await.text();
    assert!(!page.contains("class=\"late\""), "{page}");
    for due in ["09:00:00", "09:00:10", "09:00:30", "09:01:00"] {
        node.go_to(at(&format!("2026-11-23T{due}Z"))).await;
    }
    assert_eq!(
        health(&app, task).await,
        Health::Failing { times: 2, since }
    );
}

#[tokio::test]
async fn the_list_is_filtered_by_health() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let yearly = "0 0 1 1 *";
    let fails = app.add(draft("fails", yearly, "exit 1")).await.id;
    let fine = app.add(draft("fine", yearly, "true")).await.id;
    let chased = TaskDraft {
        urge_cron: "0 0 2 1 *".to_owned(),
        urging: true,
        ..draft("chased", yearly, "true")
    };
    app.add(chased).await;
    let chased_and_failing = TaskDraft {
        urge_cron: "0 0 2 1 *".to_owned(),
        urging: true,
        ..draft("chased and failing", yearly, "exit 1")
    };
    let both = app.add(chased_and_failing).await.id;
    let paused = app.add(draft("paused", yearly, "exit 1")).await.id;
    let runs = app.add(draft("runs", yearly, "sleep 600")).await.id;
    for task in [fails, fine, both, paused] {
        let run = app.start_run(task).await;
        app.ended(run).await;
    }
    let pause = Control::Pause(None);
    let console = app.console();
    let done = app.service.task_control(&console, paused, &pause).await;
    done.expect("paused");
    let under_way = app.start_run(runs).await;

    let names = async |query: &str| {
        let list = editor.get(&format!("/api/v1/tasks?{query}")).await;
        let list = list.expect(200);
        let items = list["items"].as_array().expect("items").iter();
        let names = items.map(|item| item["name"].as_str().expect("a name").to_owned());
        names.collect::<Vec<String>>()
    };
    assert_eq!(
        names("health=failing").await,
        ["chased and failing", "fails"]
    );
    assert_eq!(names("health=chasing").await, ["chased"]);
    assert_eq!(names("health=running").await, ["runs"]);
    assert_eq!(
        names("health=failing&q=chased").await,
        ["chased and failing"]
    );
    assert_eq!(names("health=failing&state=paused").await, [""; 0]);
    let unknown = editor.get("/api/v1/tasks?health=sick").await;
    unknown.expect(422);

    let page = editor.open("/tasks?state=failing").await.text();
    assert!(
        page.contains(">fails<") && !page.contains(">fine<"),
        "{page}"
    );
    let mut links = page.split("<a ").skip(1);
    let chip = links.find(|link| link.contains("href=\"/tasks?state=failing\""));
    let chip = chip.expect("the chip of failing tasks");
    assert!(chip.contains("aria-current=\"true\""), "{chip}");
    let overview = editor.open("/").await.text();
    assert!(
        overview.contains("href=\"/tasks?state=failing\""),
        "{overview}"
    );
    let stopped = app.service.run_stop(&console, under_way).await;
    stopped.expect("stopped");
    app.ended(under_way).await;
    assert_eq!(names("health=running").await, [""; 0]);
}

#[tokio::test]
async fn a_stopped_run_says_nothing_about_health() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("slow", "0 0 1 1 *", "exit 1")).await.id;
    let first = app.start_run(task).await;
    let since = app.ended(first).await.started_at;
    command(&editor, task, "sleep 600").await;
    let run = app.start_run(task).await;
    let stopped = app.service.run_stop(&app.console(), run).await;
    stopped.expect("stopped");
    assert_eq!(app.ended(run).await.state, RunState::Killed);
    assert_eq!(
        health(&app, task).await,
        Health::Failing { times: 1, since }
    );
}

#[tokio::test]
async fn a_task_whose_only_result_is_a_stopped_run_does_not_wait_for_its_first() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("halted", "0 0 1 1 *", "sleep 600")).await.id;
    let run = app.start_run(task).await;
    let stopped = app.service.run_stop(&app.console(), run).await;
    stopped.expect("stopped");
    app.ended(run).await;
    assert_eq!(health(&app, task).await, Health::Stopped);
    let shown = editor.get(&format!("/api/v1/tasks/{task}")).await;
    let shown = shown.expect(200);
    assert_eq!(shown["health"], json!({"state": "stopped"}));
    assert_eq!(shown["last_run"]["state"], "killed");
    for page in ["/tasks".to_owned(), format!("/tasks/{task}")] {
        let html = editor.open(&page).await.text();
        assert!(!html.contains("等待执行"), "{page}: {html}");
    }
    let row = row(&editor, "halted").await;
    assert!(row.contains("被停止") && !row.contains("is-ok"), "{row}");
    command(&editor, task, "true").await;
    app.ended(app.start_run(task).await).await;
    assert_eq!(health(&app, task).await, Health::Ok);
}

#[tokio::test]
async fn what_is_paused_or_closed_promises_no_runs() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let task = app.add(draft("soon", "*/2 * * * *", "exit 1")).await.id;
    app.ended(app.start_run(task).await).await;
    let page = format!("/tasks/{task}");
    for (control, state, words) in [
        (
            Control::Pause(None),
            "paused",
            "任务已暂停，恢复后才会再执行",
        ),
        (Control::Close, "done", "任务已结单，重新打开后才会再执行"),
    ] {
        let done = app
            .service
            .task_control(&app.console(), task, &control)
            .await;
        done.expect("done");
        assert_eq!(health(&app, task).await.as_str(), state);
        let html = viewer.open(&page).await.text();
        assert!(html.contains(words), "{html}");
        assert!(!html.contains("class=\"firings\""), "{html}");
        let upcoming = app.service.task_upcoming(&app.console(), task, 5).await;
        let starts = upcoming.expect("a list");
        assert!(
            starts.iter().all(|one| one.state.as_str() != "planned"),
            "{starts:?}"
        );
        let overview = app.service.overview(&app.console()).await.expect("it");
        assert!(overview.failing.is_empty() && overview.upcoming.is_empty());
    }
    let until = Control::Pause(Some("2026-11-30 09:00".to_owned()));
    for control in [Control::Restore, until] {
        let done = app
            .service
            .task_control(&app.console(), task, &control)
            .await;
        done.expect("done");
    }
    assert!(
        row(&viewer, "soon")
            .await
            .contains("至 2026-11-30 09:00 +00:00")
    );
    let html = viewer.open(&page).await.text();
    assert!(html.contains("2026-11-30 09:00:00"), "{html}");
}

/// A database of an older version has its failing tasks counted when it is migrated.
#[tokio::test]
async fn streaks_before_the_upgrade_are_counted() {
    let app = TestApp::new().await;
    let failing = app.add(draft("failing", "*/2 * * * *", "exit 2")).await.id;
    let fine = app.add(draft("fine", "*/2 * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:06:30Z")).await;
    let known = health(&app, failing).await;
    let database = &app.place.database;
    for sql in [
        "ALTER TABLE run DROP COLUMN streak",
        "ALTER TABLE run DROP COLUMN streak_since",
        "DROP TABLE task_streak",
        "DELETE FROM seaql_migrations WHERE version LIKE '%_000013_%' OR version LIKE '%_000042_%'",
    ] {
        database.execute(sql).await;
    }
    app.components.store.migrate().await.expect("migrated");
    assert_eq!(known.as_str(), "failing");
    assert_eq!(health(&app, failing).await, known);
    assert_eq!(health(&app, fine).await, Health::Ok);
}
