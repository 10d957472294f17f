//! Names that are invisible, or that look like another one.

use app::auth::Role;
use serde_json::json;

use super::super::helpers::TestApp;
use super::task;

/// Invisible characters, and characters that reorder their neighbours.
const HIDDEN: [&str; 9] = [
    "\u{200b}",
    "\u{200b}\u{2060}\u{feff}",
    "a\u{202e}b",
    "\u{2066}x\u{2069}",
    "a\u{200f}b",
    "\u{3164}",
    "ad\u{200b}min",
    "a\u{7f}b",
    "a\u{2028}b",
];

#[tokio::test]
async fn names_that_cannot_be_seen_are_refused_everywhere() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for name in HIDDEN {
        for (path, body, field) in [
            ("/api/v1/tasks", task(&json!({"name": name})), "name"),
            (
                "/api/v1/tasks",
                task(&json!({"nickname": name})),
                "nickname",
            ),
            ("/api/v1/tasks", task(&json!({"owners": [name]})), "owners"),
            ("/api/v1/tasks", task(&json!({"tags": [name]})), "tags"),
            (
                "/api/v1/users",
                json!({"name": name, "password": "long-enough-1", "role": "viewer"}),
                "name",
            ),
            (
                "/api/v1/channels",
                json!({"name": name, "kind": "wecom", "url": "http://127.0.0.1:9/x"}),
                "name",
            ),
            ("/api/v1/calendars", json!({"name": name}), "name"),
            (
                "/api/v1/blackouts",
                json!({"name": name, "cron": "0 1 * * *", "duration": "1h"}),
                "name",
            ),
            (
                "/api/v1/summaries",
                json!({"name": name, "time": "09:00"}),
                "name",
            ),
        ] {
            let reply = admin.post(path, body).await;
            assert_eq!(
                reply.status,
                422,
                "{path} {field} {name:?}: {}",
                reply.text()
            );
            assert_eq!(reply.faults()[0].0, field, "{path} {name:?}");
        }
    }
    // Emoji families, Persian and ordinary blanks need their joiners.
    for name in ["👨‍👩‍👧 备份", "می‌خواهم", "❤️", "a b", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
    {
        let reply = admin
            .post("/api/v1/tasks", task(&json!({"name": name})))
            .await;
        assert_eq!(reply.status, 201, "{name:?}: {}", reply.text());
    }
}

#[tokio::test]
async fn an_account_that_looks_like_another_is_refused() {
    let app = TestApp::new().await;
    let admin = app.signed_in("admin", Role::Admin).await;
    for name in ["Admin", "ADMIN", "аdmin", "ａｄｍｉｎ", "admın", "adrnin"] {
        let reply = admin
            .post(
                "/api/v1/users",
                json!({"name": name, "password": "long-enough-1", "role": "viewer"}),
            )
            .await;
        assert_eq!(reply.status, 409, "{name}: {}", reply.text());
        assert_eq!(reply.faults()[0].0, "name", "{name}");
    }
    for name in ["admin2", "张三", "bob"] {
        admin
            .post(
                "/api/v1/users",
                json!({"name": name, "password": "long-enough-1", "role": "viewer"}),
            )
            .await
            .expect(201);
    }
}
