//! What people and scripts see before a start, and the page that starts it.

use app::auth::Role;
use app::backend::{Calendars, Runs, Tasks};
use app::calendar::BlackoutDraft;
use app::channel::ChannelKind;
use app::id::TaskId;
use app::run::RunState;
use app::schedule::ScheduleDraft;
use app::task::execution::{ExecutionDraft, WaitsDraft};
use app::task::{Control, TaskDraft};
use app::task::{RunForm, RunRequest};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp, draft};
use super::{asking, operator};

async fn form(app: &TestApp, task: TaskId) -> RunForm {
    app.service
        .task_run_form(&app.console(), task)
        .await
        .expect("the form")
}

#[tokio::test]
async fn the_form_names_what_a_start_overrides() {
    // A Sunday.
    let app = TestApp::new().await;
    let plain = app.add(draft("plain", "0 9 * * *", "true")).await;
    assert!(!form(&app, plain.id).await.asks());

    let blackout = BlackoutDraft {
        name: "盘点".to_owned(),
        zone: "UTC".to_owned(),
        starts_at: "2026-11-22 07:00".to_owned(),
        ends_at: "2026-11-22 20:00".to_owned(),
        tags: vec!["shop".to_owned()],
        ..BlackoutDraft::default()
    };
    app.service
        .blackout_create(&app.console(), &blackout)
        .await
        .expect("a blackout");
    let shut = app
        .add(TaskDraft {
            cron: String::new(),
            schedules: vec![ScheduleDraft {
                day_rule: "work_days".to_owned(),
                ..ScheduleDraft::plain("0 9 * * *")
            }],
            tags: vec!["shop".to_owned()],
            ends_at: "2026-11-22 07:59".to_owned(),
            execution: ExecutionDraft {
                waits: WaitsDraft {
                    tasks: vec![plain.id.to_string()],
                    ..WaitsDraft::default()
                },
                ..ExecutionDraft::default()
            },
            ..draft("shut", "", "true")
        })
        .await;
    app.service
        .task_control(&app.console(), shut.id, &Control::Pause(None))
        .await
        .expect("paused");
    assert_eq!(
        form(&app, shut.id).await.overrides,
        [
            "The task is paused",
            "The task's active period ended at 2026-11-22 07:59:00 +00:00",
            "The blackout \"盘点\" is in force until 2026-11-22 20:00:00 +00:00",
            "Today, 2026-11-22, is a day off; the task runs on working days",
            "Tasks it depends on have not finished: plain",
        ]
    );
    let run = app.start_run(plain.id).await;
    app.ended(run).await;
    assert_eq!(form(&app, shut.id).await.overrides.len(), 4);
    // All of it is overridden.
    let run = app.start_run(shut.id).await;
    assert_eq!(app.ended(run).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn the_form_says_how_active_runs_affect_a_start() {
    let app = TestApp::new().await;
    for (overlap, said, code) in [
        (
            "skip",
            "The task is running: starting it now is refused",
            Some("task.running"),
        ),
        (
            "queue:1",
            "The task is running: this run will be queued at position 1",
            None,
        ),
        (
            "replace",
            "The task is running: that run is stopped first, then this one starts",
            None,
        ),
    ] {
        let task = app
            .add(TaskDraft {
                execution: ExecutionDraft {
                    overlap: overlap.to_owned(),
                    ..ExecutionDraft::default()
                },
                ..draft(overlap, "0 0 1 1 *", "sleep 600")
            })
            .await;
        assert_eq!(form(&app, task.id).await.overlap, None, "{overlap}");
        let first = app.start_run(task.id).await;
        assert_eq!(form(&app, task.id).await.overlap.as_deref(), Some(said));
        let second = app
            .service
            .task_run(&app.console(), task.id, &RunRequest::default())
            .await;
        match code {
            Some(code) => assert_eq!(second.expect_err("refused").code, code),
            None => assert_eq!(second.expect("it waits").state, RunState::Waiting),
        }
        if overlap == "queue:1" {
            let full = form(&app, task.id).await.overlap;
            assert_eq!(
                full.as_deref(),
                Some("The task is running and its queue is full: starting it now is refused")
            );
            let third = app
                .service
                .task_run(&app.console(), task.id, &RunRequest::default())
                .await;
            assert_eq!(third.expect_err("full").code, "task.queue_full");
        }
        let executor = app.components.executor.as_ref().expect("an executor");
        executor.stop_all();
        app.ended(first).await;
    }
}

#[tokio::test]
async fn the_page_starts_it_without_a_script_and_once() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let browser = app.signed_in("op", Role::Operator).await;
    let path = format!("/tasks/{}/run", task.id);
    let page = browser.open(&path).await;
    assert_eq!(page.status, 200);
    let html = page.text();
    let key = html
        .split("name=\"idempotency_key\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a key")
        .to_owned();
    for piece in [
        "parameters.CITY",
        "type=\"password\"",
        "type=\"date\"",
        "<option",
    ] {
        assert!(html.contains(piece), "{piece}");
    }
    // With faults it comes back as it was sent, but for the secret.
    let wrong = [
        ("idempotency_key", key.as_str()),
        ("parameters.CITY", "x<y"),
        ("parameters.COUNT", "many"),
        ("parameters.KEY", "hunter2-hunter2"),
        ("note", "why not"),
    ];
    let reply = browser.submit(&path, &wrong).await;
    assert_eq!(reply.status, 422);
    let html = reply.text();
    assert!(html.contains("x&lt;y") && html.contains("why not") && html.contains("many"));
    assert!(!html.contains("hunter2"), "a secret went back into a page");
    let right = [
        ("idempotency_key", key.as_str()),
        ("parameters.CITY", "x"),
        ("parameters.COUNT", ""),
        ("parameters.COLOUR", "green"),
        ("parameters.DAY", ""),
        ("parameters.KEY", ""),
        ("note", ""),
    ];
    let first = browser.submit(&path, &right).await;
    let second = browser.submit(&path, &right).await;
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.header("location"), second.header("location"));
    let runs = app.runs(task.id).await;
    assert_eq!(runs.len(), 1);
    app.ended(runs[0].id).await;
    assert_eq!(app.place.ledger().lines(), ["x|3|green||0"]);

    // The task's page leads there.
    let page = browser.open(&format!("/tasks/{}", task.id)).await.text();
    assert!(page.contains(&format!("href=\"{path}\"")));
}

