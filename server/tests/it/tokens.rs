//! API tokens: names, scopes, lifetimes, last use, and what is announced before they expire.

use std::sync::Arc;

use app::auth::Role;
use app::backend::Rules;
use app::channel::ChannelKind;
use app::rule::{RuleDraft, ScopeKind};
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::loops::Periodic;
use server::service::LookAhead;

use super::helpers::{Browser, TestApp, draft, in_time};

/// Creates a token; gives its id and a program with it.
async fn create(app: &TestApp, browser: &Browser, body: Value) -> (Value, Browser) {
    let made = browser.post("/api/v1/tokens", body).await.expect(201);
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let program = app.browser().with("authorization", &bearer);
    (made["id"].clone(), program)
}

/// The tokens that a browser's account may see.
async fn listed(browser: &Browser) -> Vec<Value> {
    let listed = browser.get("/api/v1/tokens").await.expect(200);
    listed["items"].as_array().expect("tokens").clone()
}

#[tokio::test]
async fn a_token_has_a_name_scopes_and_an_end() {
    let app = TestApp::new().await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    for (body, faults) in [
        (json!({}), vec![("name", "required")]),
        (json!({"name": "  "}), vec![("name", "required")]),
        (json!({"name": "a\nb"}), vec![("name", "invalid")]),
        (json!({"name": "x".repeat(65)}), vec![("name", "invalid")]),
        (
            json!({"name": "ci", "scopes": ["read", "deploy"], "expires": "soon"}),
            vec![("scopes", "unknown"), ("expires", "invalid")],
        ),
        (
            json!({"name": "ci", "expires": "1831d"}),
            vec![("expires", "invalid")],
        ),
    ] {
        let reply = vi.post("/api/v1/tokens", body.clone()).await;
        let expected: Vec<(String, String)> = faults
            .iter()
            .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!((reply.status, reply.faults()), (422, expected), "{body}");
    }
    assert!(listed(&vi).await.is_empty());
    create(&app, &vi, json!({"name": " ci "})).await;
    let body = json!({"name": "CI 部署", "scopes": ["run", "read", "run"], "expires": "never"});
    create(&app, &vi, body).await;
    let tokens = listed(&vi).await;
    let seen = |at: usize, field: &str| tokens[at][field].clone();
    assert_eq!(seen(1, "name"), "ci");
    assert_eq!(seen(1, "user"), "vi");
    assert_eq!(seen(1, "scopes"), json!(["read"]));
    assert_eq!(seen(1, "expires_at"), "2027-02-20T08:00:00Z");
    assert_eq!(seen(0, "name"), "CI 部署");
    assert_eq!(seen(0, "scopes"), json!(["read", "run"]));
    assert_eq!(seen(0, "expires_at"), Value::Null);
    assert_eq!(seen(0, "last_used_from"), Value::Null);
    let noted = "SELECT who, detail FROM audit WHERE action = 'token.create' ORDER BY id LIMIT 1";
    assert_eq!(app.place.database.rows(noted).await, ["vi|vi: ci, read"]);
}

#[tokio::test]
async fn a_token_that_may_read_changes_nothing_and_what_it_tried_is_recorded() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let (_, reader) = create(&app, &admin, json!({"name": "ci"})).await;
    let reader = reader.with("accept-language", "en");
    reader.get("/api/v1/tasks").await.expect(200);
    let path = format!("/api/v1/tasks/{task}/run");
    let refused = reader.post(&path, json!({})).await.expect(403);
    assert_eq!(refused["code"], "token.scope");
    assert_eq!(
        refused["title"],
        "The API token does not have the scope run"
    );
    assert_eq!(app.runs(task).await, []);
    let found = "/api/v1/audit?outcome=refused&via=token";
    let found = admin.get(found).await.expect(200);
    let entry = &found["items"][0];
    assert_eq!(entry["who"], "ada");
    assert_eq!(entry["detail"], format!("POST {path}"));
    // With the scope it runs, and still creates nothing.
    let body = json!({"name": "runner", "scopes": ["run"]});
    let (_, runner) = create(&app, &admin, body).await;
    runner.post(&path, json!({})).await.expect(202);
    runner.get("/api/v1/tasks").await.expect(403);
    let new = json!({"name": "n", "cron": "* * * * *", "command": "true"});
    runner.post("/api/v1/tasks", new).await.expect(403);
}

