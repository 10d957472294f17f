//! The audit log as administrators read it: who did what, from where, by which door, what it changed, what was refused.

mod chain;
mod doors;

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::audit::AuditChain;
use server::clock::Clock;
use server::loops::Periodic;
use server::service::AuditSeal;

use super::helpers::{Browser, TestApp};
use super::sessions::{PASSWORD, account, sign_in};

const HERE: &str = "198.51.100.7";

/// A turn of the loop that seals entries and writes counts.
async fn seal(app: &TestApp) {
    let seal = AuditSeal {
        service: std::sync::Arc::downgrade(&app.service),
        more: tokio::sync::Notify::new(),
    };
    seal.turn().await.expect("a turn");
}

/// The entries that match, newest first.
async fn entries(admin: &Browser, query: &str) -> Vec<Value> {
    let page = admin.get(&format!("/api/v1/audit?{query}")).await;
    let page = page.expect(200);
    page["items"].as_array().expect("entries").clone()
}

/// An administrator, signed in.
async fn boss(app: &TestApp) -> Browser {
    account(app, "boss", Role::Admin).await;
    let admin = app.browser().at(HERE);
    assert_eq!(sign_in(&admin, "boss", PASSWORD).await, 303);
    admin
}

#[tokio::test]
async fn a_change_has_who_where_by_which_door_and_each_field_before_and_after() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    for slots in [1, 3] {
        let put = admin
            .call("PUT", "/api/v1/pools/db", Some(json!({"slots": slots})))
            .await;
        put.expect(200);
    }
    let found = entries(&admin, "object=pool&limit=1").await;
    let entry = &found[0];
    for (field, value) in [
        ("who", json!("boss")),
        ("via", json!("session")),
        ("client", json!(HERE)),
        ("action", json!("pool.update")),
        ("outcome", json!("done")),
        ("times", json!(1)),
        (
            "changes",
            json!([{"field": "slots", "before": "1", "after": "3"}]),
        ),
    ] {
        assert_eq!(entry[field], value, "{entry}");
    }
    let one = admin.get(&format!("/api/v1/audit/{}", entry["id"])).await;
    assert_eq!(one.expect(200), *entry);
    admin.get("/api/v1/audit/987654").await.expect(404);

    let task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let task = admin.post("/api/v1/tasks", task).await.expect(201);
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let patch = json!({"execution": {"retry": {"attempts": "3"}}});
    admin.call("PATCH", &path, Some(patch)).await.expect(200);
    let object = format!("object=task:{}&action=task.update", task["id"]);
    let changes = entries(&admin, &object).await[0]["changes"].clone();
    let fields: Vec<&str> = changes
        .as_array()
        .expect("changes")
        .iter()
        .filter_map(|change| change["field"].as_str())
        .collect();
    assert_eq!(fields, ["execution.retry.attempts"], "{changes}");
}

#[tokio::test]
async fn what_is_deleted_is_recorded_and_secrets_are_not() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    let channel = |url: &str| json!({"name": "ops", "kind": "webhook", "url": url});
    let made = admin
        .post("/api/v1/channels", channel("http://127.0.0.1:9/first-key"))
        .await
        .expect(201);
    let path = format!("/api/v1/channels/{}", made["id"]);
    let put = channel("http://127.0.0.1:9/second-key");
    admin.call("PUT", &path, Some(put)).await.expect(200);
    admin.call("DELETE", &path, None).await.expect(204);
    let found = entries(&admin, "object=channel").await;
    let all = json!(found).to_string();
    assert!(
        !all.contains("first-key") && !all.contains("second-key"),
        "{all}"
    );
    let has = |at: usize, change: Value| {
        let changes = found[at]["changes"].as_array().expect("changes").clone();
        assert!(changes.contains(&change), "{change} is not in {changes:?}");
    };
    has(0, json!({"field": "name", "before": "ops", "after": null}));
    has(1, json!({"field": "url", "before": "…", "after": "…"}));
    has(
        2,
        json!({"field": "kind", "before": null, "after": "webhook"}),
    );
    let user = json!({"name": "vi", "password": "quite another one", "role": "viewer"});
    admin.post("/api/v1/users", user).await.expect(201);
    let made = json!(entries(&admin, "action=user.create&limit=1").await).to_string();
    assert!(
        !made.contains("argon2") && !made.contains("quite another"),
        "{made}"
    );
}

#[tokio::test]
async fn refused_requests_are_recorded_with_their_route_and_never_with_a_secret() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    account(&app, "vi", Role::Viewer).await;
    let viewer = app.browser().at("203.0.113.9");
    assert_eq!(sign_in(&viewer, "vi", PASSWORD).await, 303);
    viewer
        .call("DELETE", "/api/v1/tasks/12", None)
        .await
        .expect(403);
    viewer.get("/api/v1/users").await.expect(403);
    let page = viewer.open("/audit").await;
    assert_eq!(page.status, 403, "{}", page.text());
    viewer.get("/api/v1/audit").await.expect(403);
    viewer.get("/api/v1/audit/verify").await.expect(403);
    let query = "outcome=refused&who=vi";
    let found = entries(&admin, query).await;
    assert_eq!(found.len(), 1, "the first of a minute: {found:?}");
    for (field, value) in [
        ("action", "access"),
        ("via", "session"),
        ("client", "203.0.113.9"),
        ("detail", "DELETE /api/v1/tasks/12"),
    ] {
        assert_eq!(found[0][field], json!(value));
    }
    app.clock.advance(TimeDelta::seconds(60));
    seal(&app).await;
    let found = entries(&admin, query).await;
    assert_eq!(found.len(), 1, "all of a minute: {found:?}");
    assert_eq!(found[0]["times"], json!(5));
    assert_eq!(found[0]["detail"], json!("DELETE /api/v1/tasks/12"));
    // Once its number is final the entry is sealed, and the chain is whole.
    app.clock.advance(TimeDelta::seconds(60));
    seal(&app).await;
    let checked = admin.get("/api/v1/audit/verify").await.expect(200);
    assert_eq!(
        (&checked["finding"], &checked["unsealed"]),
        (&Value::Null, &json!(false))
    );
}

