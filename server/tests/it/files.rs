//! Tasks as files: what is exported is applied, all of it or nothing, and a second time changes nothing.

mod documents;
mod doors;
mod growth;
mod plans;
mod program;
mod texts;

use app::auth::Role;
use app::backend::Capacity;
use app::channel::ChannelKind;
use app::pool::PoolDraft;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::helpers::{Browser, Reply, TestApp};
use documents::{calling, full, plain};

const APPLY: &str = "/api/v1/tasks/apply";
const EXPORT: &str = "/api/v1/tasks/export";

/// Applies YAML.
async fn apply(browser: &Browser, query: &str, text: impl Into<Vec<u8>>) -> Reply {
    let request = Request::post(format!("{APPLY}{query}"))
        .header(header::CONTENT_TYPE, "application/yaml")
        .body(Body::from(text.into()));
    browser.send(request.expect("a request")).await
}

/// How many are created, changed, the same and deleted.
fn counts(report: &Value) -> [u64; 4] {
    ["created", "changed", "same", "deleted"].map(|name| report[name].as_u64().expect("a number"))
}

/// An installation with what [`full`] names, and an editor.
async fn furnished() -> (TestApp, Browser) {
    let app = TestApp::new().await;
    app.channel("ops: 1", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let console = app.console();
    let pool = PoolDraft {
        name: "db".to_owned(),
        slots: "3".to_owned(),
    };
    let made = app.service.pool_set(&console, None, &pool).await;
    made.expect("a pool");
    let admin = app.signed_in("boss", Role::Admin).await;
    let calendar = json!({"name": "work"});
    let made = admin.post("/api/v1/calendars", calendar).await;
    assert!(made.status < 300, "{}", made.text());
    let editor = app.signed_in("ed", Role::Editor).await;
    (app, editor.with("accept-language", "en"))
}

#[tokio::test]
async fn what_is_exported_and_applied_changes_nothing_with_every_field_set() {
    let (app, editor) = furnished().await;
    // What waits comes first: the order does not matter.
    let documents = json!([
        full("all of it"),
        plain("7"),
        calling(),
        plain("first: step")
    ]);
    let made = editor.post(APPLY, documents).await.expect(200);
    assert_eq!(counts(&made), [4, 0, 0, 0]);
    let exported = editor.get(EXPORT).await;
    assert_eq!(exported.header("content-type"), "application/yaml");
    let text = exported.text();
    assert!(text.contains("\ncommand: |\n  set -e\n  \techo"), "{text}");
    assert!(text.contains("\nchannel: 'ops: 1'\n"), "{text}");
    for unknown in ["urging", "channel_id", "robot", "version", "state:", "id:"] {
        assert!(!text.contains(&format!("\n{unknown}")), "{unknown}: {text}");
    }
    let again = apply(&editor, "", text.as_str()).await.expect(200);
    assert_eq!(counts(&again), [0, 0, 4, 0], "{again}");
    let as_json = editor.get(EXPORT).await;
    assert_eq!(as_json.text(), text, "the second export is the first one");
    let console = Browser::with(
        app.signed_in("program", Role::Viewer).await,
        "accept",
        "application/json",
    );
    let list = console.get(EXPORT).await.expect(200);
    let again = editor.post(APPLY, list).await.expect(200);
    assert_eq!(counts(&again), [0, 0, 4, 0]);

    // Deleted and applied again, it is what it was.
    let mut documents: Vec<&str> = text.split("---\n").collect();
    for task in made["tasks"].as_array().expect("tasks") {
        let path = format!("/api/v1/tasks/{}", task["id"]);
        // Those that others wait for are deleted after them.
        editor.call("DELETE", &path, None).await.expect(204);
    }
    let created = apply(&editor, "", text.as_str()).await.expect(200);
    assert_eq!(counts(&created), [4, 0, 0, 0]);
    let after = editor.get(EXPORT).await.text();
    let mut after: Vec<&str> = after.split("---\n").collect();
    after.sort_unstable();
    documents.sort_unstable();
    assert_eq!(after, documents);
}

#[tokio::test]
async fn state_and_secrets_are_not_in_files_and_stay() {
    let (app, editor) = furnished().await;
    let mut document = plain("nightly");
    document.urge_cron = "*/5 * * * *".to_owned();
    let made = editor.post(APPLY, json!([document])).await.expect(200);
    let path = format!("/api/v1/tasks/{}", made["tasks"][0]["id"]);
    for act in ["urge", "pause"] {
        editor
            .post(&format!("{path}/{act}"), json!({}))
            .await
            .expect(200);
    }
    let same = editor
        .post(APPLY, json!([document.clone()]))
        .await
        .expect(200);
    assert_eq!(counts(&same), [0, 0, 1, 0]);
    document.command = "false".to_owned();
    let changed = editor.post(APPLY, json!([document])).await.expect(200);
    assert_eq!(counts(&changed), [0, 1, 0, 0]);
    let task = editor.get(&path).await.expect(200);
    assert_eq!(
        (&task["state"], &task["urging"], &task["command"]),
        (&json!("paused"), &json!(true), &json!("false"))
    );
    // Each task has an entry in the audit log, by the person who applied them.
    let audit = "SELECT who, via, action FROM audit WHERE who = 'ed' ORDER BY id";
    let entries = app.place.database.rows(audit).await;
    let action = |action: &str| format!("ed|session|task.{action}");
    let expected = ["create", "urge", "pause", "update"].map(action);
    assert_eq!(entries, expected);
}

#[tokio::test]
async fn the_page_exports_what_it_lists() {
    let (app, editor) = furnished().await;
    let documents = json!([plain("alpha one"), plain("beta two")]);
    editor.post(APPLY, documents).await.expect(200);
    let page = editor.open("/tasks?q=alpha&state=active").await.text();
    let link = "/api/v1/tasks/export?q=alpha&amp;state=active";
    assert!(page.contains(link), "{page}");
    let text = editor.open(&link.replace("&amp;", "&")).await;
    assert_eq!(text.header("content-type"), "application/yaml");
    assert!(text.header("content-disposition").contains("tasks.yaml"));
    let text = text.text();
    assert!(
        text.contains("alpha one") && !text.contains("beta"),
        "{text}"
    );
    // Held and closed ones are exported as well.
    let all = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(all).await, 2);
}
