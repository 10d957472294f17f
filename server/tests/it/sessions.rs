//! Getting in and out: set-up, sign-in, sessions, tokens.

use app::auth::{Role, Scopes};
use app::i18n::Lang;
use chrono::TimeDelta;
use serde_json::json;
use server::auth::password::Passwords;
use server::clock::Clock;
use server::store::{NewSession, NewTokenRow, Origin, TokenPut};

use super::helpers::{Browser, TestApp};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Adds an account with a real password.
pub(crate) async fn account(app: &TestApp, name: &str, role: Role) {
    let hash = Passwords::default().hash(PASSWORD).await.expect("a hash");
    app.components
        .store
        .insert_user(&app.act(), name, role, &hash)
        .await
        .expect("a user");
}

pub(crate) async fn sign_in(browser: &Browser, name: &str, password: &str) -> u16 {
    browser
        .submit(
            "/login",
            &[("name", name), ("password", password), ("next", "/tasks")],
        )
        .await
        .status
}

#[tokio::test]
async fn the_set_up_link_works_once_and_then_the_page_is_gone() {
    let app = TestApp::new().await;
    let secret = app
        .service
        .offer_setup()
        .await
        .expect("the database")
        .expect("no account exists yet");
    let stranger = app.browser();
    assert_eq!(
        stranger
            .open(&format!("/setup?token={secret}"))
            .await
            .status,
        200
    );
    let fields = |token: &str, password: &str| -> Vec<(&'static str, String)> {
        vec![
            ("token", token.to_owned()),
            ("name", "ada".to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let set_up = async |token: &str, password: &str| {
        let fields = fields(token, password);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        stranger.submit("/setup", &fields).await
    };
    assert_eq!(set_up("wrong", PASSWORD).await.status, 403);
    let short = set_up(&secret, "short").await;
    assert_eq!(short.status, 422);
    assert!(
        short.text().contains(&secret),
        "the link is still in the form"
    );
    assert_eq!(
        app.place
            .database
            .count(
                "SELECT COUNT(*) FROM user"
                    .replace("user", &quoted(&app))
                    .as_str()
            )
            .await,
        0
    );

    let done = set_up(&secret, PASSWORD).await;
    assert_eq!((done.status, done.header("location")), (303, "/"));
    assert_eq!(
        stranger.open("/admin").await.status,
        200,
        "signed in as the administrator"
    );
    for again in [
        set_up(&secret, PASSWORD).await,
        app.browser().open("/setup").await,
    ] {
        assert_eq!(again.status, 404);
    }
    assert!(
        app.service
            .offer_setup()
            .await
            .expect("the database")
            .is_none()
    );
    let refused = app
        .service
        .set_up(Lang::En, &secret, "eve", PASSWORD, "203.0.113.9")
        .await
        .expect_err("used");
    assert_eq!(refused.code, "setup.link");
}

fn quoted(app: &TestApp) -> String {
    if app.place.database.url.is_empty() {
        "\"user\"".to_owned()
    } else {
        "`user`".to_owned()
    }
}

#[tokio::test]
async fn a_set_up_link_ends_after_a_quarter_of_an_hour_and_with_the_next_one() {
    let app = TestApp::new().await;
    let first = app
        .service
        .offer_setup()
        .await
        .expect("the database")
        .expect("a link");
    let second = app
        .service
        .offer_setup()
        .await
        .expect("the database")
        .expect("a link");
    let used = app
        .service
        .set_up(Lang::En, &first, "ada", PASSWORD, "203.0.113.9")
        .await
        .expect_err("an older link");
    assert_eq!(used.code, "setup.link");
    app.clock.advance(TimeDelta::minutes(15));
    let used = app
        .service
        .set_up(Lang::En, &second, "ada", PASSWORD, "203.0.113.9")
        .await
        .expect_err("too late");
    assert_eq!(used.code, "setup.link");
    let third = app
        .service
        .offer_setup()
        .await
        .expect("the database")
        .expect("a link");
    let (one, other) = tokio::join!(
        app.service
            .set_up(Lang::En, &third, "ada", PASSWORD, "203.0.113.9"),
        app.service
            .set_up(Lang::En, &third, "eve", PASSWORD, "203.0.113.9"),
    );
    assert_eq!(
        usize::from(one.is_ok()) + usize::from(other.is_ok()),
        1,
        "one of two at the same time"
    );
}

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_at_sign_out() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    let browser = app.browser();
    let sent = browser.open("/tasks?q=a").await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (303, "/login?next=%2Ftasks%3Fq%3Da")
    );
    let wrong = browser
        .submit(
            "/login",
            &[("name", "ada"), ("password", "wrong"), ("next", "/tasks")],
        )
        .await;
    assert_eq!(wrong.status, 401);
    assert!(
        wrong.text().contains("ada") && !wrong.text().contains("value=\"wrong\""),
        "the password is never sent back"
    );
    let right = browser
        .submit(
            "/login",
            &[
                ("name", "ada"),
                ("password", PASSWORD),
                ("next", "//evil.example/"),
            ],
        )
        .await;
    assert_eq!((right.status, right.header("location")), (303, "/"));
    let cookie = right.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let secret = browser.cookie("jcrontab_session").expect("a session");
    let stored = app
        .place
        .database
        .rows("SELECT token_hash FROM session")
        .await;
    assert!(
        stored.len() == 1 && stored[0] != secret,
        "only a hash is stored"
    );
    assert_eq!(browser.open("/tasks").await.status, 200);

    assert_eq!(browser.submit("/logout", &[]).await.status, 303);
    assert_eq!(browser.cookie("jcrontab_session"), None);
    browser.put_cookie("jcrontab_session", &secret);
    assert_eq!(
        browser.get("/api/v1/tasks").await.status,
        401,
        "the old cookie is worth nothing"
    );
}

#[tokio::test]
async fn a_session_ends_when_its_account_is_disabled_gets_a_password_or_is_idle() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    account(&app, "bob", Role::Viewer).await;
    let bob = app.browser();
    assert_eq!(sign_in(&bob, "bob", PASSWORD).await, 303);
    let token = app.token("carl", Role::Viewer).await;
    let carl = app
        .browser()
        .with("authorization", &format!("Bearer {token}"));
    assert_eq!(
        (
            bob.get("/api/v1/tasks").await.status,
            carl.get("/api/v1/tasks").await.status
        ),
        (200, 200)
    );

    for user in [2, 3] {
        admin
            .call(
                "PATCH",
                &format!("/api/v1/users/{user}"),
                Some(json!({"disabled": true})),
            )
            .await
            .expect(204);
    }
    assert_eq!(
        (
            bob.get("/api/v1/tasks").await.status,
            carl.get("/api/v1/tasks").await.status
        ),
        (401, 401)
    );
    assert_eq!(sign_in(&bob, "bob", PASSWORD).await, 401);
    admin
        .call("PATCH", "/api/v1/users/2", Some(json!({"disabled": false})))
        .await
        .expect(204);
    assert_eq!(
        bob.get("/api/v1/tasks").await.status,
        401,
        "the old session stays dead"
    );
    assert_eq!(sign_in(&bob, "bob", PASSWORD).await, 303);

    admin
        .call(
            "PATCH",
            "/api/v1/users/2",
            Some(json!({"password": "another password"})),
        )
        .await
        .expect(204);
    assert_eq!(bob.get("/api/v1/tasks").await.status, 401);
    assert_eq!(sign_in(&bob, "bob", PASSWORD).await, 401);
    assert_eq!(sign_in(&bob, "bob", "another password").await, 303);

    app.clock.advance(TimeDelta::days(6));
    assert_eq!(
        bob.get("/api/v1/tasks").await.status,
        200,
        "used, so not idle"
    );
    app.clock.advance(TimeDelta::days(6));
    assert_eq!(bob.get("/api/v1/tasks").await.status, 200);
    app.clock
        .advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    assert_eq!(bob.get("/api/v1/tasks").await.status, 401);
    assert_eq!(sign_in(&bob, "bob", "another password").await, 303);
    for _ in 0..6 {
        app.clock.advance(TimeDelta::days(5));
        bob.get("/api/v1/tasks").await;
    }
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        bob.get("/api/v1/tasks").await.status,
        401,
        "thirty days, however busy"
    );
}

