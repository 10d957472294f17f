//! Everything that is edited has a version: who changes it from an older one is refused, at every door, and loses nothing
//! that was typed.

use std::collections::BTreeSet;

use app::auth::Role;
use app::channel::ChannelKind;
use serde_json::{Value, json};

use super::channel_versions::who_read;
use super::helpers::TestApp;
use edits::{Edit, body, everything, one_of_each};

mod buttons;
mod edits;
mod forms;

/// What people edit: the beginnings of paths.
const EDITED: [&str; 13] = [
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
    "/api/v1/oncall/{name}",
    "/api/v1/people/{name}",
    "/api/v1/tickets/defaults/{name}",
];

/// Operations on these that are no edits of what was read.
const NO_EDITS: [&str; 10] = [
    // It is created once, and never changed.
    "POST /api/v1/tasks/{id}/start-urls",
    "DELETE /api/v1/tasks/{id}/start-urls/{name}",
    // Steps from one state to another: the state decides, whatever else was changed meanwhile.
    "POST /api/v1/tasks/{id}/pause",
    "POST /api/v1/tasks/{id}/close",
    "POST /api/v1/tasks/{id}/restore",
    "POST /api/v1/tasks/{id}/urge",
    "POST /api/v1/tasks/{id}/unurge",
    "POST /api/v1/tasks/{id}/run",
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
fn edits_of_the_api() -> BTreeSet<String> {
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

#[tokio::test]
async fn every_edit_refers_to_the_version_that_was_read() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (channel, edits) = one_of_each(&app, &admin).await;
    let tried: BTreeSet<String> = edits.iter().map(|edit| edit.operation.to_owned()).collect();
    assert_eq!(
        tried,
        edits_of_the_api(),
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
            Some(own) if parts[4] == "defaults" => (parts[..5].join("/"), *own),
            _ => (parts[..4].join("/"), parts[4]),
        };
        let listed = admin.get(&list).await.expect(200);
        let items = listed["items"].as_array().expect("a list").clone();
        let is_it = |item: &&Value| {
            let named = ["id", "name", "event", "tag"].map(|key| &item[key]);
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
        ("oncall/db".to_owned(), json!({"people": ["ann"]})),
        ("people/ann".to_owned(), json!({"zone": "UTC"})),
        ("tickets/defaults/db".to_owned(), json!({"max_urges": "3"})),
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
