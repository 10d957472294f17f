//! A row that cannot be read does not keep the others from being used: it is skipped, reported, and used again once it is
//! repaired.

use app::auth::Role;
use app::backend::{Calendars, System, Tasks};
use app::calendar::BlackoutDraft;
use app::channel::ChannelKind;
use app::id::TaskId;
use app::task::TaskQuery;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::{Server, add_command, jcrontab};
use super::helpers::{TestApp, at, draft, in_time};

/// The notice of an administrator about rows that cannot be read; empty for none.
async fn notice(app: &TestApp) -> String {
    let about = app.service.about(&app.console()).await.expect("about");
    let of_rows = |notice: &app::page::Notice| notice.code == "unreadable_rows";
    let found = about.notices.into_iter().find(of_rows);
    found.map(|notice| notice.text).unwrap_or_default()
}

async fn damage(app: &TestApp, what: &str) {
    app.place.database.execute(&format!("UPDATE {what}")).await;
}

async fn starts(app: &TestApp, id: TaskId) -> usize {
    app.runs(id).await.len()
}

/// What is damaged, and what the row is as it was.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("execution", "'{\"retry\": 7}'", "NULL"),
    ("tags", "'backup'", "'[]'"),
    ("mode", "'dance'", "'command'"),
    // A word of a state spoils the whole statement.
    ("state", "'asleep'", "'active'"),
    ("notes", "'{'", "NULL"),
];

#[tokio::test]
async fn a_damaged_task_is_skipped_and_fires_again_once_it_is_repaired() {
    let app = TestApp::new().await;
    let first = app.add(draft("first", "* * * * *", "true")).await.id;
    let damaged = app.add(draft("damaged", "* * * * *", "true")).await.id;
    let last = app.add(draft("last", "* * * * *", "true")).await.id;
    let mut now = at("2026-11-22T08:00:30Z");
    for (column, wrong, right) in COLUMNS {
        let before = starts(&app, damaged).await;
        let set = |value: &str| format!("task SET {column} = {value} WHERE id = {damaged}");
        damage(&app, &set(wrong)).await;
        // A server that starts.
        let mut node = app.node().await;
        let others = starts(&app, first).await;
        now += TimeDelta::minutes(2);
        node.go_to(now).await;
        assert_eq!(starts(&app, damaged).await, before, "{column}");
        assert_eq!(starts(&app, first).await, others + 2, "{column}");
        assert_eq!(starts(&app, last).await, others + 2, "{column}");
        let text = notice(&app).await;
        assert!(
            text.contains(&format!("task {damaged} (the database holds ")),
            "{column}: {text}"
        );
        let (console, query) = (app.console(), TaskQuery::default());
        let listed = app.service.task_list(&console, &query);
        let listed: Vec<TaskId> = listed
            .await
            .expect("tasks")
            .items
            .iter()
            .map(|row| row.id)
            .collect();
        assert_eq!(listed, [last, first], "{column}");

        damage(&app, &set(right)).await;
        now += TimeDelta::minutes(3);
        node.go_to(now).await;
        assert!(starts(&app, damaged).await >= before + 2, "{column}");
        assert_eq!(starts(&app, last).await, others + 5, "{column}");
        assert_eq!(notice(&app).await, "", "{column}");
    }
}