#[tokio::test]
async fn scripts_can_ask_what_a_start_asks_for() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let browser = operator(&app).await;
    let asked: Value = browser
        .get(&format!("/api/v1/tasks/{}/run", task.id))
        .await
        .expect(200);
    let names: Vec<&str> = asked["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["CITY", "COUNT", "COLOUR", "DAY", "KEY"]);
    assert_eq!(
        (&asked["overrides"], &asked["overlap"]),
        (&json!([]), &Value::Null)
    );
}

/// Programs that always name a content type send it without a body, too.
#[tokio::test]
async fn a_body_whose_fields_are_all_optional_may_be_absent() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await.id;
    let url = "http://127.0.0.1:9/";
    let channel = app.channel("ops", ChannelKind::Webhook, url).await.id;
    let admin = app.signed_in("ada", Role::Admin).await;
    for (path, status) in [
        (format!("/api/v1/tasks/{task}/run"), 202),
        (format!("/api/v1/tasks/{task}/pause"), 200),
        (format!("/api/v1/tasks/{task}/restore"), 200),
        (format!("/api/v1/channels/{channel}/templates/preview"), 200),
    ] {
        for content_type in [Some("application/json"), None] {
            let mut request = Request::post(&path);
            if let Some(content_type) = content_type {
                request = request.header(header::CONTENT_TYPE, content_type);
            }
            let request = request.body(Body::empty()).expect("a request");
            let reply = admin.send(request).await;
            assert_eq!(
                reply.status,
                status,
                "{path} {content_type:?}: {}",
                reply.text()
            );
            for run in app.runs(task).await {
                app.ended(run.id).await;
            }
        }
    }
    // What is there is still read strictly.
    let request = Request::post(format!("/api/v1/tasks/{task}/run"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("[]"));
    let reply = admin.send(request.expect("a request")).await;
    assert_eq!(reply.status, 422, "{}", reply.text());
}

