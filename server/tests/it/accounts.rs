//! Accounts and tokens: lockout, guessing, and what a token may do.

use app::auth::Role;
use app::backend::Users;
use app::id::UserId;
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::TestApp;
use super::sessions::{PASSWORD, account, sign_in};

#[tokio::test]
async fn the_last_administrator_cannot_be_locked_out() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    app.signed_in("bob", Role::Editor).await;
    let refused = admin
        .call("PATCH", "/api/v1/users/1", Some(json!({"disabled": true})))
        .await
        .expect(409);
    assert_eq!(refused["code"], "user.last_admin");
    admin
        .call("PATCH", "/api/v1/users/2", Some(json!({"disabled": true})))
        .await
        .expect(204);
    app.signed_in("cleo", Role::Admin).await;
    admin
        .call("PATCH", "/api/v1/users/3", Some(json!({"disabled": true})))
        .await
        .expect(204);
    admin
        .call("PATCH", "/api/v1/users/1", Some(json!({"disabled": true})))
        .await
        .expect(409);
}

#[tokio::test]
async fn of_two_administrators_disabled_at_the_same_moment_one_stays() {
    let app = TestApp::new().await;
    for name in ["ada", "bob"] {
        app.signed_in(name, Role::Admin).await;
    }
    let (service, console) = (&app.service, app.console());
    let set = async |id, disabled| {
        service
            .user_set_disabled(&console, UserId(id), None, disabled)
            .await
    };
    for _ in 0..20 {
        let (ada, bob) = tokio::join!(set(1, true), set(2, true));
        assert!(ada.is_ok() != bob.is_ok(), "{ada:?}, {bob:?}");
        let disabled = if ada.is_ok() { 1 } else { 2 };
        set(disabled, false).await.expect("the other is left");
    }
}

#[tokio::test]
async fn a_token_that_may_not_manage_accounts_is_refused_with_the_reason() {
    let app = TestApp::new().await;
    let admin = format!("Bearer {}", app.token("ada", Role::Admin).await);
    let viewer = format!("Bearer {}", app.token("vi", Role::Viewer).await);
    let user = json!({"name": "bob", "password": "quite a password", "role": "viewer"});
    for (path, body) in [
        ("/api/v1/users", user),
        ("/api/v1/tokens", json!({"user": "ada"})),
    ] {
        for (lang, reason, step) in [
            ("zh", "API 令牌不能管理账号", "登录"),
            ("en", "API tokens cannot manage accounts", "Sign in"),
        ] {
            let program = app.browser().with("authorization", &admin);
            let program = program.with("accept-language", lang);
            let refused = program.post(path, body.clone()).await.expect(403);
            assert_eq!(refused["code"], "forbidden");
            let text = |name: &str| refused[name].as_str().unwrap_or_default().to_owned();
            assert!(text("title").contains(reason), "{refused}");
            assert!(text("detail").contains(step), "{refused}");
        }
    }
    // Where the role is the reason, it stays the reason.
    let program = app.browser().with("authorization", &viewer);
    let refused = program.post("/api/v1/users", json!({})).await.expect(403);
    assert_eq!(refused["detail"], "请联系管理员");
}

#[tokio::test]
async fn an_account_gets_another_role_and_is_deleted_with_its_sessions() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let bob = app.signed_in("bob", Role::Viewer).await;
    let (ada, own) = ("/api/v1/users/1", "/api/v1/users/2");
    let set = async |path: &str, role: &str| {
        let body = Some(json!({"role": role}));
        admin.call("PATCH", path, body).await
    };
    let task = json!({"name": "n", "cron": "* * * * *", "command": "true"});
    bob.post("/api/v1/tasks", task.clone()).await.expect(403);
    set(own, "editor").await.expect(204);
    bob.post("/api/v1/tasks", task).await.expect(201);
    assert_eq!(
        set(own, "king").await.faults(),
        [("role".to_owned(), "unknown".to_owned())]
    );
    // The last administrator keeps the role and the account.
    for refused in [
        set(ada, "editor").await,
        admin.call("DELETE", ada, None).await,
    ] {
        assert_eq!(refused.expect(409)["code"], "user.last_admin");
    }
    admin.call("DELETE", own, None).await.expect(204);
    admin.call("DELETE", own, None).await.expect(404);
    assert_eq!(bob.get("/api/v1/tasks").await.status, 401);
    assert_eq!(sign_in(&app.browser(), "bob", PASSWORD).await, 401);
    let list = admin.get("/api/v1/tasks").await.expect(200);
    assert_eq!(list["items"][0]["name"], "n", "tasks stay");
    let noted = "SELECT who, action, detail FROM audit WHERE action LIKE 'user.%' \
                 AND action <> 'user.create' ORDER BY id";
    assert_eq!(
        app.place.database.rows(noted).await,
        ["ada|user.role|viewer → editor", "ada|user.delete|bob"]
    );
}

