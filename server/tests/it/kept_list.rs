//! The cached list of tasks that programs request repeatedly: reused only while it is current.

use std::sync::{Arc, Mutex};

use app::auth::Role;
use app::backend::Tasks;
use app::task::{TaskQuery, TaskStep};
use serde_json::Value;
use server::store::{Engine, Store};

use super::helpers::place::Place;
use super::helpers::{Browser, ManualClock, TestApp, at, draft};

const ALL: &str = "/api/v1/tasks?limit=1000";

/// Names and next firings, as programs see them, which pages must see alike.
async fn list(app: &TestApp, browser: &Browser) -> Vec<(String, Value)> {
    let answer = browser.get(ALL).await.expect(200);
    let items = answer["items"].as_array().expect("a list").iter();
    let reported: Vec<(String, Value)> = items
        .map(|task| {
            let name = task["name"].as_str().expect("a name").to_owned();
            (name, task["next_at"].clone())
        })
        .collect();
    let caller = app.person("reader", Role::Viewer);
    let rows = app.service.task_list(&caller, &TaskQuery::default()).await;
    let shown: Vec<(String, Value)> = rows
        .expect("a list")
        .items
        .into_iter()
        .map(|row| (row.task.spec.name, serde_json::json!(row.next_at)))
        .collect();
    assert_eq!(shown, reported, "pages and programs");
    reported
}

fn of(rows: &[(&str, &str)]) -> Vec<(String, Value)> {
    let row = |(name, next): &(&str, &str)| ((*name).to_owned(), Value::from(*next));
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn a_list_is_read_again_only_when_it_may_have_changed() {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let read = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&read);
    let app = TestApp::start_with(Place::new().await, clock, None, &[], move |store| {
        store.observe_statements(move |sql| {
            if sql.starts_with("SELECT")
                && (sql.contains("`command`") || sql.contains("\"command\""))
            {
                *counted.lock().expect("a count") += 1;
            }
        });
    })
    .await;
    let reads = || std::mem::take(&mut *read.lock().expect("a count"));
    let first = app.add(draft("first", "*/10 * * * *", "true")).await;
    let reader = app.signed_in("reader", Role::Viewer).await;
    let editor = app.signed_in("editor", Role::Editor).await;

    let before = of(&[("first", "2026-11-22T08:10:00Z")]);
    assert_eq!(list(&app, &reader).await, before);
    reads();
    assert_eq!(list(&app, &reader).await, before);
    assert_eq!(list(&app, &editor).await, before, "for every reader");
    assert_eq!(reads(), 0, "definitions are read again after a change only");

    // Another query has another answer.
    let none = reader
        .get("/api/v1/tasks?limit=1000&q=other")
        .await
        .expect(200);
    assert_eq!(none["items"], serde_json::json!([]));

    // An edit is visible to the next reader.
    let path = format!("/api/v1/tasks/{}", first.id);
    let patch = serde_json::json!({"name": "renamed"});
    editor.call("PATCH", &path, Some(patch)).await.expect(200);
    let renamed = of(&[("renamed", "2026-11-22T08:10:00Z")]);
    assert_eq!(list(&app, &reader).await, renamed);

    // So is what another server writes.
    let other = Store::open(&app.place.database.url, &app.place.data()).await;
    let other = other.expect("the same database");
    for (step, next) in [
        (TaskStep::Pause, Value::Null),
        (TaskStep::Resume, Value::from("2026-11-22T08:10:00Z")),
    ] {
        let stepped = other
            .set_task_state(&app.act(), first.id, step, None, &[])
            .await;
        stepped.expect("a change");
        let shown = list(&app, &reader).await;
        assert_eq!(shown, [("renamed".to_owned(), next)], "{step:?}");
    }

    // Time passes without any write.
    app.clock.set(at("2026-11-22T08:09:59Z"));
    assert_eq!(
        list(&app, &reader).await,
        of(&[("renamed", "2026-11-22T08:10:00Z")])
    );
    app.clock.set(at("2026-11-22T08:10:00Z"));
    assert_eq!(
        list(&app, &reader).await,
        of(&[("renamed", "2026-11-22T08:20:00Z")])
    );
    app.clock.set(at("2026-11-22T07:00:00Z"));
    assert_eq!(
        list(&app, &reader).await,
        of(&[("renamed", "2026-11-22T07:10:00Z")])
    );
}

#[tokio::test]
async fn another_connection_to_the_database_is_no_change() {
    let app = TestApp::new().await;
    let store = &app.components.store;
    let before = store.data_version().await.expect("a version");
    let other = Store::open(&app.place.database.url, &app.place.data()).await;
    let other = other.expect("the same database");
    other.calendars().await.expect("rows");
    assert_eq!(store.data_version().await.expect("a version"), before);
    let changed = app.add(draft("first", "*/10 * * * *", "true")).await;
    let after = store.data_version().await.expect("a version");
    let counted = store.engine() == Engine::Sqlite;
    assert_eq!(after != before, counted, "{changed:?} is one");
}

#[tokio::test]
async fn a_kept_list_is_for_those_who_may_read() {
    let app = TestApp::new().await;
    app.add(draft("first", "*/10 * * * *", "true")).await;
    let reader = app.signed_in("reader", Role::Viewer).await;
    list(&app, &reader).await;
    app.browser().get(ALL).await.expect(401);
}