#[tokio::test]
async fn refused_attempts_of_the_running_minute_are_counted_in_the_log_and_survive_a_kill() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    account(&app, "vi", Role::Viewer).await;
    let viewer = app.browser().at("203.0.113.9");
    assert_eq!(sign_in(&viewer, "vi", PASSWORD).await, 303);
    let query = "outcome=refused&who=vi";
    for (refused, counted) in [(3, 3), (2, 5)] {
        for _ in 0..refused {
            viewer.get("/api/v1/users").await.expect(403);
        }
        app.clock.advance(TimeDelta::seconds(5));
        seal(&app).await;
        // What is here is what a server that is killed leaves.
        let found = entries(&admin, query).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["times"], json!(counted));
    }
    // Where another server has sealed it too early, the rest is an entry of its own.
    viewer.get("/api/v1/users").await.expect(403);
    let chain = AuditChain::new(app.components.store.clone(), app.components.sealer.clone());
    let later = app.clock.now() + TimeDelta::minutes(2);
    chain.seal(10, later).await.expect("sealed");
    seal(&app).await;
    let found = entries(&admin, query).await;
    let times: Vec<&Value> = found.iter().map(|one| &one["times"]).collect();
    assert_eq!(times, [&json!(1), &json!(5)]);
    let checked = admin.get("/api/v1/audit/verify").await.expect(200);
    assert_eq!(checked["finding"], Value::Null);
}

#[tokio::test]
async fn what_does_not_exist_for_the_caller_is_recorded_as_refused() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    account(&app, "vi", Role::Viewer).await;
    let viewer = app.browser().at("203.0.113.9");
    assert_eq!(sign_in(&viewer, "vi", PASSWORD).await, 303);
    let token = json!({"user": "boss"});
    viewer.post("/api/v1/tokens", token).await.expect(404);
    let found = entries(&admin, "outcome=refused&who=vi").await;
    assert_eq!(found[0]["detail"], json!("a token for boss"));
}

#[tokio::test]
async fn signing_in_and_out_is_recorded_and_wrong_passwords_are_counted() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    account(&app, "vi", Role::Viewer).await;
    let guesser = app.browser().at("203.0.113.9");
    for password in ["first wrong one", "second wrong one", "third wrong one"] {
        assert_eq!(sign_in(&guesser, "vi", password).await, 401);
    }
    let typed_in_the_wrong_field = "my own pass phrase";
    assert_eq!(
        sign_in(&guesser, typed_in_the_wrong_field, PASSWORD).await,
        401
    );
    app.clock.advance(TimeDelta::minutes(1));
    seal(&app).await;
    let found = entries(&admin, "action=sign_in&outcome=refused").await;
    let seen = found.iter().map(|entry| {
        let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        (text("who"), text("client"), entry["times"].as_i64())
    });
    let from = || "203.0.113.9".to_owned();
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            (String::new(), from(), Some(1)),
            ("vi".to_owned(), from(), Some(3)),
        ]
    );
    assert!(!json!(found).to_string().contains("pass phrase"));
    let vi = app.browser().at("203.0.113.10");
    assert_eq!(sign_in(&vi, "vi", PASSWORD).await, 303);
    assert_eq!(vi.submit("/logout", &[]).await.status, 303);
    let acts = entries(&admin, "who=vi&outcome=done").await;
    let acts: Vec<&str> = acts
        .iter()
        .filter_map(|one| one["action"].as_str())
        .collect();
    assert_eq!(acts, ["sign_out", "sign_in"]);
    // Signing out without a session is none.
    assert_eq!(app.browser().submit("/logout", &[]).await.status, 303);
    assert_eq!(entries(&admin, "action=sign_out").await.len(), 1);
}

#[tokio::test]
async fn a_token_is_recorded_once_for_each_address_and_a_wrong_one_is_refused() {
    let app = TestApp::new().await;
    let admin = boss(&app).await;
    let token = app.token("script", Role::Viewer).await;
    let script = |address: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        app.browser().at(address).with("authorization", &bearer)
    };
    for address in ["203.0.113.9", "203.0.113.9", "203.0.113.10", "203.0.113.9"] {
        script(address, &token)
            .get("/api/v1/tasks")
            .await
            .expect(200);
    }
    let found = entries(&admin, "action=token.use").await;
    let from: Vec<&str> = found
        .iter()
        .filter_map(|one| one["client"].as_str())
        .collect();
    assert_eq!(from, ["203.0.113.10", "203.0.113.9"]);
    assert!(found.iter().all(|one| one["who"] == json!("script")));
    // Another process knows what this one has recorded.
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &[]).await;
    let bearer = format!("Bearer {token}");
    let again = app
        .browser()
        .at("203.0.113.10")
        .with("authorization", &bearer);
    again.get("/api/v1/tasks").await.expect(200);
    let wrong = app
        .browser()
        .at("203.0.113.11")
        .with("authorization", "Bearer jct_wrong");
    wrong.get("/api/v1/tasks").await.expect(401);
    let rows = "SELECT CONCAT_WS(' ', COALESCE(outcome, 'done'), client) FROM audit \
                WHERE action = 'token.use' ORDER BY id";
    assert_eq!(
        app.place.database.rows(rows).await,
        [
            "done 203.0.113.9",
            "done 203.0.113.10",
            "refused 203.0.113.11"
        ]
    );
}