#[tokio::test]
async fn a_password_that_is_replaced_while_it_is_verified_opens_no_session() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    let (service, store) = (&app.service, &app.components.store);
    let ada = store.user_by_name("ada").await.expect("the database");
    let ada = ada.expect("an account");
    let act = app.act();
    for _ in 0..5 {
        let (entered, reset) = tokio::join!(
            service.sign_in(Lang::En, "ada", PASSWORD, "203.0.113.9"),
            store.set_password(&act, ada.user.id, None, "another password"),
        );
        assert!(reset.expect("a new password"));
        // The reset ends it, or comes first.
        if let Ok(secret) = entered {
            let session = service.session(&secret, "203.0.113.9").await;
            assert_eq!(session.expect("the database"), None);
        }
        let back = store.set_password(&act, ada.user.id, None, &ada.password_hash);
        back.await.expect("the old one");
    }
}

#[tokio::test]
async fn no_session_or_token_comes_of_what_was_verified_before_the_password_was_replaced() {
    let app = TestApp::new().await;
    let store = &app.components.store;
    let (act, until) = (app.act(), app.clock.now() + TimeDelta::days(1));
    let user = store.insert_user(&act, "ada", Role::Admin, "old").await;
    let user = user.expect("a user");
    let enter = async |session, hash| {
        let session = NewSession {
            hash: session,
            expires_at: until,
            origin: Origin::default(),
        };
        let made = store.insert_session(&act, &session, (user, hash));
        made.await.expect("the database")
    };
    let token = async |session, hash| {
        let row = NewTokenRow {
            name: "ci",
            prefix: "jct_",
            hash,
            scopes: Scopes::all(),
            limits: None,
            expires_at: None,
        };
        let made = store.insert_token(&act, Some(session), user, &row);
        made.await.expect("the database") != TokenPut::Gone
    };
    assert!(enter("first", "old").await);
    assert!(token("first", "token of the first").await);
    let changed = store.set_password(&act, user, None, "new").await;
    assert!(changed.expect("the database"));
    assert!(
        !enter("second", "old").await,
        "another password was verified"
    );
    assert!(
        !token("first", "token of the second").await,
        "the session has ended"
    );
    assert!(enter("third", "new").await);
    assert!(token("third", "token of the third").await);
    let disabled = store.set_user_disabled(&act, user, None, true).await;
    assert!(!disabled.expect("the database"), "the last administrator");
    let other = store.insert_user(&act, "bob", Role::Admin, "other").await;
    other.expect("a user");
    let disabled = store.set_user_disabled(&act, user, None, true).await;
    assert!(disabled.expect("the database"));
    assert!(!enter("fourth", "new").await, "the account is disabled");
    let database = &app.place.database;
    let sessions = "SELECT token_hash FROM session";
    assert_eq!(database.rows(sessions).await, Vec::<String>::new());
    let tokens = "SELECT token_hash FROM api_token";
    assert_eq!(database.rows(tokens).await, ["token of the third"]);
}
