//! Other defences: roles, cross-site requests, and the headers of every answer.

use std::collections::BTreeSet;

use app::auth::Role;
use serde_json::json;

use super::access::things::{everything, furnished};
use super::helpers::TestApp;

#[tokio::test]
async fn roles_end_where_they_should() {
    let app = furnished().await;
    let task = json!({"name": "n", "cron": "* * * * *", "command": "true"});
    let channel = json!({"name": "n", "kind": "webhook", "url": "http://127.0.0.1:9/"});
    let table = [
        ("operator", Role::Operator, [200, 403, 403, 403]),
        ("editor", Role::Editor, [200, 201, 403, 403]),
        ("admin", Role::Admin, [200, 409, 201, 200]),
    ];
    for (name, role, expected) in table {
        let user = app.signed_in(name, role).await;
        let statuses = [
            user.call("POST", "/api/v1/tasks/1/pause", None)
                .await
                .status,
            user.post("/api/v1/tasks", task.clone()).await.status,
            user.post("/api/v1/channels", channel.clone()).await.status,
            user.get("/api/v1/users").await.status,
        ];
        assert_eq!(statuses, expected, "{name}");
    }
}

#[tokio::test]
async fn another_site_cannot_make_a_browser_write() {
    let app = furnished().await;
    let before = everything(&app).await;
    let foreign: [&[(&str, &str)]; 4] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://cron.test"),
        ],
    ];
    for headers in foreign {
        let mut admin = app
            .signed_in(&format!("u{}", headers[0].1.len()), Role::Admin)
            .await;
        for (name, value) in headers {
            admin = admin.with(name, value);
        }
        let writing = [
            "/api/v1/tasks",
            "/api/v1/tasks/1/close",
            "/fn/task_control",
            "/fn/task_run",
            "/tasks/new",
            "/admin/users",
            "/logout",
            "/preferences",
            "/login",
        ];
        for path in writing {
            let reply = admin
                .submit(
                    path,
                    &[
                        ("id", "1"),
                        ("verb", "close"),
                        ("name", "n"),
                        ("cron", "* * * * *"),
                        ("command", "x"),
                    ],
                )
                .await;
            assert_eq!(reply.status, 403, "{path} with {headers:?}");
        }
        assert_eq!(
            admin.call("DELETE", "/api/v1/tasks/1", None).await.status,
            403
        );
        assert_eq!(
            admin.get("/api/v1/tasks/1").await.status,
            200,
            "reading is harmless"
        );
    }
    let users_apart = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter()
            .filter(|row| !row.contains("no password"))
            .collect()
    };
    assert_eq!(users_apart(everything(&app).await), users_apart(before));
    // A program with a token is not a browser.
    let token = app.token("program", Role::Admin).await;
    let program = app
        .browser()
        .with("authorization", &format!("Bearer {token}"))
        .with("origin", "https://elsewhere.example");
    assert_eq!(
        program
            .call("POST", "/api/v1/tasks/1/pause", None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = furnished().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let stranger = app.browser();
    let mut nonces = BTreeSet::new();
    let answers = [
        ("page", admin.open("/tasks").await, 200),
        ("page", admin.open("/tasks").await, 200),
        ("page", admin.open("/tasks/999").await, 404),
        ("page", stranger.open("/login").await, 200),
        ("page", admin.open("/no/such/page").await, 404),
        ("other", admin.get("/no/such/page").await, 404),
        ("other", stranger.open("/").await, 303),
        ("other", stranger.get("/api/v1/tasks").await, 401),
        ("other", admin.get("/api/v1/tasks").await, 200),
        ("other", admin.get("/api/v1/tasks/999").await, 404),
        ("other", admin.post("/api/v1/tasks", json!({})).await, 422),
        ("other", admin.call("PUT", "/healthz", None).await, 405),
        ("other", stranger.get("/healthz").await, 200),
        ("missing", stranger.get("/pkg/none.js").await, 404),
        (
            "other",
            app.browser()
                .with("origin", "https://evil.example")
                .submit("/login", &[])
                .await,
            403,
        ),
    ];
    for (kind, reply, status) in answers {
        assert_eq!(reply.status, status, "{kind}: {}", reply.text());
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
        assert!(reply.header("permissions-policy").contains("camera=()"));
        assert_eq!(
            reply.header("strict-transport-security"),
            "",
            "not over TLS"
        );
        assert!(!reply.header("cache-control").is_empty());
        if kind == "missing" {
            // A server of the next version may have it in a minute.
            assert_eq!(reply.header("cache-control"), "no-store");
        }
        let policy = reply.header("content-security-policy").to_owned();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        if kind == "page" {
            let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
            let nonce = rest.split('\'').next().expect("its end").to_owned();
            assert!(
                reply.text().contains(&format!("nonce=\"{nonce}\""))
                    || reply.text().contains(&format!("nonce={nonce}"))
            );
            assert!(nonces.insert(nonce), "a nonce is used once");
        } else {
            assert!(policy.contains("default-src 'none'"), "{status} {policy}");
        }
    }
}

#[tokio::test]
async fn a_site_over_tls_is_used_over_tls_only() {
    let app = TestApp::with(&["--public-url=https://cron.test"]).await;
    let stranger = app.browser();
    for reply in [
        stranger.open("/login").await,
        stranger.get("/api/v1/tasks").await,
        stranger.get("/pkg/none.js").await,
    ] {
        assert_eq!(
            reply.header("strict-transport-security"),
            "max-age=31536000"
        );
    }
    // A page of the same name without TLS is another site.
    let table = [
        ("https://cron.test", 401),
        ("http://cron.test", 403),
        ("https://cron.test.evil.example", 403),
    ];
    for (origin, status) in table {
        let reply = app
            .browser()
            .with("origin", origin)
            .submit("/login", &[("name", "ada"), ("password", "x")])
            .await;
        assert_eq!(reply.status, status, "{origin}");
    }
}
