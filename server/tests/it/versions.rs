//! Everything that is edited has a version: who changes it from an older one is refused, at every door, and loses nothing
//! that was typed.

use std::collections::BTreeSet;

use app::auth::Role;
use app::channel::ChannelKind;
use serde_json::{Value, json};

use super::channel_versions::who_read;
use super::helpers::{Browser, TestApp};

mod forms;

/// What people edit: the beginnings of paths.
const EDITED: [&str; 10] = [
    "/api/v1/tasks/{id}",
    "/api/v1/rules/{id}",
    "/api/v1/channels/{id}",
    "/api/v1/pictures/{picture}",
    "/api/v1/summaries/{id}",
    "/api/v1/pools/{name}",
    "/api/v1/calendars/{name}",
    "/api/v1/blackouts/{id}",
    "/api/v1/secrets/{id}",
    "/api/v1/users/{id}",
];

/// Operations on these that are no edits of what was read.
const NO_EDITS: [&str; 9] = [
    // Steps from one state to another: the state decides, whatever else was changed meanwhile.
    "POST /api/v1/tasks/{id}/pause",
    "POST /api/v1/tasks/{id}/close",
    "POST /api/v1/tasks/{id}/restore",
    "POST /api/v1/tasks/{id}/urge",
    "POST /api/v1/tasks/{id}/unurge",
    "POST /api/v1/tasks/{id}/run",
    // Ends it in whatever version.
    "DELETE /api/v1/tasks/{id}",
    // Nothing is stored.
    "POST /api/v1/channels/{id}/test",
    "POST /api/v1/channels/{id}/templates/preview",
];

/// What no answer may contain: the address of a robot, passwords, values of secrets.
const HIDDEN: [&str; 7] = [
    "SECRET-OF-THE-ROBOT",
    "OTHER-KEY-OF-THE-ROBOT",
    "pass-of-the-proxy",
    "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "value-of-the-secret",
    "other-value-of-it",
    "quite another password",
];

/// Every operation of the API that changes something that people edit.
fn edits() -> BTreeSet<String> {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let mut edits = BTreeSet::new();
    for (path, methods) in described["paths"].as_object().expect("paths") {
        if !EDITED.iter().any(|edited| path.starts_with(edited)) {
            continue;
        }
        for method in methods.as_object().expect("methods").keys() {
            let edit = format!("{} {path}", method.to_uppercase());
            if method != "get" && method != "parameters" && !NO_EDITS.contains(&edit.as_str()) {
                edits.insert(edit);
            }
        }
    }
    edits
}

/// An edit: the operation, its path, its body, and the code of the conflict.
struct Edit {
    operation: &'static str,
    path: String,
    body: Value,
    code: &'static str,
}

/// Everything that can be edited, as lists show it.
async fn everything(admin: &Browser, channel: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for list in [
        "tasks",
        "rules",
        "channels",
        "pictures",
        "summaries",
        "pools",
        "calendars",
        "blackouts",
        "secrets",
        "users",
    ] {
        all.push(admin.get(&format!("/api/v1/{list}")).await.expect(200));
    }
    let templates = format!("/api/v1/channels/{channel}/templates");
    all.push(admin.get(&templates).await.expect(200));
    all
}