#[tokio::test]
async fn a_token_is_refused_from_its_end_on_and_one_without_an_end_is_not() {
    let app = TestApp::new().await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let (_, ending) = create(&app, &vi, json!({"name": "a", "expires": "30d"})).await;
    let (_, lasting) = create(&app, &vi, json!({"name": "b", "expires": "never"})).await;
    app.clock
        .advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    ending.get("/api/v1/tasks").await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    ending.get("/api/v1/tasks").await.expect(401);
    app.clock.advance(TimeDelta::days(3_000));
    lasting.get("/api/v1/tasks").await.expect(200);
}

#[tokio::test]
async fn the_last_use_of_a_token_is_recorded_once_a_minute_with_its_address() {
    let app = TestApp::new().await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let (_, program) = create(&app, &vi, json!({"name": "ci"})).await;
    let here = program.at("203.0.113.9");
    let used = async |at: &str, address: &str| {
        let is_noted = async || {
            let token = listed(&vi).await.remove(0);
            token["last_used_at"] == at && token["last_used_from"] == address
        };
        in_time("the note of a use", async {
            while !is_noted().await {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    here.get("/api/v1/tasks").await.expect(200);
    used("2026-11-22T08:00:00Z", "203.0.113.9").await;
    let there = here.at("198.51.100.7");
    app.clock.advance(TimeDelta::seconds(59));
    there.get("/api/v1/tasks").await.expect(200);
    used("2026-11-22T08:00:00Z", "203.0.113.9").await;
    app.clock.advance(TimeDelta::seconds(2));
    there.get("/api/v1/tasks").await.expect(200);
    used("2026-11-22T08:01:01Z", "198.51.100.7").await;
}

#[tokio::test]
async fn an_account_has_at_most_fifty_valid_tokens() {
    let app = TestApp::new().await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let jo = app.signed_in("jo", Role::Viewer).await;
    let body = json!({"name": "ci", "expires": "1d"});
    for _ in 0..50 {
        create(&app, &vi, body.clone()).await;
    }
    let refused = vi.post("/api/v1/tokens", body.clone()).await.expect(409);
    assert_eq!(refused["code"], "token.too_many");
    create(&app, &jo, body.clone()).await;
    // Those that have expired count no more.
    app.clock.advance(TimeDelta::days(1));
    create(&app, &vi, body).await;
}

#[tokio::test]
async fn no_person_creates_a_token_in_the_name_of_another() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let of = |user: &str| json!({"name": "ci", "user": user});
    let refused = admin.post("/api/v1/tokens", of("vi")).await.expect(403);
    assert_eq!(refused["code"], "token.of_another");
    admin
        .post("/api/v1/tokens", of("no-such"))
        .await
        .expect(404);
    vi.post("/api/v1/tokens", of("ada")).await.expect(404);
    assert!(listed(&admin).await.is_empty());
    // The console of the server's host has no name of its own to use.
    let console = app.console();
    let draft = app::user::TokenDraft {
        name: "backup".to_owned(),
        ..app::user::TokenDraft::default()
    };
    let refused = app.service.create_token(&console, None, &draft).await;
    assert_eq!(
        refused.err().map(|error| error.code),
        Some("invalid".into())
    );
    let draft = app::user::TokenDraft {
        user: "vi".to_owned(),
        ..draft
    };
    let made = app.service.create_token(&console, None, &draft).await;
    made.expect("a token");
    assert_eq!(listed(&vi).await[0]["name"], "backup");
    // Administrators see and revoke it.
    let id = listed(&admin).await[0]["id"].clone();
    let path = format!("/api/v1/tokens/{id}");
    admin.call("DELETE", &path, None).await.expect(204);
    assert!(listed(&vi).await.is_empty());
}

#[tokio::test]
async fn tokens_of_earlier_versions_keep_what_they_could_do() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let (_, program) = create(&app, &admin, json!({"name": "ci"})).await;
    let database = &app.place.database;
    let before = "UPDATE api_token SET name = NULL, scopes = NULL, expires_at = NULL";
    database.execute(before).await;
    program.get("/api/v1/users").await.expect(200);
    let path = format!("/api/v1/tasks/{task}/run");
    program.post(&path, json!({})).await.expect(202);
    program.get("/api/v1/secrets").await.expect(200);
    assert_eq!(program.get("/metrics").await.status, 200);
    let token = listed(&admin).await.remove(0);
    assert_eq!(token["name"], "");
    assert_eq!(
        token["scopes"],
        json!(["read", "run", "write", "admin", "ping", "metrics"])
    );
}

#[tokio::test]
async fn the_end_of_a_token_is_announced_a_week_ahead_to_its_owner_and_administrators() {
    let app = TestApp::new().await;
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/hook")
        .await;
    let rule = RuleDraft {
        scope: ScopeKind::System,
        channel_id: Some(channel.id.0),
        events: vec!["token_expires".to_owned()],
        ..RuleDraft::default()
    };
    let console = app.console();
    let added = app.service.rule_create(&console, &rule).await;
    added.expect("a rule");
    let admin = app.signed_in("ada", Role::Admin).await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let jo = app.signed_in("jo", Role::Viewer).await;
    create(&app, &vi, json!({"name": "ci-deploy", "expires": "8d"})).await;
    create(&app, &vi, json!({"name": "endless", "expires": "never"})).await;
    let look = async || {
        let service = Arc::downgrade(&app.service);
        LookAhead { service }.turn().await.expect("a turn");
        let sent = "SELECT facts FROM message WHERE event = 'token_expires'";
        app.place.database.rows(sent).await
    };
    app.clock
        .advance(TimeDelta::days(1) - TimeDelta::seconds(1));
    assert!(look().await.is_empty());
    app.clock.advance(TimeDelta::seconds(1));
    look().await;
    let sent = look().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].contains("ci-deploy") && sent[0].contains("vi"));
    // On the pages of whom it concerns.
    for (browser, concerned) in [(&vi, true), (&admin, true), (&jo, false)] {
        let page = browser.open("/").await.text();
        assert_eq!(page.contains("ci-deploy"), concerned);
    }
    let page = vi.open("/account").await.text();
    assert!(page.contains("即将到期"), "{page}");
    // It is over.
    app.clock.advance(TimeDelta::days(6));
    assert!(vi.open("/").await.text().contains("ci-deploy"));
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(look().await.len(), 1);
    assert!(!vi.open("/").await.text().contains("ci-deploy"));
}

#[tokio::test]
async fn the_page_of_the_own_account_creates_lists_and_revokes_tokens() {
    let app = TestApp::new().await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let fields = [
        ("form", "token"),
        ("name", "report"),
        ("expires", "365d"),
        ("read", "true"),
        ("run", "true"),
    ];
    let made = vi.submit("/account", &fields).await;
    assert_eq!(made.status, 200);
    let page = made.text();
    let at = page.find("jct_").expect("the token");
    let token: String = page[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect();
    let program = app
        .browser()
        .with("authorization", &format!("Bearer {token}"));
    program.get("/api/v1/tasks").await.expect(200);
    let page = vi.open("/account").await.text();
    assert!(page.contains("report") && !page.contains(&token), "{page}");
    let wrong = vi
        .submit("/account", &[("form", "token"), ("name", "")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("aria-invalid=\"true\""));
    let token = listed(&vi).await.remove(0);
    assert_eq!(token["scopes"], json!(["read", "run"]));
    let id = token["id"].to_string();
    let revoked = vi.submit("/fn/token_revoke", &[("id", &id)]).await;
    assert_eq!(revoked.status, 302);
    program.get("/api/v1/tasks").await.expect(401);
}
