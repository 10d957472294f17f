//! What is deleted beside runs: tickets with their history, and rows that servers and programs leave.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::json;

use super::super::helpers::TestApp;
use super::{ids, installation, keep, now, task, text, turn};

/// A ticket with two urges and two entries, opened and ended so many days ago; past the product.
async fn ticket(app: &TestApp, id: i64, state: &str, opened: i64, ended: Option<i64>) {
    let at = |days: i64| text(now() - TimeDelta::days(days));
    let (opened_at, done_at) = (at(opened), ended.map_or_else(|| "NULL".to_owned(), at));
    let expires = at(-1);
    let open_key = match ended {
        Some(_) => "NULL".to_owned(),
        None => format!("'firing:{id}'"),
    };
    let database = &app.place.database;
    database
        .execute(&format!(
            "INSERT INTO ticket (id, task_id, kind, state, level, owner, asked, opened_at, since, urges, urges_before, \
             expires_at, done_at, version, checked, open_key) VALUES ({id}, 1, 'firing', '{state}', 0, 'ann', '[]', \
             {opened_at}, {opened_at}, 2, 0, {expires}, {done_at}, 1, 0, {open_key})"
        ))
        .await;
    for n in 1..=2 {
        database
            .execute(&format!(
                "INSERT INTO ticket_urge (ticket_id, n, due_at, claimed_at, server, level, asked, outcome) VALUES \
                 ({id}, {n}, {opened_at}, {opened_at}, 'n', 0, '[]', 'queued')"
            ))
            .await;
        database
            .execute(&format!(
                "INSERT INTO ticket_event (ticket_id, at, what, who, detail) VALUES ({id}, {opened_at}, 'opened', 'ann', '')"
            ))
            .await;
    }
}

#[tokio::test]
async fn tickets_that_ended_long_ago_go_with_their_history() {
    let app = installation().await;
    task(&app, "a").await;
    ticket(&app, 1, "done", 400, Some(390)).await;
    ticket(&app, 2, "open", 400, None).await;
    ticket(&app, 3, "snoozed", 400, None).await;
    // It was open for a year.
    ticket(&app, 4, "done", 400, Some(5)).await;
    ticket(&app, 5, "expired", 300, Some(200)).await;
    ticket(&app, 6, "done", 20, Some(10)).await;
    keep(&app, json!({})).await;
    turn(&app).await;
    assert_eq!(ids(&app, "ticket").await.len(), 6, "without a limit");
    let admin = app.signed_in("boss", Role::Admin).await;
    let policy = Some(json!({"ticket_days": 30}));
    let put = admin.call("PUT", "/api/v1/retention", policy).await;
    assert_eq!(put.expect(200)["ticket_days"], 30);
    turn(&app).await;
    assert_eq!(ids(&app, "ticket").await, [2, 3, 4, 6]);
    for table in ["ticket_urge", "ticket_event"] {
        let of = format!("SELECT DISTINCT ticket_id FROM {table} ORDER BY ticket_id");
        assert_eq!(
            app.place.database.integers(&of).await,
            [2, 3, 4, 6],
            "{table}"
        );
    }
}

#[tokio::test]
async fn many_tickets_that_are_kept_hide_none_that_is_not() {
    let app = installation().await;
    task(&app, "a").await;
    for id in 1..=210 {
        ticket(&app, id, "done", 400, Some(5)).await;
    }
    for id in 211..=260 {
        ticket(&app, id, "done", 300, Some(200)).await;
    }
    keep(&app, json!({"ticket_days": 30})).await;
    turn(&app).await;
    let left = ids(&app, "ticket").await;
    assert_eq!((left.len(), left.last()), (210, Some(&210)));
}

#[tokio::test]
async fn a_ticket_that_is_reopened_stays_with_its_history() {
    let app = installation().await;
    task(&app, "a").await;
    ticket(&app, 1, "done", 400, Some(390)).await;
    let (store, database) = (&app.components.store, &app.place.database);
    let reopen = "UPDATE ticket SET state = 'open', open_key = 'firing:1' WHERE id = 1";
    database.execute(reopen).await;
    let deleted = store.delete_old_tickets(now(), 20).await;
    assert_eq!(deleted.expect("deleted"), 0);
    assert_eq!(ids(&app, "ticket").await, [1]);
    assert_eq!(database.count("SELECT COUNT(*) FROM ticket_urge").await, 2);
}

#[tokio::test]
async fn expired_tokens_and_servers_that_stopped_long_ago_go() {
    let app = installation().await;
    let database = &app.place.database;
    app.token("old", Role::Viewer).await;
    app.token("new", Role::Viewer).await;
    app.token("without", Role::Viewer).await;
    let at = |days: i64| text(now() - TimeDelta::days(days));
    for (id, end) in [(1, at(91)), (2, at(89))] {
        let expire = format!("UPDATE api_token SET expires_at = {end} WHERE id = {id}");
        database.execute(&expire).await;
    }
    for (id, stopped) in [("a", at(500)), ("b", at(20)), ("c", "NULL".to_owned())] {
        let started = at(600);
        let row = format!(
            "INSERT INTO node (id, host_key, hostname, version, started_at, heartbeat_at, stopped_at) VALUES \
             ('{id}', '{id}', 'h', '0', {started}, {started}, {stopped})"
        );
        database.execute(&row).await;
    }
    keep(&app, json!({"run_days": 400})).await;
    turn(&app).await;
    let tokens = database
        .integers("SELECT id FROM api_token ORDER BY id")
        .await;
    assert_eq!(tokens, [2, 3]);
    let gone = "SELECT COUNT(*) FROM node WHERE id = 'a'";
    let stay = "SELECT COUNT(*) FROM node WHERE id IN ('b', 'c')";
    assert_eq!(database.count(gone).await, 0);
    assert_eq!(database.count(stay).await, 2);
}

#[tokio::test]
async fn old_changes_of_tasks_go_except_the_newest() {
    let app = installation().await;
    let database = &app.place.database;
    database.execute("DELETE FROM task_change").await;
    let (old, new) = (text(now() - TimeDelta::days(8)), text(now()));
    for (seq, at) in [(1, &old), (2, &old), (3, &new), (4, &old), (10_005, &old)] {
        let row = format!("INSERT INTO task_change (seq, task_id, at) VALUES ({seq}, 1, {at})");
        database.execute(&row).await;
    }
    let counted = "UPDATE cluster SET change_counter = 10002";
    database.execute(counted).await;
    turn(&app).await;
    let left = "SELECT seq FROM task_change ORDER BY seq";
    assert_eq!(database.integers(left).await, [3, 4, 10_005]);
}