/// Makes one of each, in its first version.
async fn one_of_each(app: &TestApp, admin: &Browser) -> (Value, Vec<Edit>) {
    let post = async |path: &str, body: Value| {
        let made = admin.post(&format!("/api/v1/{path}"), body).await;
        made.expect(201)["id"].clone()
    };
    let put = async |path: &str, body: Value| {
        let path = format!("/api/v1/{path}");
        admin.call("PUT", &path, Some(body)).await.expect(200);
    };
    let url = "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-OF-THE-ROBOT";
    let channel = json!({"name": "ops", "kind": "webhook", "url": url, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "proxy": "http://u:pass-of-the-proxy@127.0.0.1:8"});
    let channel = post("channels", channel).await;
    let shared = app.channel("shared", ChannelKind::Webhook, url).await.id;
    let words = json!({"body": "{\"text\": {{ text }}}"});
    put(&format!("channels/{channel}/templates/failed"), words).await;
    let drawn = json!({"base64": super::pictures::png()});
    put("pictures/urge", drawn.clone()).await;
    let rule = json!({"scope": "all", "channel_id": shared, "events": ["too_long"]});
    let rule = post("rules", rule).await;
    let summary = json!({"name": "daily", "channel_id": shared, "time": "09:00"});
    let summary = post("summaries", summary).await;
    put("pools/db", json!({"slots": 2})).await;
    post("calendars", json!({"name": "ours"})).await;
    let quiet = json!({"name": "freeze", "cron": "0 1 * * *", "duration": "1h", "zone": "UTC"});
    let quiet = post("blackouts", quiet).await;
    let secret = post(
        "secrets",
        json!({"name": "KEY", "value": "value-of-the-secret"}),
    );
    let secret = secret.await;
    let user = json!({"name": "other", "password": "quite another password", "role": "viewer"});
    let user = post("users", user).await;
    let robot = "http://127.0.0.1:9/cgi-bin/webhook/send?key=OTHER-KEY-OF-THE-ROBOT";
    let task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let task_id = post("tasks", task.clone()).await;
    let mut renamed = task;
    renamed["name"] = json!("renamed");
    renamed["robot"] = json!(robot);

    let edit = |operation, path: String, body, code| Edit {
        operation,
        path: format!("/api/v1/{path}"),
        body,
        code,
    };
    let template = format!("channels/{channel}/templates/failed");
    let other_url = url.replace("send", "again");
    let edits = vec![
        edit(
            "PUT /api/v1/tasks/{id}",
            format!("tasks/{task_id}"),
            renamed,
            "task.outdated",
        ),
        edit(
            "PATCH /api/v1/tasks/{id}",
            format!("tasks/{task_id}"),
            json!({"command": "false"}),
            "task.outdated",
        ),
        edit(
            "PATCH /api/v1/rules/{id}",
            format!("rules/{rule}"),
            json!({"events": ["failed"]}),
            "rule.outdated",
        ),
        edit(
            "PUT /api/v1/channels/{id}/templates/{event}",
            template.clone(),
            json!({"body": "{\"words\": {{ text }}}"}),
            "template.outdated",
        ),
        edit(
            "PUT /api/v1/channels/{id}",
            format!("channels/{channel}"),
            json!({"name": "ops", "kind": "webhook", "url": other_url, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                "lang": "en", "proxy": "http://u:pass-of-the-proxy@127.0.0.1:7"}),
            "channel.outdated",
        ),
        edit(
            "PUT /api/v1/pictures/{picture}",
            "pictures/urge".to_owned(),
            drawn,
            "picture.outdated",
        ),
        edit(
            "PUT /api/v1/summaries/{id}",
            format!("summaries/{summary}"),
            json!({"name": "daily", "channel_id": shared, "time": "10:00"}),
            "summary.outdated",
        ),
        edit(
            "PUT /api/v1/pools/{name}",
            "pools/db".to_owned(),
            json!({"slots": 3}),
            "pool.outdated",
        ),
        edit(
            "PUT /api/v1/calendars/{name}",
            "calendars/ours".to_owned(),
            json!({"name": "ours", "source_url": "https://example.com/days.ics"}),
            "calendar.outdated",
        ),
        edit(
            "POST /api/v1/calendars/{name}/import",
            "calendars/ours/import".to_owned(),
            json!({"text": "2026-06-24 rest Feast"}),
            "calendar.outdated",
        ),
        edit(
            "POST /api/v1/calendars/{name}/refresh",
            "calendars/ours/refresh".to_owned(),
            Value::Null,
            "calendar.outdated",
        ),
        edit(
            "PUT /api/v1/blackouts/{id}",
            format!("blackouts/{quiet}"),
            json!({"name": "freeze", "cron": "0 2 * * *", "duration": "1h", "zone": "UTC"}),
            "blackout.outdated",
        ),
        edit(
            "PUT /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            json!({"name": "KEY", "value": "other-value-of-it", "note": "n"}),
            "secret.outdated",
        ),
        edit(
            "PATCH /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            json!({"value": "other-value-of-it", "note": "m"}),
            "secret.outdated",
        ),
        edit(
            "PATCH /api/v1/users/{id}",
            format!("users/{user}"),
            json!({"role": "operator", "password": "quite another password"}),
            "user.outdated",
        ),
        edit(
            "DELETE /api/v1/rules/{id}",
            format!("rules/{rule}"),
            Value::Null,
            "rule.outdated",
        ),
        edit(
            "DELETE /api/v1/channels/{id}/templates/{event}",
            template,
            Value::Null,
            "template.outdated",
        ),
        edit(
            "DELETE /api/v1/channels/{id}",
            format!("channels/{channel}"),
            Value::Null,
            "channel.outdated",
        ),
        edit(
            "DELETE /api/v1/pictures/{picture}",
            "pictures/urge".to_owned(),
            Value::Null,
            "picture.outdated",
        ),
        edit(
            "DELETE /api/v1/summaries/{id}",
            format!("summaries/{summary}"),
            Value::Null,
            "summary.outdated",
        ),
        edit(
            "DELETE /api/v1/pools/{name}",
            "pools/db".to_owned(),
            Value::Null,
            "pool.outdated",
        ),
        edit(
            "DELETE /api/v1/calendars/{name}",
            "calendars/ours".to_owned(),
            Value::Null,
            "calendar.outdated",
        ),
        edit(
            "DELETE /api/v1/blackouts/{id}",
            format!("blackouts/{quiet}"),
            Value::Null,
            "blackout.outdated",
        ),
        edit(
            "DELETE /api/v1/secrets/{id}",
            format!("secrets/{secret}"),
            Value::Null,
            "secret.outdated",
        ),
        edit(
            "DELETE /api/v1/users/{id}",
            format!("users/{user}"),
            Value::Null,
            "user.outdated",
        ),
    ];
    (channel, edits)
}

