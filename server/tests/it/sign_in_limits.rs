//! Guessing leads to waits, which do not affect other clients.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::json;

use super::helpers::{Browser, TestApp};
use super::sessions::{PASSWORD, account, sign_in};

const PROXY: &str = "10.0.0.1";
const TRUSTED: [&str; 1] = ["--trusted-proxies=10.0.0.0/24,::1"];

/// A client behind the proxy.
fn behind(app: &TestApp, client: &str) -> Browser {
    app.browser().at(PROXY).with("x-forwarded-for", client)
}

/// Wrong passwords for unknown names, until there is a wait; returns how many were checked.
async fn guess(browser: &Browser, round: &str, most: usize) -> usize {
    for number in 0..most {
        if sign_in(
            browser,
            &format!("unknown{round}-{number}"),
            "a wrong guess",
        )
        .await
            == 429
        {
            return number;
        }
    }
    most
}

#[tokio::test]
async fn one_client_behind_a_proxy_locks_no_other_out() {
    let app = TestApp::with(&TRUSTED).await;
    account(&app, "ada", Role::Admin).await;
    let guesser = behind(&app, "203.0.113.9");
    assert_eq!(guess(&guesser, "", 80).await, 50);
    let refused = guesser
        .submit("/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.status, 429);
    let seconds: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(
        sign_in(&behind(&app, "198.51.100.7"), "ada", PASSWORD).await,
        303
    );
    // Whatever it claims in front of what the proxy says.
    let liar = behind(&app, "198.51.100.8, 203.0.113.9");
    assert_eq!(sign_in(&liar, "ada", PASSWORD).await, 429);
    let rows = "SELECT detail FROM audit WHERE action = 'sign_in' AND outcome IS NULL";
    assert_eq!(app.place.database.rows(rows).await, ["198.51.100.7"]);
}

#[tokio::test]
async fn the_header_of_a_stranger_is_not_believed() {
    let app = TestApp::with(&TRUSTED).await;
    account(&app, "ada", Role::Admin).await;
    for header in ["x-forwarded-for", "forwarded"] {
        let address = if header == "forwarded" {
            "203.0.113.9"
        } else {
            "203.0.113.10"
        };
        let claims = |number: usize| {
            let claim = format!("198.51.100.{number}");
            let value = if header == "forwarded" {
                format!("for={claim}")
            } else {
                claim
            };
            app.browser().at(address).with(header, &value)
        };
        for number in 0..50 {
            let status = sign_in(
                &claims(number),
                &format!("unknown{number}"),
                "a wrong guess",
            )
            .await;
            assert_eq!(status, 401, "{header}");
        }
        assert_eq!(sign_in(&claims(99), "ada", PASSWORD).await, 429, "{header}");
    }
}

#[tokio::test]
async fn guesses_of_others_do_not_lock_out_who_was_here_before() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    account(&app, "bob", Role::Viewer).await;
    // A proxy that is not configured: all its clients are one address.
    let everybody = || app.browser().at(PROXY);
    assert_eq!(sign_in(&everybody(), "ada", PASSWORD).await, 303);
    guess(&everybody(), "", 80).await;
    assert_eq!(sign_in(&everybody(), "ada", PASSWORD).await, 303);
    assert_eq!(sign_in(&everybody(), "bob", PASSWORD).await, 429);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        sign_in(&everybody(), "bob", PASSWORD).await,
        303,
        "no wait is longer"
    );
}

#[tokio::test]
async fn who_was_here_before_a_restart_is_still_known() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    account(&app, "bob", Role::Viewer).await;
    let from = |app: &TestApp, address: &str| app.browser().at(address);
    assert_eq!(sign_in(&from(&app, PROXY), "ada", PASSWORD).await, 303);
    // Of IPv6 the network counts.
    let v6 = from(&app, "2001:db8:1:2::5");
    assert_eq!(sign_in(&v6, "ada", PASSWORD).await, 303);

    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &[]).await;
    assert_eq!(guess(&from(&app, PROXY), "", 80).await, 50);
    let here = from(&app, PROXY);
    for _ in 0..3 {
        assert_eq!(sign_in(&here, "bob", PASSWORD).await, 429, "never was here");
    }
    assert_eq!(sign_in(&here, "ada", PASSWORD).await, 303);
    let neighbour = "2001:db8:1:2::9";
    assert_eq!(guess(&from(&app, neighbour), "six", 80).await, 50);
    let neighbour = from(&app, neighbour);
    assert_eq!(sign_in(&neighbour, "ada", PASSWORD).await, 303);
    // Who is known still waits for wrong passwords of that name.
    for _ in 0..5 {
        assert_eq!(sign_in(&here, "ada", "a wrong guess").await, 401);
    }
    assert_eq!(sign_in(&here, "ada", PASSWORD).await, 429);
    let elsewhere = from(&app, "203.0.113.9");
    assert_eq!(guess(&elsewhere, "far", 80).await, 50);
    assert_eq!(sign_in(&elsewhere, "ada", PASSWORD).await, 429);

    let (place, clock) = app.die();
    clock.advance(TimeDelta::days(31));
    let app = TestApp::start(place, clock, None, &[]).await;
    assert_eq!(guess(&from(&app, PROXY), "", 80).await, 50);
    let late = sign_in(&from(&app, PROXY), "ada", PASSWORD).await;
    assert_eq!(late, 429, "too long ago");
}

