//! Grants of secrets, and that every node learns of changes.

use app::backend::Tasks;
use app::id::TaskId;
use serde_json::{Value, json};
use server::clock::Clock;
use server::store::LiveRow;

use super::super::helpers::{Browser, TestApp, draft};
use super::admin;

/// Tasks whose changes were noted since the last call.
async fn noted(app: &TestApp, seen: &mut i64) -> Vec<i64> {
    let changes = app
        .components
        .store
        .changes_since(*seen)
        .await
        .expect("changes");
    if let Some(last) = changes.last() {
        *seen = last.seq;
    }
    let mut tasks: Vec<i64> = changes.iter().map(|change| change.task_id.0).collect();
    tasks.sort_unstable();
    tasks
}

async fn names(app: &TestApp, task: TaskId) -> Vec<String> {
    let live = app.components.store.live_task(task).await;
    let LiveRow::Live(live) = live.expect("the database") else {
        panic!("the task is not there");
    };
    live.secrets
        .iter()
        .map(|secret| secret.name.clone())
        .collect()
}

async fn change(admin: &Browser, body: Value) -> Value {
    admin
        .call("PATCH", "/api/v1/secrets/1", Some(body))
        .await
        .expect(200)
}

#[tokio::test]
async fn every_change_of_what_a_task_gets_is_a_change_of_the_task() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let mut tasks = Vec::new();
    for name in ["a", "b", "c"] {
        tasks.push(app.add(draft(name, "0 0 1 1 *", "true")).await.id);
    }
    let (a, b, c) = (tasks[0], tasks[1], tasks[2]);
    let mut seen = 0;
    noted(&app, &mut seen).await;

    let body =
        json!({"name": "KEY", "value": "abcdef", "tasks": ["a", format!("#{b}"), b.to_string()]});
    admin.post("/api/v1/secrets", body).await.expect(201);
    assert_eq!(noted(&app, &mut seen).await, [a.0, b.0]);
    assert_eq!(names(&app, a).await, ["KEY"]);
    assert_eq!(names(&app, c).await, Vec::<String>::new());

    // A value affects all that have it, a note none.
    change(&admin, json!({"value": "ghijkl"})).await;
    assert_eq!(noted(&app, &mut seen).await, [a.0, b.0]);
    let before = change(&admin, json!({"note": "n"})).await;
    assert_eq!(noted(&app, &mut seen).await, Vec::<i64>::new());
    // One more and one less: these two. Existing grants: none.
    app.clock
        .set(app.clock.now() + chrono::TimeDelta::seconds(5));
    let after = change(&admin, json!({"grant": ["c"], "revoke": ["a"]})).await;
    assert_ne!(before["updated_at"], after["updated_at"]);
    assert_eq!(noted(&app, &mut seen).await, [a.0, c.0]);
    assert_eq!(names(&app, a).await, Vec::<String>::new());
    change(&admin, json!({"grant": ["c"], "revoke": ["a"]})).await;
    assert_eq!(noted(&app, &mut seen).await, Vec::<i64>::new());
    // A value together with other tasks: who had it and who has it.
    change(&admin, json!({"value": "mnopqr", "tasks": ["a"]})).await;
    assert_eq!(noted(&app, &mut seen).await, [a.0, b.0, c.0]);
    let unknown = admin
        .call(
            "PATCH",
            "/api/v1/secrets/1",
            Some(json!({"revoke": ["nobody"]})),
        )
        .await;
    assert_eq!(
        unknown.faults(),
        [("revoke".to_owned(), "unknown".to_owned())]
    );
    assert_eq!(noted(&app, &mut seen).await, Vec::<i64>::new());

    admin
        .call("DELETE", "/api/v1/secrets/1", None)
        .await
        .expect(204);
    assert_eq!(noted(&app, &mut seen).await, [a.0]);
    assert_eq!(names(&app, a).await, Vec::<String>::new());
    let done = app
        .place
        .database
        .rows("SELECT CONCAT_WS(': ', action, detail) FROM audit WHERE action LIKE 'secret.%' ORDER BY id")
        .await;
    assert_eq!(
        done,
        [
            format!("secret.create: KEY; grant #{a} #{b}"),
            "secret.update: KEY; value".to_owned(),
            "secret.update: KEY; note".to_owned(),
            format!("secret.update: KEY; grant #{c}; revoke #{a}"),
            "secret.update: KEY".to_owned(),
            format!("secret.update: KEY; value; grant #{a}; revoke #{b} #{c}"),
            format!("secret.delete: KEY; revoke #{a}"),
        ]
    );
}

#[tokio::test]
async fn a_task_takes_its_grants_along() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    for name in ["ONE", "TWO"] {
        let body = json!({"name": name, "value": "abcdef", "tasks": ["t"]});
        admin.post("/api/v1/secrets", body).await.expect(201);
    }
    assert_eq!(names(&app, task).await, ["ONE", "TWO"]);
    app.service
        .task_delete(&app.console(), task, None)
        .await
        .expect("deleted");
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM secret_grant")
            .await,
        0
    );
    let listed = admin.get("/api/v1/secrets").await.expect(200);
    assert_eq!(listed["items"][0]["tasks"], json!([]));
}

/// An id comes before a name that looks like one.
#[tokio::test]
async fn tasks_are_named_by_id_or_by_their_exact_name() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let first = app.add(draft("2", "0 0 1 1 *", "true")).await.id;
    let second = app.add(draft("77", "0 0 1 1 *", "true")).await.id;
    let third = app.add(draft("#x 1", "0 0 1 1 *", "true")).await.id;
    assert_eq!((first.0, second.0), (1, 2));
    for (text, meant) in [
        ("#2", second),
        (" #1 whatever ", first),
        ("77", second),
        ("#x 1", third),
    ] {
        let body = json!({"name": "KEY", "value": "abcdef", "tasks": [text]});
        let made = admin.post("/api/v1/secrets", body).await.expect(201);
        assert_eq!(made["tasks"][0]["id"], json!(meant.0), "{text}");
        let path = format!("/api/v1/secrets/{}", made["id"]);
        admin.call("DELETE", &path, None).await.expect(204);
    }
}
