//! Start URLs: who creates them, what a request to one may do, and waiting for the end of a run.

mod signed;
mod waiting;

use app::auth::Role;
use app::backend::Tasks;
use app::id::TaskId;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, Parameter, ParameterKind};
use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::{Browser, Reply, TestApp, draft};

/// A task that writes its parameters down.
fn asking(app: &TestApp) -> TaskDraft {
    let parameter = |name: &str, kind| Parameter {
        name: name.to_owned(),
        kind,
        ..Parameter::default()
    };
    TaskDraft {
        execution: ExecutionDraft {
            parameters: vec![
                parameter("CITY", ParameterKind::Text),
                parameter("KEY", ParameterKind::Secret),
            ],
            ..ExecutionDraft::default()
        },
        ..draft(
            "asks",
            "0 0 1 1 *",
            &app.place.ledger().command("$CITY|${#KEY}"),
        )
    }
}

/// Creates a start URL; its path, and its secret.
async fn created(app: &TestApp, task: TaskId, body: Value) -> (String, Option<String>) {
    let editor = app
        .signed_in(&format!("editor of {task} {body}"), Role::Editor)
        .await;
    let made = editor
        .post(&format!("/api/v1/tasks/{task}/start-urls"), body)
        .await
        .expect(201);
    let url = made["url"].as_str().expect("an address");
    let path = url.strip_prefix("http://cron.test").expect("ours");
    (path.to_owned(), made["secret"].as_str().map(str::to_owned))
}

/// Sends a body to a start URL.
async fn post(
    program: &Browser,
    path: &str,
    kind: &str,
    body: &[u8],
    headers: &[(&str, &str)],
) -> Reply {
    let mut request = Request::post(path);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_vec()));
    program.send(request.expect("a request")).await
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_program_without_an_account_starts_one_task_and_sees_nothing_else() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let (path, secret) = created(&app, task, json!({"name": "ci"})).await;
    assert_eq!(secret, None);
    let program = app.browser();
    let body = r#"{"parameters": {"CITY": "北京", "KEY": "hunter2-hunter2"}, "note": "build 7"}"#;
    let started = post(&program, &path, JSON, body.as_bytes(), &[])
        .await
        .expect(202);
    let id = started["run_id"].as_i64().expect("an id");
    let run = app.ended(app::id::RunId(id)).await;
    assert_eq!(
        (run.state, run.requested_by.as_deref(), run.note.as_deref()),
        (RunState::Succeeded, Some("url:ci"), Some("build 7"))
    );
    assert_eq!(app.place.ledger().lines(), ["北京|15"]);
    // Neither output nor parameters, here or elsewhere.
    let text = started.to_string();
    assert!(
        !text.contains("parameters") && !text.contains("excerpt"),
        "{text}"
    );
    program.get(&format!("/api/v1/runs/{id}")).await.expect(401);
    // A form and no body at all are requests as well.
    for (kind, body, line) in [(FORM, &b"CITY=a+b%26c"[..], "a b&c|0"), ("", b"", "|0")] {
        let started = post(&program, &path, kind, body, &[]).await.expect(202);
        let id = started["run_id"].as_i64().expect("an id");
        app.ended(app::id::RunId(id)).await;
        assert_eq!(
            app.place.ledger().lines().last().map(String::as_str),
            Some(line)
        );
    }
    // It is recorded who started it and how.
    let database = &app.place.database;
    let via = database
        .rows("SELECT DISTINCT who, via FROM audit WHERE action = 'task.run'")
        .await;
    assert_eq!(via, ["url:ci|start_url"]);
    let stored = database
        .rows("SELECT token_hash, COALESCE(secret_sealed, ''), name FROM start_url")
        .await;
    let token = path.rsplit('/').next().expect("a token");
    assert!(!stored[0].contains(token), "{stored:?}");
    let editor = app.signed_in("other", Role::Editor).await;
    let list = format!("/api/v1/tasks/{task}/start-urls");
    let listed = editor.get(&list).await.expect(200);
    assert!(!listed.to_string().contains(token));
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");
}

