//! The audit log: it and the change succeed or fail together.

use std::collections::BTreeSet;

use app::auth::Role;
use app::channel::ChannelKind;
use app::task::{Mode, TaskDraft};
use serde_json::{Value, json};

use super::helpers::database::{Database, mysql_server};
use super::helpers::{Browser, TestApp, draft};
use super::sessions::{PASSWORD, account, sign_in};

mod conflicts;
mod stops;

/// Requests that change nothing an audit log would record: previews, and the content of a calendar's source, which is
/// not served here.
const NOT_ACTS: [&str; 3] = [
    "POST /api/v1/schedules/preview",
    "POST /api/v1/channels/{id}/templates/preview",
    "POST /api/v1/calendars/{name}/refresh",
];

/// What is done although it cannot be recorded: see [`stops`].
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
        "pictures",
        "secrets",
        "pools",
        "calendars",
        "blackouts",
        "rules",
        "summaries",
        "tickets",
        "tickets/defaults",
        "oncall",
        "chat/people",
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
async fn a_change_that_cannot_be_recorded_is_not_made() {
    let app = TestApp::new().await;
    account(&app, "boss", Role::Admin).await;
    let admin = app.browser();
    assert_eq!(sign_in(&admin, "boss", PASSWORD).await, 303);
    let task = app.add(draft("own", "0 9 * * *", "sleep 600")).await.id;
    let idle = app.add(draft("idle", "0 9 * * *", "true")).await.id;
    let mut asking = draft("asking", "0 9 * * *", "true");
    asking.tickets.opens = "task".to_owned();
    let ticket = app.ticket_of(app.add(asking.clone()).await.id).await;
    asking.name = "asked".to_owned();
    let answered = app.ticket_of(app.add(asking).await.id).await;
    let path = format!("/api/v1/tickets/{answered}/done");
    admin.post(&path, json!({})).await.expect(200);
    let url = "https://example.com/hook";
    let channel = app.channel("chat", ChannelKind::Webhook, url).await.id;
    let drawn = json!({"base64": super::pictures::png()});
    let put = admin
        .call("PUT", "/api/v1/pictures/urge", Some(drawn.clone()))
        .await;
    put.expect(200);
    let words = json!({"body": "{\"text\": {{ text }}}"});
    let template = format!("/api/v1/channels/{channel}/templates/failed");
    let put = admin.call("PUT", &template, Some(words.clone())).await;
    put.expect(200);
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
    let policy = Some(json!({"max_urges": "5"}));
    admin
        .call("PUT", "/api/v1/tickets/defaults/db", policy)
        .await
        .expect(200);
    let rota = Some(json!({"people": ["ann", "bob"], "since": "2026-11-16"}));
    for name in ["ops", "web"] {
        let path = format!("/api/v1/oncall/{name}");
        admin.call("PUT", &path, rota.clone()).await.expect(200);
    }
    let calendar = json!({"name": "ours"});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    let blackout = json!({"name": "freeze", "cron": "0 1 * * *", "duration": "1h", "zone": "UTC"});
    let quiet = admin.post("/api/v1/blackouts", blackout.clone()).await;
    let quiet = quiet.expect(201)["id"].clone();
    let ruled = app.channel("ruled", ChannelKind::Webhook, url).await.id;
    let rule = json!({"scope": "all", "channel_id": ruled, "events": ["too_long"]});
    let noted = admin.post("/api/v1/rules", rule.clone()).await;
    let noted = noted.expect(201)["id"].clone();
    let reported = app.channel("reports", ChannelKind::Webhook, url).await.id;
    let summary = json!({"name": "daily", "channel_id": reported, "time": "09:00"});
    let daily = admin.post("/api/v1/summaries", summary.clone()).await;
    let daily = daily.expect(201)["id"].clone();
    let ann = json!({"vendor": "wecom_bot", "person": "ann", "user": "other"});
    let mapped = admin.post("/api/v1/chat/people", ann).await.expect(201)["id"].clone();
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
            "PUT /api/v1/pictures/{picture}",
            "/api/v1/pictures/failure".into(),
            drawn.clone(),
        ),
        (
            "DELETE /api/v1/pictures/{picture}",
            "/api/v1/pictures/urge".into(),
            Value::Null,
        ),
        (
            "PUT /api/v1/channels/{id}/templates/{event}",
            format!("/api/v1/channels/{channel}/templates/lost"),
            words.clone(),
        ),
        (
            "DELETE /api/v1/channels/{id}/templates/{event}",
            format!("/api/v1/channels/{channel}/templates/failed"),
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
            "POST /api/v1/tickets/{id}/acknowledge",
            format!("/api/v1/tickets/{ticket}/acknowledge"),
            Value::Null,
        ),
        (
            "POST /api/v1/tickets/{id}/snooze",
            format!("/api/v1/tickets/{ticket}/snooze"),
            json!({"until": "30m"}),
        ),
        (
            "POST /api/v1/tickets/{id}/assign",
            format!("/api/v1/tickets/{ticket}/assign"),
            json!({"to": "ann"}),
        ),
        (
            "POST /api/v1/tickets/{id}/done",
            format!("/api/v1/tickets/{ticket}/done"),
            json!({"word": "w"}),
        ),
        (
            "POST /api/v1/tickets/{id}/reopen",
            format!("/api/v1/tickets/{answered}/reopen"),
            Value::Null,
        ),
        (
            "PUT /api/v1/oncall/{name}",
            "/api/v1/oncall/more".into(),
            json!({"people": ["ann"]}),
        ),
        (
            "POST /api/v1/oncall/{name}/override",
            "/api/v1/oncall/ops/override".into(),
            json!({"who": "cid", "until": "2027-01-01"}),
        ),
        (
            "POST /api/v1/oncall/{name}/swap",
            "/api/v1/oncall/ops/swap".into(),
            json!({"first": "2026-12-07", "second": "2026-12-14"}),
        ),
        (
            "DELETE /api/v1/oncall/{name}",
            "/api/v1/oncall/web".into(),
            Value::Null,
        ),
        (
            "PUT /api/v1/tickets/defaults/{name}",
            "/api/v1/tickets/defaults/web".into(),
            json!({"max_urges": "7"}),
        ),
        (
            "DELETE /api/v1/tickets/defaults/{name}",
            "/api/v1/tickets/defaults/db".into(),
            Value::Null,
        ),
        (
            "POST /api/v1/tickets/feed",
            "/api/v1/tickets/feed".into(),
            json!({"person": "ann"}),
        ),
        (
            "POST /api/v1/tickets/link",
            "/api/v1/tickets/link".into(),
            json!({"person": "ann"}),
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
        ("POST /api/v1/rules", "/api/v1/rules".into(), rule),
        (
            "PATCH /api/v1/rules/{id}",
            of("/api/v1/rules/{id}", &noted),
            json!({"enabled": false}),
        ),
        (
            "DELETE /api/v1/rules/{id}",
            of("/api/v1/rules/{id}", &noted),
            Value::Null,
        ),
        (
            "POST /api/v1/summaries",
            "/api/v1/summaries".into(),
            json!({"name": "weekly", "channel_id": reported, "time": "09:00", "weekday": "monday"}),
        ),
        (
            "PUT /api/v1/summaries/{id}",
            of("/api/v1/summaries/{id}", &daily),
            summary,
        ),
        (
            "DELETE /api/v1/summaries/{id}",
            of("/api/v1/summaries/{id}", &daily),
            Value::Null,
        ),
        (
            "POST /api/v1/chat/people",
            "/api/v1/chat/people".into(),
            json!({"vendor": "wecom_bot", "person": "bob", "user": "other"}),
        ),
        (
            "DELETE /api/v1/chat/people/{id}",
            of("/api/v1/chat/people/{id}", &mapped),
            Value::Null,
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