#[tokio::test]
async fn a_damaged_task_does_not_keep_a_running_server_from_others() {
    let app = TestApp::new().await;
    let damaged = app.add(draft("damaged", "* * * * *", "true")).await.id;
    let other = app.add(draft("other", "* * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:30Z")).await;
    assert_eq!(starts(&app, damaged).await, 1);
    damage(
        &app,
        &format!("task SET execution = '{{' WHERE id = {damaged}"),
    )
    .await;
    // Whatever changes for all tasks has them read again.
    let blackout = BlackoutDraft {
        name: "later".to_owned(),
        starts_at: "2027-01-01 00:00".to_owned(),
        ends_at: "2027-01-02 00:00".to_owned(),
        ..BlackoutDraft::default()
    };
    let console = app.console();
    let made = app.service.blackout_create(&console, &blackout);
    made.await.expect("a blackout");
    node.go_to(at("2026-11-22T08:03:30Z")).await;
    assert_eq!(starts(&app, damaged).await, 1);
    assert_eq!(starts(&app, other).await, 3);
    assert!(notice(&app).await.contains("execution"));
    // The others can be changed and deleted, although it may wait for them.
    let edited = draft("other", "*/2 * * * *", "true");
    let edited = app.service.task_update(&console, other, &edited);
    edited.await.expect("a change");
    node.go_to(at("2026-11-22T08:06:30Z")).await;
    assert_eq!(starts(&app, other).await, 5);
    damage(
        &app,
        &format!("task SET execution = NULL WHERE id = {damaged}"),
    )
    .await;
    node.go_to(at("2026-11-22T08:09:30Z")).await;
    assert!(starts(&app, damaged).await >= 3);
    let deleted = app.service.task_delete(&app.console(), other, None).await;
    deleted.expect("it is deleted");
}

#[tokio::test]
async fn a_damaged_blackout_and_rule_stop_neither_tasks_nor_messages() {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/";
    let ops = app.channel("ops", ChannelKind::Webhook, url).await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for name in ["broken", "whole"] {
        let rule =
            json!({"name": name, "scope": "all", "channel_id": ops.id, "events": ["failed"]});
        admin.post("/api/v1/rules", rule).await.expect(201);
        let blackout =
            json!({"name": name, "starts_at": "2026-11-22 08:10", "ends_at": "2026-11-22 09:00"});
        admin.post("/api/v1/blackouts", blackout).await.expect(201);
    }
    damage(
        &app,
        "message_rule SET action = 'sing' WHERE name = 'broken'",
    )
    .await;
    damage(&app, "blackout SET policy = 'sing' WHERE name = 'broken'").await;
    let task = draft("fails", "* * * * *", "exit 1");
    let task = app.add(task).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:30Z")).await;
    assert_eq!(starts(&app, task).await, 1);
    let waiting = "SELECT COUNT(*) FROM message WHERE event = 'failed'";
    assert_eq!(app.place.database.count(waiting).await, 1);
    // The whole blackout holds.
    node.go_to(at("2026-11-22T08:59:30Z")).await;
    let before = starts(&app, task).await;
    assert_eq!(before, 9, "08:01 to 08:09");
    let rules = admin.get("/api/v1/rules").await.expect(200);
    assert_eq!(rules["items"].as_array().map(Vec::len), Some(1), "{rules}");
    let text = notice(&app).await;
    for kind in ["blackout 1 (", "notification rule 1 ("] {
        assert!(text.contains(kind), "{text}");
    }
}

#[tokio::test]
async fn doctor_names_rows_that_cannot_be_read() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    let id = add_command(&place, "damaged", "0 3 * * *", "true").await;
    assert_eq!(server.stop().await, 0);
    let set = |value: &str| format!("UPDATE task SET execution = {value} WHERE id = {id}");
    place.database.execute(&set("'{'")).await;
    let check = async || {
        let doctor = jcrontab(&place, &["doctor", "--json"]).await;
        let report: Value = serde_json::from_str(&doctor.out).expect("JSON");
        let checks = report["checks"].as_array().expect("checks").clone();
        let found = checks
            .into_iter()
            .find(|check| check["name"] == "unreadable_rows");
        (doctor.code, found)
    };
    // Without a server, and asked of one.
    let (code, found) = check().await;
    let found = found.expect("a check");
    assert_eq!((code, &found["status"]), (1, &json!("fail")), "{found}");
    let text = found["text"].as_str().expect("text");
    assert!(text.contains(&format!("task {id} (")), "{text}");
    let server = Server::start(&place, &[]).await;
    server.turning().await;
    let (code, found) = check().await;
    assert_eq!(
        (code, &found.expect("a check")["status"]),
        (1, &json!("fail"))
    );
    let line = "a row cannot be read and is skipped";
    assert_eq!(server.log().matches(line).count(), 1, "{}", server.log());
    assert_eq!(server.stop().await, 0);
    place.database.execute(&set("NULL")).await;
    assert_eq!(check().await.1, None);
}

