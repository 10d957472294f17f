//! Manual starts: their parameters, what is shown before, and that one key starts one run.

mod before_start;

use std::collections::BTreeMap;

use app::auth::Role;
use app::backend::Tasks;
use app::run::RunState;
use app::task::RunRequest;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, Parameter, ParameterKind};
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::{Browser, TestApp, draft};

fn parameter(name: &str, kind: ParameterKind) -> Parameter {
    Parameter {
        name: name.to_owned(),
        kind,
        ..Parameter::default()
    }
}

/// A task that writes its parameters down.
fn asking(app: &TestApp) -> TaskDraft {
    let ledger = app.place.ledger();
    TaskDraft {
        execution: ExecutionDraft {
            parameters: vec![
                Parameter {
                    required: true,
                    ..parameter("CITY", ParameterKind::Text)
                },
                Parameter {
                    default: "3".to_owned(),
                    ..parameter("COUNT", ParameterKind::Number)
                },
                Parameter {
                    choices: vec!["red".to_owned(), "green".to_owned()],
                    default: "red".to_owned(),
                    ..parameter("COLOUR", ParameterKind::Choice)
                },
                parameter("DAY", ParameterKind::Date),
                parameter("KEY", ParameterKind::Secret),
            ],
            ..ExecutionDraft::default()
        },
        ..draft(
            "asks",
            "0 0 1 1 *",
            &ledger.command("$CITY|$COUNT|$COLOUR|$DAY|${#KEY}"),
        )
    }
}

fn request(parameters: &[(&str, &str)], note: &str) -> RunRequest {
    RunRequest {
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        note: note.to_owned(),
        idempotency_key: None,
    }
}

async fn operator(app: &TestApp) -> Browser {
    let token = app.token("op", Role::Operator).await;
    app.browser()
        .with("authorization", &format!("Bearer {token}"))
}

