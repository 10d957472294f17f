//! The audit log: it and the change succeed or fail together.

use std::collections::BTreeSet;

use app::auth::Role;
use serde_json::{Value, json};

use super::helpers::database::{Database, mysql_server};
use super::helpers::{Browser, TestApp};
use super::sessions::{PASSWORD, account, sign_in};
use requests::requests;
use things::one_of_each;

mod conflicts;
mod forms;
mod requests;
mod stops;
mod things;

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
        "sessions",
        "channels",
        "pictures",
        "secrets",
        "pools",
        "imports",
        "calendars",
        "blackouts",
        "rules",
        "summaries",
        "tickets",
        "tickets/defaults",
        "oncall",
        "people",
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
    let made = one_of_each(&app, &admin).await;
    refuse_audit(&app).await;
    let before = everything(&admin).await;

    let table = requests(&made);
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
    let stop = format!("/api/v1/runs/{}/stop", made.run);
    admin.call("POST", &stop, None).await.expect(202);
    app.ended(made.run).await;
    let started = admin
        .post(
            &format!("/api/v1/tasks/{}/run", made.task),
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