#[tokio::test]
async fn a_damaged_task_is_named_and_can_be_paused_closed_and_deleted() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for (column, wrong, _) in COLUMNS {
        let id = app.add(draft(column, "0 3 * * *", "true")).await.id;
        let set = format!("task SET {column} = {wrong} WHERE id = {id}");
        damage(&app, &set).await;
        let task = format!("/api/v1/tasks/{id}");
        let runs = format!("/api/v1/runs?task={id}");
        for read in [task.clone(), format!("{task}/draft"), runs] {
            let refused = admin.get(&read).await.expect(409);
            assert_eq!(refused["code"], "task.unreadable", "{column} {read}");
            let sentence = refused["title"].as_str().expect("a sentence");
            assert!(sentence.contains(&id.to_string()), "{read}: {sentence}");
            assert!(
                sentence.contains(&format!("task.{column}")),
                "{read}: {sentence}"
            );
            let next = refused["detail"].as_str().expect("a next step");
            assert!(next.contains("jcrontab doctor"), "{read}: {next}");
        }
        let known = admin.get(&format!("{task}/damage")).await.expect(200);
        assert_eq!(known["name"], column, "{known}");
        // What needs its definition is refused.
        let until = json!({"until": "18:00"});
        admin
            .post(&format!("{task}/pause"), until)
            .await
            .expect(409);
        admin
            .post(&format!("{task}/urge"), json!({}))
            .await
            .expect(409);
        let paused = admin.post(&format!("{task}/pause"), json!({})).await;
        let paused = paused.expect(200);
        assert_eq!(paused["state"], "paused", "{column}: {paused}");
        let closed = admin.post(&format!("{task}/close"), json!({})).await;
        let closed = closed.expect(200);
        assert_eq!(closed["state"], "closed", "{column}: {closed}");
        let log = admin.get("/api/v1/audit?limit=2").await.expect(200);
        let acts: Vec<&Value> = log["items"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| &entry["action"])
            .collect();
        assert_eq!(acts, ["task.close", "task.pause"], "{column}");
        let deleted = admin.call("DELETE", &task, None).await;
        assert_eq!(deleted.status, 204, "{column}: {}", deleted.text());
        admin.get(&task).await.expect(404);
    }
    // One that can be read is not damaged.
    let whole = app.add(draft("whole", "0 3 * * *", "true")).await.id;
    let known = admin.get(&format!("/api/v1/tasks/{whole}/damage")).await;
    assert_eq!(known.expect(200), Value::Null);
}

#[tokio::test]
async fn the_page_of_a_damaged_task_says_what_is_wrong_and_offers_three_acts() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let id = app.add(draft("nightly", "0 3 * * *", "true")).await.id;
    damage(&app, &format!("task SET execution = '{{' WHERE id = {id}")).await;
    let page = admin.open(&format!("/tasks/{id}")).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("nightly") && text.contains("task.execution"));
    for verb in ["pause", "close"] {
        assert!(text.contains(&format!("value=\"{verb}\"")), "{verb}");
    }
    assert!(text.contains("/fn/task_delete"));
    let id = id.to_string();
    let closed = admin
        .submit("/fn/task_control", &[("id", &id), ("verb", "close")])
        .await;
    assert_eq!(closed.status, 302, "{}", closed.text());
    let page = admin.open(&format!("/tasks/{id}")).await.text();
    assert!(!page.contains("value=\"close\""), "it is closed");
}