fn body(edit: &Edit) -> Option<Value> {
    Some(edit.body.clone()).filter(|body| !body.is_null())
}

#[tokio::test]
async fn every_edit_refers_to_the_version_that_was_read() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (channel, edits) = one_of_each(&app, &admin).await;
    let tried: BTreeSet<String> = edits.iter().map(|edit| edit.operation.to_owned()).collect();
    assert_eq!(
        tried,
        self::edits(),
        "each edit of the API is tried, and no other"
    );

    // All of it is changed: nothing has its first version any more.
    for edit in &edits {
        if !edit.operation.starts_with("DELETE") && !edit.path.ends_with("/refresh") {
            let method = edit.operation.split(' ').next().expect("a method");
            let changed = admin.call(method, &edit.path, body(edit)).await;
            assert!(
                changed.status < 300,
                "{}: {}",
                edit.operation,
                changed.text()
            );
        }
    }
    let before = everything(&admin, &channel).await;
    let late = who_read(&app, &admin, "\"1\"");
    for edit in &edits {
        let method = edit.operation.split(' ').next().expect("a method");
        let refused = late.call(method, &edit.path, body(edit)).await;
        let words = refused.text();
        assert_eq!(refused.status, 409, "{}: {words}", edit.operation);
        assert_eq!(refused.json()["code"], edit.code, "{}", edit.operation);
        for hidden in HIDDEN {
            assert!(!words.contains(hidden), "{}: {words}", edit.operation);
        }
    }
    assert_eq!(
        everything(&admin, &channel).await,
        before,
        "nothing was changed"
    );
}

#[tokio::test]
async fn a_version_is_never_ignored() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let careful = who_read(&app, &admin, "\"1\"");
    let mut refused = 0;
    for (path, methods) in described["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let declared = operation["parameters"].as_array().cloned();
            let declared = declared.unwrap_or_default();
            let compares = declared.iter().any(|one| one["name"] == "If-Match");
            if method == "get" || compares {
                continue;
            }
            let path = ["{id}", "{name}", "{event}", "{picture}"]
                .iter()
                .fold(path.clone(), |path, name| path.replace(name, "1"));
            let method = method.to_uppercase();
            let answer = careful.call(&method, &path, None).await;
            assert_eq!(answer.status, 422, "{method} {path}: {}", answer.text());
            assert_eq!(answer.json()["code"], "if_match", "{method} {path}");
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
}

