//! The audit log: it and the change succeed or fail together, and concurrent changes are not lost.

use std::collections::BTreeSet;

use app::auth::Role;
use app::channel::ChannelKind;
use app::id::RunId;
use app::run::RunState;
use app::task::execution::ExecutionDraft;
use app::task::{Mode, TaskDraft};
use serde_json::{Value, json};

use super::helpers::database::{Database, mysql_server};
use super::helpers::place::Place;
use super::helpers::program::{Server, jcrontab};
use super::helpers::{Browser, TestApp, draft, in_time};
use super::sessions::{PASSWORD, account, sign_in};

/// Requests that change nothing an audit log would record: previews, and the content of a calendar's source, which is
/// not served here.
const NOT_ACTS: [&str; 2] = [
    "POST /api/v1/schedules/preview",
    "POST /api/v1/calendars/{name}/refresh",
];

/// What is done although it cannot be recorded: see [`a_run_is_stopped_although_that_cannot_be_noted`].
const STOP: &str = "POST /api/v1/runs/{id}/stop";

/// Refuses every line of the audit log from now on.
async fn refuse_audit(app: &TestApp) {
    refuse(&app.place.database).await;
}

async fn refuse(database: &Database) {
    let refuse = if mysql_server().is_some() {
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit FOR EACH ROW \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit log is full'"
    } else {
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit \
         BEGIN SELECT RAISE(ABORT, 'the audit log is full'); END"
    };
    database.execute(refuse).await;
}

/// Everything that the lists of the API show.
async fn everything(admin: &Browser) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
        "tasks",
        "runs",
        "users",
        "tokens",
        "channels",
        "secrets",
        "pools",
        "calendars",
        "blackouts",
    ] {
        all.push(admin.get(&format!("/api/v1/{list}")).await.expect(200));
    }
    all
}