#[tokio::test]
async fn guessing_gets_slower() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    let guesser = app.browser();
    for _ in 0..5 {
        assert_eq!(sign_in(&guesser, "ada", "wrong password").await, 401);
    }
    assert_eq!(sign_in(&guesser, "ada", "wrong password").await, 429);
    assert_eq!(
        sign_in(&guesser, "ada", PASSWORD).await,
        429,
        "the right one has to wait as well"
    );
    let page = guesser
        .submit("/login", &[("name", "ada"), ("password", "x")])
        .await;
    assert!(page.text().contains("秒"), "it says how long");
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(sign_in(&guesser, "ada", "wrong password").await, 401);
    assert_eq!(sign_in(&guesser, "ada", PASSWORD).await, 429);
    app.clock.advance(TimeDelta::seconds(4));
    assert_eq!(sign_in(&guesser, "ada", PASSWORD).await, 303);
}

#[tokio::test]
async fn a_token_opens_the_api_and_makes_no_other_token() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let scopes = json!(["read", "run", "write", "admin"]);
    let made = admin
        .post("/api/v1/tokens", json!({"name": "ci", "scopes": scopes}))
        .await
        .expect(201);
    let secret = made["token"].as_str().expect("a token");
    assert!(secret.starts_with("jct_"));
    let program = app
        .browser()
        .with("authorization", &format!("Bearer {secret}"));
    program.get("/api/v1/users").await.expect(200);
    assert_eq!(
        program
            .post("/api/v1/tokens", json!({"user": "ada"}))
            .await
            .status,
        403
    );
    assert_eq!(
        program
            .submit("/account", &[("form", "token"), ("name", "ci")])
            .await
            .status,
        403
    );
    let listed = admin.get("/api/v1/tokens").await;
    assert!(!listed.text().contains(secret), "it is readable once");

    // Other users create and see only their own.
    let viewer = app.signed_in("vi", Role::Viewer).await;
    assert_eq!(
        viewer
            .post("/api/v1/tokens", json!({"user": "ada"}))
            .await
            .status,
        404
    );
    assert_eq!(
        viewer.get("/api/v1/tokens").await.expect(200)["items"],
        json!([])
    );
    assert_eq!(
        viewer.call("DELETE", "/api/v1/tokens/1", None).await.status,
        404
    );
    let own = viewer
        .post("/api/v1/tokens", json!({"user": "vi", "name": "own"}))
        .await
        .expect(201);
    assert_eq!(
        viewer.get("/api/v1/tokens").await.expect(200)["items"][0]["id"],
        own["id"]
    );

    for wrong in [
        format!("Bearer {secret}x"),
        format!("Basic {secret}"),
        "Bearer".to_owned(),
        "Bearer jct_".to_owned(),
    ] {
        // A wrong token never falls back to the cookie beside it.
        let status = app
            .signed_in(&format!("u{}", wrong.len()), Role::Admin)
            .await
            .with("authorization", &wrong)
            .get("/api/v1/tasks")
            .await
            .status;
        assert_eq!(status, 401, "{wrong}");
    }
    admin
        .call("DELETE", &format!("/api/v1/tokens/{}", made["id"]), None)
        .await
        .expect(204);
    assert_eq!(program.get("/api/v1/tasks").await.status, 401);
}

#[tokio::test]
async fn a_wrong_token_is_called_so_and_a_page_without_accounts_leads_to_the_set_up() {
    let app = TestApp::new().await;
    // Where there is no account, the set-up page says where its link is printed, and not what it is.
    let page = app.browser().open("/").await;
    assert_eq!((page.status, page.header("location")), (303, "/setup"));
    let page = app.browser().open("/setup").await.text();
    assert!(page.contains("journalctl -u jcrontab"), "{page}");

    let admin = app.signed_in("ada", Role::Admin).await;
    let page = app.browser().open("/").await;
    assert!(page.header("location").starts_with("/login"), "{page:?}");
    let made = admin
        .post("/api/v1/tokens", json!({"name": "ci"}))
        .await
        .expect(201);
    let secret = made["token"].as_str().expect("a token").to_owned();
    admin
        .call("DELETE", &format!("/api/v1/tokens/{}", made["id"]), None)
        .await
        .expect(204);
    let unknown = format!("jct_{}", "x".repeat(40));
    for token in [&secret, &unknown] {
        let program = app.browser().with("accept-language", "en");
        let program = program.with("authorization", &format!("Bearer {token}"));
        let refused = program.get("/api/v1/tasks").await.expect(401);
        assert_eq!(refused["code"], "unauthenticated");
        assert_eq!(refused["title"], "The token is unknown, expired or revoked");
        let hint = refused["detail"].as_str().unwrap_or_default();
        assert!(hint.contains("jcrontab token create"), "{refused}");
    }
    let stranger = app.browser().with("accept-language", "en");
    let refused = stranger.get("/api/v1/tasks").await.expect(401);
    assert_eq!(refused["title"], "Sign in first");
}