#[tokio::test]
async fn the_current_version_is_accepted_and_counted() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (channel, edits) = one_of_each(&app, &admin).await;
    let version = async |edit: &Edit| -> i64 {
        // Where it is listed: the part of its path before its own name.
        let parts: Vec<&str> = edit.path.split('/').collect();
        let (list, own) = match parts.get(5) {
            Some(&"templates") => (parts[..6].join("/"), parts[6]),
            _ => (parts[..4].join("/"), parts[4]),
        };
        let listed = admin.get(&list).await.expect(200);
        let items = listed["items"].as_array().expect("a list").clone();
        let is_it = |item: &&Value| {
            let named = ["id", "name", "event"].map(|key| &item[key]);
            named
                .iter()
                .any(|value| value.to_string().trim_matches('"') == own)
        };
        let found = items.iter().find(is_it).expect("it is listed");
        found["version"].as_i64().expect("a version")
    };
    for edit in &edits {
        if edit.path.ends_with("/refresh") {
            continue;
        }
        let (method, _) = edit.operation.split_once(' ').expect("a method");
        let read = version(edit).await;
        let current = who_read(&app, &admin, &format!("\"{read}\""));
        let done = current.call(method, &edit.path, body(edit)).await;
        assert!(done.status < 300, "{}: {}", edit.operation, done.text());
        if method != "DELETE" {
            let counted = version(edit).await;
            assert!(counted > read, "{}: {read} → {counted}", edit.operation);
            if let Some(etag) = done.headers.get("etag") {
                assert_eq!(etag, &format!("\"{counted}\""), "{}", edit.operation);
            }
        }
    }
    let left = everything(&admin, &channel_of(&app).await).await;
    assert!(!left.is_empty() && !channel.is_null());
}

/// The channel that is left when all others are deleted.
async fn channel_of(app: &TestApp) -> Value {
    let id = app
        .place
        .database
        .integers("SELECT id FROM channel WHERE name = 'shared'")
        .await;
    json!(id[0])
}

#[tokio::test]
async fn of_two_at_once_one_is_refused() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (_, edits) = one_of_each(&app, &admin).await;
    for edit in edits
        .iter()
        .filter(|edit| edit.operation.starts_with("PUT"))
    {
        let (one, two) = (
            who_read(&app, &admin, "\"1\""),
            who_read(&app, &admin, "\"1\""),
        );
        let (a, b) = tokio::join!(
            one.call("PUT", &edit.path, body(edit)),
            two.call("PUT", &edit.path, body(edit))
        );
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        let words = format!("{}: {} {}", edit.operation, a.text(), b.text());
        assert_eq!(statuses, [200, 409], "{words}");
    }
}

#[tokio::test]
async fn what_is_not_stored_yet_has_version_0() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let url = "http://127.0.0.1:9/";
    let channel = app.channel("ops", ChannelKind::Webhook, url).await.id;
    let new = who_read(&app, &admin, "\"0\"");
    let old = who_read(&app, &admin, "\"1\"");
    for (path, body) in [
        ("pools/db".to_owned(), json!({"slots": 2})),
        (
            "pictures/urge".to_owned(),
            json!({"base64": super::pictures::png()}),
        ),
        (
            format!("channels/{channel}/templates/failed"),
            json!({"body": "{\"text\": {{ text }}}"}),
        ),
    ] {
        let path = format!("/api/v1/{path}");
        // Deleted by others since it was read.
        old.call("PUT", &path, Some(body.clone())).await.expect(409);
        let added = new.call("PUT", &path, Some(body.clone())).await;
        assert_eq!(added.expect(200)["version"], 1, "{path}");
        // Added by others since.
        new.call("PUT", &path, Some(body)).await.expect(409);
    }
}