#[tokio::test]
async fn a_firing_of_a_task_whose_row_became_unreadable_says_so() {
    let app = TestApp::new().await;
    let task = app.add(draft("damaged", "* * * * *", "true")).await.id;
    let mut node = app.node().await;
    // The next firing is planned by now.
    node.go_to(at("2026-11-22T08:00:55Z")).await;
    let set = |value: &str| format!("task SET execution = {value} WHERE id = {task}");
    damage(&app, &set("'{'")).await;
    // A server that starts.
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:30Z")).await;
    damage(&app, &set("NULL")).await;
    node.go_to(at("2026-11-22T08:03:30Z")).await;
    let history = app.history(task).await;
    assert_eq!(
        history.last().map(String::as_str),
        Some("skipped(unreadable)"),
        "{history:?}"
    );
    assert!(history.contains(&"succeeded".to_owned()), "{history:?}");
    assert!(!history.contains(&"skipped(changed)".to_owned()));
}

#[tokio::test]
async fn doctor_finds_rows_that_were_damaged_while_the_server_ran_and_says_whether_it_uses_them() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    server.turning().await;
    let damaged = add_command(&place, "damaged", "0 3 * * *", "true").await;
    let closed = add_command(&place, "closed", "0 3 * * *", "true").await;
    let other = add_command(&place, "other", "0 3 * * *", "true").await;
    jcrontab(&place, &["task", "close", &closed, "--json"])
        .await
        .json();
    let set = format!("UPDATE task SET execution = '{{' WHERE id IN ({damaged}, {closed})");
    place.database.execute(&set).await;
    let found = async || {
        let doctor = jcrontab(&place, &["doctor", "--json"]).await;
        let report: Value = serde_json::from_str(&doctor.out).expect("JSON");
        let checks = report["checks"].as_array().expect("checks").clone();
        let found = checks
            .into_iter()
            .find(|check| check["name"] == "unreadable_rows");
        let found = found.expect("it is named, although nothing has listed it");
        assert_eq!((doctor.code, &found["status"]), (1, &json!("fail")));
        found["text"].as_str().expect("text").to_owned()
    };
    let text = found().await;
    let row = |id: &str, state: &str| {
        format!(
            "task {id} (the database holds task.execution \"{{\", which this version does not know) {state}"
        )
    };
    assert!(text.contains(&row(&damaged, "still runs as it had been read before")));
    assert!(text.contains(&row(&closed, "does not run")), "{text}");
    let path = place.data().join("tasks.yaml");
    let export = ["export", "-o", path.to_str().expect("a path")];
    let exported = jcrontab(&place, &export).await;
    assert_eq!(exported.code, 1, "{exported:?}");
    assert!(exported.err.contains(&format!("{damaged},{closed}")));
    let file = std::fs::read_to_string(&path).expect("the file");
    assert!(file.contains("name: other") && !file.contains("name: damaged"));
    assert!(
        file.contains(&format!("# Task {damaged} cannot be read")),
        "{file}"
    );
    let refused = jcrontab(&place, &["task", "show", &damaged]).await;
    assert!(refused.refused(4).contains("task.execution"), "{refused:?}");
    let paused = jcrontab(&place, &["task", "pause", &damaged, "--json"]).await;
    assert_eq!(paused.json()["state"], "paused");
    // Once the server has seen that, it does not run it any more.
    let seen = async { while !found().await.contains(&row(&damaged, "does not run")) {} };
    in_time("the server to see the pause", seen).await;
    for id in [&damaged, &closed] {
        let deleted = jcrontab(&place, &["task", "delete", id, "--yes", "--json"]).await;
        assert_eq!(deleted.json()["deleted"], true);
    }
    let shown = jcrontab(&place, &["task", "show", &other, "--json"]).await;
    assert_eq!(shown.json()["name"], "other");
    assert_eq!(server.stop().await, 0);
}