/// Every operation of the API that changes something.
fn operations() -> BTreeSet<String> {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let paths = described["paths"].as_object().expect("paths");
    let of = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().expect("methods").keys();
        let acting = methods.filter(|method| *method != "get" && *method != "parameters");
        acting
            .map(|method| format!("{} {path}", method.to_uppercase()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_done() {
    let app = TestApp::new().await;
    account(&app, "boss", Role::Admin).await;
    let admin = app.browser();
    assert_eq!(sign_in(&admin, "boss", PASSWORD).await, 303);
    let task = app.add(draft("own", "0 9 * * *", "sleep 600")).await.id;
    let idle = app.add(draft("idle", "0 9 * * *", "true")).await.id;
    let url = "https://example.com/hook";
    let channel = app.channel("chat", ChannelKind::Webhook, url).await.id;
    let other = json!({"name": "other", "password": "quite another one", "role": "viewer"});
    let user = admin.post("/api/v1/users", other).await.expect(201)["id"].clone();
    let token = json!({"user": "boss"});
    let token = admin.post("/api/v1/tokens", token).await.expect(201)["id"].clone();
    let secret = json!({"name": "KEY", "value": "a long value"});
    let secret = admin.post("/api/v1/secrets", secret).await.expect(201)["id"].clone();
    let pool = Some(json!({"slots": 2}));
    admin
        .call("PUT", "/api/v1/pools/db", pool)
        .await
        .expect(200);
    let calendar = json!({"name": "ours"});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    let blackout = json!({"name": "freeze", "cron": "0 1 * * *", "duration": "1h", "zone": "UTC"});
    let quiet = admin.post("/api/v1/blackouts", blackout.clone()).await;
    let quiet = quiet.expect(201)["id"].clone();
    let given_up = TaskDraft {
        mode: Mode::Message,
        channel_id: Some(app.channel("gone", ChannelKind::Webhook, url).await.id.0),
        ..draft("given up", "0 9 * * *", "")
    };
    app.add(given_up).await;
    let dead = "UPDATE message SET state = 'dead'";
    app.place.database.execute(dead).await;
    let messages = admin.get("/api/v1/messages?state=dead").await.expect(200);
    let message = messages["items"][0]["id"].clone();
    let run = app.start_run(task).await;
    refuse_audit(&app).await;
    let before = everything(&admin).await;

    let new =
        |name: &str| json!({"name": name, "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let named = |name: &str| json!({"name": name, "kind": "webhook", "url": url});
    let of = |text: &str, id: &Value| text.replace("{id}", &id.to_string());
    let by_id = |text: &str| text.replace("{id}", &task.to_string());
    let table: Vec<(&str, String, Value)> = vec![
        ("POST /api/v1/tasks", "/api/v1/tasks".into(), new("new")),
        (
            "PUT /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            new("renamed"),
        ),
        (
            "PATCH /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            json!({"command": "false"}),
        ),
        (
            "POST /api/v1/tasks/{id}/pause",
            by_id("/api/v1/tasks/{id}/pause"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/close",
            by_id("/api/v1/tasks/{id}/close"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/restore",
            by_id("/api/v1/tasks/{id}/restore"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/urge",
            by_id("/api/v1/tasks/{id}/urge"),
            json!({"cron": "* * * * *"}),
        ),
        (
            "POST /api/v1/tasks/{id}/unurge",
            by_id("/api/v1/tasks/{id}/unurge"),
            Value::Null,
        ),
        (
            "POST /api/v1/tasks/{id}/run",
            format!("/api/v1/tasks/{idle}/run"),
            Value::Null,
        ),
        (
            "DELETE /api/v1/tasks/{id}",
            by_id("/api/v1/tasks/{id}"),
            Value::Null,
        ),
        (
            "POST /api/v1/channels",
            "/api/v1/channels".into(),
            named("more"),
        ),
        (
            "PUT /api/v1/channels/{id}",
            format!("/api/v1/channels/{channel}"),
            named("renamed"),
        ),
        (
            "POST /api/v1/channels/{id}/test",
            format!("/api/v1/channels/{channel}/test"),
            Value::Null,
        ),
        (
            "DELETE /api/v1/channels/{id}",
            format!("/api/v1/channels/{channel}"),
            Value::Null,
        ),
        (
            "POST /api/v1/account/password",
            "/api/v1/account/password".into(),
            json!({"current": PASSWORD, "new": "battery staple horse"}),
        ),
        (
            "POST /api/v1/users",
            "/api/v1/users".into(),
            json!({"name": "third", "password": "quite another one", "role": "viewer"}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", &user),
            json!({"disabled": true}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", &user),
            json!({"password": "one more of them"}),
        ),
        (
            "PATCH /api/v1/users/{id}",
            of("/api/v1/users/{id}", &user),
            json!({"role": "editor"}),
        ),
        (
            "DELETE /api/v1/users/{id}",
            of("/api/v1/users/{id}", &user),
            Value::Null,
        ),
        (
            "POST /api/v1/tokens",
            "/api/v1/tokens".into(),
            json!({"user": "boss"}),
        ),
        (
            "DELETE /api/v1/tokens/{id}",
            of("/api/v1/tokens/{id}", &token),
            Value::Null,
        ),
        (
            "POST /api/v1/messages/{id}/resend",
            of("/api/v1/messages/{id}/resend", &message),
            Value::Null,
        ),
        (
            "POST /api/v1/secrets",
            "/api/v1/secrets".into(),
            json!({"name": "MORE", "value": "a long value"}),
        ),
        (
            "PUT /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", &secret),
            json!({"name": "KEY", "value": "", "note": "n"}),
        ),
        (
            "PATCH /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", &secret),
            json!({"grant": [task.to_string()]}),
        ),
        (
            "DELETE /api/v1/secrets/{id}",
            of("/api/v1/secrets/{id}", &secret),
            Value::Null,
        ),
        (
            "PUT /api/v1/pools/{name}",
            "/api/v1/pools/more".into(),
            json!({"slots": 3}),
        ),
        (
            "DELETE /api/v1/pools/{name}",
            "/api/v1/pools/db".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/calendars",
            "/api/v1/calendars".into(),
            json!({"name": "more"}),
        ),
        (
            "PUT /api/v1/calendars/{name}",
            "/api/v1/calendars/ours".into(),
            json!({"name": "renamed"}),
        ),
        (
            "POST /api/v1/calendars/{name}/import",
            "/api/v1/calendars/ours/import".into(),
            json!({"text": "2026-12-25 rest Christmas"}),
        ),
        (
            "DELETE /api/v1/calendars/{name}",
            "/api/v1/calendars/ours".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/blackouts",
            "/api/v1/blackouts".into(),
            blackout.clone(),
        ),
        (
            "PUT /api/v1/blackouts/{id}",
            of("/api/v1/blackouts/{id}", &quiet),
            blackout,
        ),
        (
            "DELETE /api/v1/blackouts/{id}",
            of("/api/v1/blackouts/{id}", &quiet),
            Value::Null,
        ),
    ];
    for (operation, path, body) in &table {
        let (method, _) = operation.split_once(' ').expect("a method");
        let body = (!body.is_null()).then(|| body.clone());
        let reply = admin.call(method, path, body).await;
        assert_eq!(reply.status, 500, "{operation}: {}", reply.text());
        assert_eq!(everything(&admin).await, before, "{operation}");
    }
    // Signing in also fails if it cannot be recorded.
    assert_eq!(sign_in(&app.browser(), "boss", PASSWORD).await, 500);

    let seen: BTreeSet<String> = table
        .iter()
        .map(|(operation, ..)| (*operation).to_owned())
        .chain(NOT_ACTS.map(str::to_owned))
        .chain([STOP.to_owned()])
        .collect();
    assert_eq!(seen, operations(), "each operation is tried here");
    app.place.database.execute("DROP TRIGGER no_audit").await;
    let stop = format!("/api/v1/runs/{run}/stop");
    admin.call("POST", &stop, None).await.expect(202);
    app.ended(run).await;
    let started = admin
        .post(
            &by_id("/api/v1/tasks/{id}/run"),
            json!({"note": "once more"}),
        )
        .await
        .expect(202);
    let noted = app
        .place
        .database
        .rows("SELECT who, via, action, detail FROM audit WHERE action = 'task.run' ORDER BY id DESC LIMIT 1")
        .await;
    let id = &started["id"];
    assert_eq!(
        noted,
        [format!("boss|session|task.run|run {id}; once more")]
    );
}

#[tokio::test]
async fn a_run_is_stopped_although_that_cannot_be_noted() {
    let app = TestApp::new().await;
    let boss = app.signed_in("boss", Role::Admin).await;
    let in_line = ExecutionDraft {
        overlap: "queue:5".into(),
        ..ExecutionDraft::default()
    };
    let task = TaskDraft {
        execution: in_line,
        ..draft("wild", "0 9 * * *", "sleep 600")
    };
    let task = app.add(task).await.id;
    let held = app.start_run(task).await;
    let waits = app.start_run(task).await;
    // On another node, as its row has it.
    let far = app.start_run(task).await;
    app.place
        .database
        .execute(&format!(
            "UPDATE run SET state = 'running', node_id = 'far-away', epoch = 1 WHERE id = {far}"
        ))
        .await;
    refuse_audit(&app).await;
    let stop = async |run: RunId| {
        let path = format!("/api/v1/runs/{run}/stop");
        boss.call("POST", &path, None).await
    };
    for run in [waits, held, far] {
        let reply = stop(run).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["code"]),
            (500, &json!("run.stop_unrecorded")),
            "{problem}"
        );
        let reported = problem["title"].as_str().expect("a title");
        assert!(reported.contains("审计日志"), "{reported}");
        assert!(problem["incident"].is_string(), "{problem}");
    }
    for run in [waits, held] {
        let run = app.ended(run).await;
        assert_eq!(run.state, RunState::Killed);
        assert_eq!(run.reason.as_deref(), Some("stopped:boss"));
    }
    let asked = format!("SELECT stop_by FROM run WHERE id = {far}");
    assert_eq!(app.place.database.rows(&asked).await, ["boss"]);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'run.stop'";
    assert_eq!(app.place.database.count(noted).await, 0);
}

#[tokio::test]
async fn a_stop_that_cannot_be_noted_is_in_the_log_of_the_server() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    let add = [
        "task",
        "add",
        "--name",
        "wild",
        "--cron",
        "0 9 1 1 *",
        "--command",
        "sleep 600",
    ];
    let added = jcrontab(&place, &add).await;
    assert_eq!(added.code, 0, "{added:?}");
    let started = jcrontab(&place, &["task", "run", "1", "--json"])
        .await
        .json();
    let run = started["id"].to_string();
    refuse(&place.database).await;
    let stopped = jcrontab(&place, &["run", "stop", &run]).await;
    let reported = stopped.refused(1);
    assert!(
        reported.contains("is being stopped") && reported.contains("audit log"),
        "{reported}"
    );
    let over = async || {
        let shown = jcrontab(&place, &["run", "show", &run, "--json"]).await;
        shown.json()["state"] == "killed"
    };
    in_time("the run to end", async {
        while !over().await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    let log = server.log();
    let line = log.lines().find(|line| line.contains("audit log"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(
        line.contains("ERROR")
            && line.contains("(console, socket) run.stop")
            && line.contains("is full"),
        "{line}"
    );
    place.database.execute("DROP TRIGGER no_audit").await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn two_who_change_different_fields_at_once_lose_nothing() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let path = format!("/api/v1/tasks/{task}");
    for round in 0..100 {
        let nickname = format!("n{round}");
        let command = format!("echo {round}");
        let (one, two) = tokio::join!(
            editor.call("PATCH", &path, Some(json!({"nickname": nickname}))),
            editor.call("PATCH", &path, Some(json!({"command": command}))),
        );
        one.expect(200);
        two.expect(200);
        let after = editor.get(&path).await.expect(200);
        assert_eq!(after["nickname"], nickname);
        assert_eq!(after["command"], command);
    }
    // Each of them is in the log with the version that it made.
    let versions = app
        .place
        .database
        .integers(
            "SELECT object_version FROM audit WHERE action = 'task.update' ORDER BY object_version",
        )
        .await;
    assert_eq!(versions, (2..=201).collect::<Vec<i64>>());
}

#[tokio::test]
async fn an_outdated_version_is_refused_with_the_changes_since() {
    let app = TestApp::new().await;
    let (ed, other) = (
        app.signed_in("ed", Role::Editor).await,
        app.signed_in("other", Role::Operator).await,
    );
    let task = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let path = format!("/api/v1/tasks/{task}");
    let read = ed.get(&path).await;
    let etag = read.header("etag").to_owned();
    assert_eq!(etag, "\"1\"");
    let saved = ed
        .call("PATCH", &path, Some(json!({"command": "echo b"})))
        .await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"2\""));
    other
        .call("POST", &format!("{path}/pause"), None)
        .await
        .expect(200);

    let old = app
        .signed_in("late", Role::Editor)
        .await
        .with("if-match", &etag);
    for method in ["PUT", "PATCH"] {
        let body = json!({"name": "own", "cron": "0 8 * * *", "command": "echo c", "zone": "UTC"});
        let refused = old.call(method, &path, Some(body)).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
        let problem = refused.json();
        assert_eq!(problem["code"], "task.outdated");
        let reported = problem["title"].to_string();
        for part in ["ed 2026-11-22 08:00:00 +00:00", "echo b", "other", "暂停"] {
            assert!(reported.contains(part), "{part}: {reported}");
        }
    }
    let riddle = app
        .signed_in("riddle", Role::Editor)
        .await
        .with("if-match", "7");
    let refused = riddle
        .call("PATCH", &path, Some(json!({"command": "x"})))
        .await;
    assert_eq!(refused.json()["code"], "if_match");
    let now = ed.get(&path).await;
    assert_eq!(now.json()["command"], "echo b");
    assert_eq!(now.header("etag"), "\"3\"");

    // The form likewise; the input stays, and saving again overwrites.
    let form = [
        ("version", "1"),
        ("name", "own"),
        ("mode", "command"),
        ("command", "echo typed"),
        ("zone", "UTC"),
        ("schedules[0].spec", "0 9 * * *"),
    ];
    let edit = format!("/tasks/{task}/edit");
    let reply = ed.submit(&edit, &form).await;
    let page = reply.text();
    assert_eq!(reply.status, 409);
    assert!(
        page.contains("echo typed") && page.contains("echo b"),
        "{page}"
    );
    assert!(page.contains("name=\"version\" value=\"3\""), "{page}");
    let mut again = form;
    again[0].1 = "3";
    assert_eq!(ed.submit(&edit, &again).await.status, 303);
    assert_eq!(ed.get(&path).await.json()["command"], "echo typed");
}

#[tokio::test]
async fn a_conflict_names_the_values_that_differ_and_versions_that_never_were() {
    let app = TestApp::new().await;
    let ed = app.signed_in("ed", Role::Editor).await;
    let mut rich = draft("own", "0 9 * * *", "");
    rich.execution.http.url = format!("https://example.com/{}", "x".repeat(200));
    rich.execution.http.headers = "X-Long: 1\n".repeat(20);
    let task = app.add(rich).await.id;
    let path = format!("/api/v1/tasks/{task}");
    ed.call(
        "PATCH",
        &path,
        Some(json!({"execution": {"retry": {"attempts": "3"}}})),
    )
    .await
    .expect(200);
    let conflict = async |version: &str, lang: &str| {
        let name = format!("{lang}-{version}");
        let late = app.signed_in(&name, Role::Editor).await;
        let late = late.with("accept-language", lang);
        let late = late.with("if-match", &format!("\"{version}\""));
        let refused = late
            .call("PATCH", &path, Some(json!({"nickname": "n"})))
            .await;
        refused.expect(409)
    };
    for lang in ["zh", "en"] {
        let refused = conflict("1", lang).await;
        assert_eq!(refused["code"], "task.outdated");
        let title = refused["title"].as_str().expect("a title");
        let (_, change) = title.split_once("execution.").expect("the place");
        assert_eq!(change.matches('→').count(), 1, "{title}");
        assert!(change.starts_with("retry.attempts: "), "{title}");
        assert!(change.ends_with(" → 3"), "{title}");
    }
    for (version, lang, words) in [
        ("7", "zh", "没有版本 7，当前版本是 2"),
        ("7", "en", "no version 7; its current version is 2"),
        ("0", "en", "no version 0;"),
    ] {
        let refused = conflict(version, lang).await;
        assert_eq!(refused["code"], "task.no_such_version");
        let title = refused["title"].as_str().expect("a title");
        assert!(title.contains(words), "{title}");
    }
}