#[tokio::test]
async fn a_sign_in_does_not_wash_off_what_was_guessed() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    let guesser = app.browser().at("203.0.113.9");
    let mut served = 0;
    for round in 0..8 {
        served += guess(&guesser, &round.to_string(), 20).await;
        sign_in(&guesser, "vi", PASSWORD).await;
    }
    assert_eq!(served, 50);
}

#[tokio::test]
async fn many_right_sign_ins_at_once_all_get_in() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    let crowd = (0..40).map(|number| {
        let browser = app.browser().at(&format!("198.51.100.{number}"));
        async move { sign_in(&browser, "ada", PASSWORD).await }
    });
    let mut joined = Vec::new();
    let mut waiting: Vec<_> = crowd.map(Box::pin).collect();
    // All begin before any of them is waited for.
    std::future::poll_fn(|context| {
        waiting.retain_mut(
            |one| match std::future::Future::poll(one.as_mut(), context) {
                std::task::Poll::Ready(status) => {
                    joined.push(status);
                    false
                }
                std::task::Poll::Pending => true,
            },
        );
        if waiting.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    assert_eq!(joined, [303; 40]);
}

#[tokio::test]
async fn guessed_tokens_are_slowed_down_by_address() {
    let app = TestApp::with(&TRUSTED).await;
    let token = app.token("program", Role::Viewer).await;
    let other = app.token("another", Role::Viewer).await;
    let with = |address: &str, token: &str| {
        app.browser()
            .at(address)
            .with("authorization", &format!("Bearer {token}"))
    };
    let status =
        async |address: &str, token: &str| with(address, token).get("/api/v1/tasks").await.status;
    assert_eq!(status("203.0.113.9", &token).await, 200);
    for number in 0..20 {
        assert_eq!(
            status("203.0.113.9", &format!("jct_guess{number}")).await,
            401
        );
    }
    let refused = with("203.0.113.9", "jct_guess").get("/api/v1/tasks").await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.json()["code"], "sign_in.wait");
    assert_eq!(
        status("203.0.113.9", &other).await,
        429,
        "it might be the next guess"
    );
    assert_eq!(
        status("203.0.113.9", &token).await,
        200,
        "it was right before"
    );
    assert_eq!(status("198.51.100.1", &other).await, 200);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(status("203.0.113.9", "jct_guess").await, 401);
    let stranger = app.browser().at("203.0.113.9");
    assert_eq!(stranger.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn wrong_set_up_links_cost_nothing_and_are_no_faults() {
    let app = TestApp::new().await;
    app.service.offer_setup().await.expect("the database");
    for number in 0..60 {
        let fields = [("token", "wrong"), ("name", "a b"), ("password", "short")];
        let reply = app.browser().submit("/setup", &fields).await;
        assert_eq!(reply.status, 403, "{number}: the link comes first");
    }
    let wrong = (0..60).map(|_| {
        app.service
            .set_up(app::i18n::Lang::En, "wrong", "ada", PASSWORD, "203.0.113.9")
    });
    for attempt in wrong {
        assert_eq!(attempt.await.expect_err("no link").code, "setup.link");
    }
}

#[tokio::test]
async fn passwords_that_are_guessed_first_are_refused_on_every_way_in() {
    let app = TestApp::new().await;
    let secret = app
        .service
        .offer_setup()
        .await
        .expect("the database")
        .expect("a link");
    for (password, code) in [
        ("password", "too_common"),
        ("jcrontab-ada", "contains_name"),
    ] {
        let set_up = app
            .service
            .set_up(app::i18n::Lang::En, &secret, "ada", password, "203.0.113.9")
            .await
            .expect_err("a weak password");
        assert_eq!(set_up.fields[0].code, code);
    }
    let admin = app.signed_in("root", Role::Admin).await;
    let add = |name: &str, password: &str| {
        let user = json!({"name": name, "password": password, "role": "viewer"});
        let admin = &admin;
        async move { admin.post("/api/v1/users", user).await }
    };
    let fault = |code: &str| vec![("password".to_owned(), code.to_owned())];
    assert_eq!(add("vi", "12345678").await.faults(), fault("too_common"));
    assert_eq!(
        add("wei.zhang", "wei.zhang1").await.faults(),
        fault("contains_name")
    );
    add("wei.zhang", "a lorry by moonlight").await.expect(201);
    let set = admin
        .call(
            "PATCH",
            "/api/v1/users/2",
            Some(json!({"password": "wei.zhang99"})),
        )
        .await;
    assert_eq!((set.status, set.faults()), (422, fault("contains_name")));
}