/// A start that waits would be cancelled as soon as its turn comes.
#[tokio::test]
async fn a_closed_task_is_started_at_once_or_not_at_all() {
    let app = TestApp::new().await;
    let execution = ExecutionDraft {
        overlap: "queue:5".to_owned(),
        ..ExecutionDraft::default()
    };
    let task = TaskDraft {
        execution,
        ..draft("t", "0 9 * * *", "sleep 600")
    };
    let task = app.add(task).await.id;
    let console = app.console();
    let closed = app.service.task_control(&console, task, &Control::Close);
    closed.await.expect("closed");
    let operator = operator(&app).await.with("accept-language", "en");
    let path = format!("/api/v1/tasks/{task}/run");
    operator.post(&path, json!({})).await.expect(202);
    let refused = operator.post(&path, json!({})).await.expect(409);
    assert_eq!(refused["code"], "task.closed_waits");
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|hint| hint.contains("Reopen")),
        "{refused}"
    );
    assert_eq!(app.runs(task).await.len(), 1);
}

#[tokio::test]
async fn a_run_leads_to_the_runs_beside_it_and_to_another_start_like_it() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let other = app.add(draft("other", "0 0 1 1 *", "true")).await;
    let alice = app.person("alice", Role::Operator);
    let mut runs = Vec::new();
    for city in ["北京", "\"><b>x", "上海"] {
        let parameters = [
            ("CITY", city),
            ("COLOUR", "green"),
            ("KEY", "hunter2-hunter2"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let filled = RunRequest {
            parameters: parameters.into(),
            ..RunRequest::default()
        };
        let run = app.service.task_run(&alice, task.id, &filled).await;
        runs.push(app.ended(run.expect("a start").id).await.id);
        let nothing = RunRequest::default();
        let between = app.service.task_run(&alice, other.id, &nothing).await;
        app.ended(between.expect("a start").id).await;
    }
    let links = async |browser: &Browser, run: usize| {
        let page = browser.open(&format!("/runs/{}", runs[run])).await.text();
        ["prev", "next"].map(|rel| {
            let (_, link) = page.split_once(&format!("rel=\"{rel}\" href=\"/runs/"))?;
            link.split('"').next().map(str::to_owned)
        })
    };
    let id = |run: usize| Some(runs[run].to_string());
    let operator = app.signed_in("otto", Role::Operator).await;
    assert_eq!(links(&operator, 0).await, [None, id(1)]);
    assert_eq!(links(&operator, 1).await, [id(0), id(2)]);
    assert_eq!(links(&operator, 2).await, [id(1), None]);

    let again = format!("/tasks/{}/run?again={}", task.id, runs[1]);
    let page = operator.open(&format!("/runs/{}", runs[1])).await.text();
    assert!(page.contains(&format!("href=\"{again}\"")), "{page}");
    let form = operator.open(&again).await.text();
    assert!(form.contains("value=\"&quot;&gt;&lt;b&gt;x\""), "{form}");
    assert!(form.contains("<option value=\"green\" selected"), "{form}");
    assert!(!form.contains("***") && !form.contains("hunter2"), "{form}");
    // A run of another task, or none, fills in nothing.
    for foreign in [
        again.replace(&runs[1].to_string(), "999999"),
        format!("/tasks/{}/run?again={}", other.id, runs[1]),
    ] {
        let form = operator.open(&foreign).await;
        assert_eq!(form.status, 200);
        assert!(!form.text().contains("&lt;b&gt;x"), "{foreign}");
    }

    // Those who may not start it see the runs beside it only.
    let viewer = app.signed_in("vera", Role::Viewer).await;
    assert_eq!(links(&viewer, 1).await, [id(0), id(2)]);
    let page = viewer.open(&format!("/runs/{}", runs[1])).await.text();
    assert!(!page.contains("?again="), "{page}");
    // Without parameters it is one button.
    let plain = app
        .service
        .run_list(&alice, other.id, None, 1)
        .await
        .expect("runs");
    let page = operator
        .open(&format!("/runs/{}", plain.items[0].id))
        .await
        .text();
    assert!(
        page.contains("再次执行") || page.contains("Run again"),
        "{page}"
    );
    assert!(!page.contains("?again="), "{page}");
}