#[tokio::test]
async fn what_is_filled_in_reaches_the_command_as_it_is_and_is_kept_without_secrets() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let filled = request(
        &[
            ("CITY", "$(touch pwned); `id` \"北京\""),
            ("DAY", " 2028-02-29 "),
            ("KEY", "hunter2-hunter2"),
        ],
        "  补跑 11 月  ",
    );
    let alice = app.person("alice", Role::Operator);
    let run = app
        .service
        .task_run(&alice, task.id, &filled)
        .await
        .expect("a start");
    let run = app.ended(run.id).await;
    assert_eq!(run.state, RunState::Succeeded);
    assert_eq!(
        app.place.ledger().lines(),
        ["$(touch pwned); `id` \"北京\"|3|red|2028-02-29|15"]
    );
    assert_eq!(run.note.as_deref(), Some("补跑 11 月"));
    assert_eq!(run.requested_by.as_deref(), Some("alice"));
    let shown: BTreeMap<String, String> = [
        ("CITY", "$(touch pwned); `id` \"北京\""),
        ("COUNT", "3"),
        ("COLOUR", "red"),
        ("DAY", "2028-02-29"),
        ("KEY", "***"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(run.parameters, shown);
    // Nowhere in the database, and not in the audit log.
    let database = &app.place.database;
    let kept = database
        .rows("SELECT COALESCE(parameters, ''), COALESCE(parameters_sealed, ''), note FROM run")
        .await;
    let sealed = kept[0].split('|').nth(1).expect("a column");
    assert!(
        !kept[0].contains("hunter2") && sealed.len() > 100,
        "{kept:?}"
    );
    let audit = database
        .rows("SELECT detail FROM audit WHERE action = 'task.run'")
        .await;
    assert_eq!(
        audit,
        [format!(
            "run {}; parameters CITY, DAY, KEY; 补跑 11 月",
            run.id
        )]
    );
}

#[tokio::test]
async fn faults_are_named_by_field_and_nothing_starts() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let browser = operator(&app).await;
    let path = format!("/api/v1/tasks/{}/run", task.id);
    let body = json!({
        "parameters": {"COUNT": "many", "COLOUR": "blue", "DAY": "2026-02-30", "KEY": "abc", "PATH": "/evil"},
        "note": "长".repeat(201),
    });
    let reply = browser.post(&path, body).await;
    assert_eq!(reply.status, 422);
    let faults = reply.faults();
    let named: Vec<(&str, &str)> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("parameters.PATH", "unknown"),
            ("parameters.CITY", "required"),
            ("parameters.COUNT", "invalid"),
            ("parameters.COLOUR", "invalid"),
            ("parameters.DAY", "invalid"),
            ("parameters.KEY", "too_short"),
            ("note", "too_long"),
        ]
    );
    // A slip of the pen must not start it without what was meant.
    let reply = browser
        .post(&path, json!({"parameter": {"CITY": "x"}}))
        .await;
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert_eq!(app.runs(task.id).await, []);
    let viewer = app.token("eve", Role::Viewer).await;
    let viewer = app
        .browser()
        .with("authorization", &format!("Bearer {viewer}"));
    let reply = viewer
        .post(&path, json!({"parameters": {"CITY": "x"}}))
        .await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn one_key_starts_one_run_for_a_day() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await;
    let browser = operator(&app).await.with("idempotency-key", "deploy-42");
    let path = format!("/api/v1/tasks/{}/run", task.id);
    let body = |city: &str| json!({"parameters": {"CITY": city}});
    let first = browser.post(&path, body("a")).await;
    assert_eq!(
        (first.status, first.header("idempotent-replayed")),
        (202, "")
    );
    let again = browser.post(&path, body("a")).await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (200, "true")
    );
    assert_eq!(first.json()["id"], again.json()["id"]);
    let other = browser.post(&path, body("b")).await;
    assert_eq!(other.expect(409)["code"], "idempotency.mismatch");
    // The same key of another account is a different one.
    let token = app.token("second", Role::Operator).await;
    let second = app
        .browser()
        .with("authorization", &format!("Bearer {token}"))
        .with("idempotency-key", "deploy-42");
    app.ended(app::id::RunId(first.json()["id"].as_i64().expect("an id")))
        .await;
    assert_eq!(second.post(&path, body("a")).await.status, 202);
    app.clock.advance(TimeDelta::hours(24));
    let runs = app.runs(task.id).await;
    assert_eq!(runs.len(), 2);
    app.ended(runs[1].id).await;
    assert_eq!(
        browser.post(&path, body("a")).await.status,
        202,
        "a day later"
    );
    let last = app.runs(task.id).await.pop().expect("a run");
    app.ended(last.id).await;

    for key in ["", "two words", &"k".repeat(256)] {
        let browser = operator_again(&app, key).await;
        let reply = browser.post(&path, body("a")).await;
        assert_eq!(
            reply.faults(),
            [("idempotency_key".to_owned(), "invalid".to_owned())],
            "{key:?}"
        );
    }
}

async fn operator_again(app: &TestApp, key: &str) -> Browser {
    let name = format!("op{}", key.len());
    let token = app.token(&name, Role::Operator).await;
    app.browser()
        .with("authorization", &format!("Bearer {token}"))
        .with("idempotency-key", key)
}

#[tokio::test]
async fn the_same_key_at_the_same_time_starts_one_run() {
    let app = TestApp::new().await;
    let task = app
        .add(TaskDraft {
            execution: ExecutionDraft {
                overlap: "allow:20".to_owned(),
                ..ExecutionDraft::default()
            },
            ..draft("many", "0 0 1 1 *", "true")
        })
        .await;
    let request = RunRequest {
        idempotency_key: Some("once".to_owned()),
        ..RunRequest::default()
    };
    let caller = app.console();
    let starts = (0..10).map(|_| app.service.start_manually(&caller, task.id, &request));
    let mut ids = Vec::new();
    let mut fresh = 0;
    for started in futures_util::future::join_all(starts).await {
        let started = started.expect("a start");
        fresh += usize::from(!started.replayed);
        ids.push(started.run.id);
    }
    ids.dedup();
    assert_eq!((ids.len(), fresh), (1, 1));
    assert_eq!(app.runs(task.id).await.len(), 1);
    app.ended(ids[0]).await;
}