#[tokio::test]
async fn faults_of_requests_start_nothing() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let (path, _) = created(&app, task, json!({"name": "ci"})).await;
    let program = app.browser();
    for (kind, body, status, code) in [
        (JSON, &br#"{"parameter": {"CITY": "x"}}"#[..], 422, "body"),
        (JSON, b"{", 422, "body"),
        (
            JSON,
            br#"{"parameters": {"PATH": "/evil"}}"#,
            422,
            "invalid",
        ),
        (FORM, b"PATH=/evil", 422, "invalid"),
        ("text/plain", b"hello", 422, "type"),
        ("", b"hello", 422, "type"),
    ] {
        let reply = post(&program, &path, kind, body, &[]).await;
        let said = reply.text();
        let problem = reply.expect(status);
        assert_eq!(problem["code"], code, "{kind} {said}");
    }
    let unknown = post(&program, "/api/v1/start/unknown", "", b"", &[]).await;
    assert_eq!(unknown.expect(404)["code"], "start_url.unknown");
    let long = vec![b'a'; 600 * 1024];
    post(&program, &path, FORM, &long, &[]).await.expect(413);
    for wait in ["61", "-1", "x"] {
        let reply = post(&program, &format!("{path}?wait={wait}"), "", b"", &[]).await;
        reply.expect(422);
    }
    assert_eq!(app.runs(task).await, []);
    program.get(&path).await.expect(405);

    // Deleted ones, and those of a deleted task, start nothing either.
    let editor = app.signed_in("other", Role::Editor).await;
    let one = format!("/api/v1/tasks/{task}/start-urls/ci");
    editor.call("DELETE", &one, None).await.expect(204);
    editor.call("DELETE", &one, None).await.expect(404);
    post(&program, &path, "", b"", &[]).await.expect(404);
    let (path, _) = created(&app, task, json!({"name": "again"})).await;
    let gone = app.service.task_delete(&app.console(), task, None).await;
    gone.expect("deleted");
    post(&program, &path, "", b"", &[]).await.expect(404);
    let left = app
        .place
        .database
        .count("SELECT COUNT(*) FROM start_url")
        .await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn drafts_are_checked_and_a_task_has_a_limited_number() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let editor = app.signed_in("ed", Role::Editor).await;
    let list = format!("/api/v1/tasks/{task}/start-urls");
    for name in ["", "*", "a b", "a/b", ".."] {
        let reply = editor.post(&list, json!({"name": name})).await;
        assert_eq!(reply.faults(), [("name".to_owned(), "invalid".to_owned())]);
    }
    let draft = json!({"name": "a", "body_parameter": "NONE"});
    let reply = editor.post(&list, draft).await;
    assert_eq!(
        reply.faults(),
        [("body_parameter".to_owned(), "invalid".to_owned())]
    );
    for number in 0..20 {
        let draft = json!({"name": format!("u{number}")});
        editor.post(&list, draft).await.expect(201);
    }
    let reply = editor.post(&list, json!({"name": "u0"})).await;
    assert_eq!(reply.expect(409)["code"], "start_url.taken");
    let reply = editor.post(&list, json!({"name": "more"})).await;
    assert_eq!(reply.expect(409)["code"], "start_url.too_many");
    let operator = app.signed_in("op", Role::Operator).await;
    operator.get(&list).await.expect(403);
    operator.post(&list, json!({"name": "x"})).await.expect(403);
    editor
        .post("/api/v1/tasks/999/start-urls", json!({"name": "x"}))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_whole_body_can_be_one_parameter() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let draft = json!({"name": "alerts", "body_parameter": "CITY"});
    let (path, _) = created(&app, task, draft).await;
    let program = app.browser();
    let body = br#"{"alerts": [{"status": "firing"}]}"#;
    let started = post(&program, &format!("{path}?wait=60"), JSON, body, &[]).await;
    assert_eq!(started.expect(200)["state"], "succeeded");
    let wanted = format!("{}|0", String::from_utf8_lossy(body));
    assert_eq!(app.place.ledger().lines(), [wanted]);
    let reply = post(&program, &path, JSON, b"\xff\xfe", &[]).await;
    assert_eq!(
        reply.faults(),
        [("parameters.CITY".to_owned(), "invalid".to_owned())]
    );
}

#[tokio::test]
async fn one_key_of_two_start_urls_starts_two_runs() {
    let app = TestApp::new().await;
    let tasks = [
        app.add(draft("one", "0 0 1 1 *", "true")).await.id,
        app.add(draft("two", "0 0 1 1 *", "true")).await.id,
    ];
    let program = app.browser();
    let key = [("idempotency-key", "deploy-42")];
    for (task, name) in [(tasks[0], "ci"), (tasks[1], "ci"), (tasks[0], "other")] {
        let (path, _) = created(&app, task, json!({"name": name})).await;
        let path = format!("{path}?wait=60");
        let first = post(&program, &path, "", b"", &key).await.expect(200);
        let again = post(&program, &path, "", b"", &key).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.json()["run_id"], first["run_id"]);
    }
    assert_eq!(app.runs(tasks[0]).await.len(), 2);
    assert_eq!(app.runs(tasks[1]).await.len(), 1);
}

#[tokio::test]
async fn guessing_and_flooding_are_slowed_down() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let (path, _) = created(&app, task, json!({"name": "ci"})).await;
    let key = [("idempotency-key", "one")];
    let program = app.browser().at("192.0.2.1");
    for _ in 0..60 {
        let reply = post(&program, &path, "", b"", &key).await;
        assert!(reply.status < 300, "{}", reply.text());
    }
    let reply = post(&program, &path, "", b"", &key).await;
    assert_eq!(reply.header("retry-after"), "60");
    assert_eq!(reply.expect(429)["code"], "start_url.wait");
    app.clock.advance(TimeDelta::seconds(61));
    let guesser = app.browser().at("192.0.2.2");
    let mut statuses = Vec::new();
    for number in 0..25 {
        let guess = format!("/api/v1/start/guess{number}");
        statuses.push(post(&guesser, &guess, "", b"", &[]).await.status);
    }
    assert_eq!(statuses[..20], [404; 20]);
    assert_eq!(statuses[24], 429);
    // Right requests are not slowed down, from there neither.
    for sender in [&program, &guesser] {
        let reply = post(sender, &path, "", b"", &key).await;
        assert!(reply.status < 300, "{}", reply.text());
    }
}

#[tokio::test]
async fn the_page_shows_an_address_once() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let editor = app.signed_in("ed", Role::Editor).await;
    let path = format!("/tasks/{task}/start-urls");
    let page = editor
        .submit(&path, &[("name", "a b"), ("signed", "true")])
        .await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("value=\"a b\""), "{}", page.text());
    let fields = [
        ("name", "ci"),
        ("signed", "true"),
        ("body_parameter", "CITY"),
    ];
    let page = editor.submit(&path, &fields).await;
    assert_eq!(page.status, 200);
    let address = "http://cron.test/api/v1/start/";
    assert!(page.text().contains(address) && page.text().contains("whsec_"));
    let page = editor.open(&path).await;
    assert!(page.text().contains("ci") && !page.text().contains(address));
    let viewer = app.signed_in("vi", Role::Viewer).await;
    assert_eq!(viewer.open(&path).await.status, 403);
    assert_eq!(viewer.submit(&path, &fields).await.status, 403);
}
