//! A viewer reads through the API and the server functions, and changes nothing.

use app::auth::Role;
use app::error::{AppError, ErrorKind};
use serde_json::{Value, json};

use super::things::{everything, furnished};
use super::{READING, described, filled, question, server_functions};

/// Functions that read what a viewer may not see. That of the task form is tried with its page.
const REFUSED: [&str; 6] = [
    "audit_page",
    "users_page",
    "import_page",
    "task_import_page",
    "secrets_page",
    "start_urls_page",
];

/// Functions for everybody's own tokens and sessions: others' do not exist for a viewer.
const OWN: [&str; 3] = ["token_revoke", "session_end", "sessions_end"];

#[tokio::test]
async fn a_viewer_reads_and_writes_nothing() {
    let app = furnished().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let before = everything(&app).await;
    let mut written = 0;
    for (path, operations) in described().as_object().expect("paths") {
        let filled = filled(path);
        for method in operations.as_object().expect("operations").keys() {
            let method = method.to_uppercase();
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let (status, text) = if method == "GET" {
                let query = match path.as_str() {
                    "/api/v1/runs" => "?task=1",
                    path if path.ends_with("{id}/explain") => "?at=2026-11-22T09:00:00Z",
                    _ => "",
                };
                let reply = viewer.get(&format!("{filled}{query}")).await;
                (reply.status, reply.text())
            } else {
                written += 1;
                let reply = viewer.call(&method, &filled, Some(body_for(path))).await;
                (reply.status, reply.text())
            };
            let expected: &[u16] = match (method.as_str(), path.as_str()) {
                ("GET", "/api/v1/users" | "/api/v1/chat/people" | "/api/v1/unreadable-rows") => {
                    &[403]
                }
                ("GET", path) if path.starts_with("/api/v1/audit") => &[403],
                ("GET", path) if path.contains("/secrets") || path.ends_with("/start-urls") => {
                    &[403]
                }
                // The token is the permission, and this is none.
                ("POST", "/api/v1/start/{token}") => &[404],
                ("GET", "/api/v1/runs/{id}/brief") => &[409],
                // Nothing was sent yet.
                ("GET", "/api/v1/messages/{id}") => &[404],
                ("GET", "/api/v1/channels/{id}/templates/{event}") => &[404],
                ("GET", _) => &[200],
                ("POST", "/api/v1/schedules/preview") => &[200],
                // Their own password, which they must know.
                ("POST", "/api/v1/account/password") => &[422],
                // Their own tokens are theirs; others' do not exist for them.
                ("POST", "/api/v1/tokens") | ("DELETE", "/api/v1/tokens/{id}") => &[404],
                // So are their sessions; there is only that of this request, which stays.
                ("DELETE", "/api/v1/sessions/{session}") => &[404],
                ("DELETE", "/api/v1/sessions") => &[200],
                _ => &[403],
            };
            assert!(
                expected.contains(&status),
                "{method} {path}: {status} {text}"
            );
        }
    }
    assert!(written > 10);
    // An empty request is no reason to be let in.
    assert_eq!(
        viewer
            .call("PATCH", "/api/v1/users/1", Some(json!({})))
            .await
            .status,
        403
    );

    for path in server_functions() {
        let name = path.rsplit('/').next().expect("a name");
        if READING.contains(&name) && !REFUSED.contains(&name) {
            continue;
        }
        let fields = [
            ("id", "1"),
            ("task", "1"),
            ("verb", "close"),
            ("disabled", "true"),
            ("version", "1"),
            ("user", "owner"),
            ("name", "cn"),
            ("source_url", ""),
            ("channel_id", "1"),
            ("person", "ann"),
            ("tag", "db"),
        ];
        let reply = match name {
            "users_page" | "import_page" | "task_import_page" => {
                question(&viewer, &path, &()).await
            }
            "audit_page" => question(&viewer, &path, &app::audit::AuditQuery::default()).await,
            "start_urls_page" => question(&viewer, &path, &app::id::TaskId(1)).await,
            "secrets_page" => question(&viewer, &path, &None::<i64>).await,
            _ => viewer.submit(&path, &fields).await,
        };
        let said = || app::wire::read::<AppError>(&reply.body).map(|error| error.kind);
        // Without JavaScript the browser is sent back to its page with the refusal in the address;
        // this request names no page, so the refusal is in the body.
        let refused = match name {
            _ if OWN.contains(&name) => reply.status == 404,
            _ => reply.status == 403,
        } || (reply.status == 302
            && (said() == Ok(ErrorKind::Forbidden) || OWN.contains(&name)));
        assert!(
            refused,
            "{path}: {} {} {}",
            reply.status,
            reply.header("location"),
            reply.text()
        );
    }
    let after = everything(&app).await;
    // The viewer's own account is the one difference to what was there before.
    assert_eq!(after, before);
}

/// A body that would be right, so that only the right to send it is missing.
fn body_for(path: &str) -> Value {
    match path {
        path if path.ends_with("/pause") => json!({"until": null}),
        path if path.ends_with("/run") => json!({"note": "n"}),
        path if path.ends_with("/start-urls") => json!({"name": "n"}),
        "/api/v1/start/{token}" => json!({}),
        path if path.contains("/calendars") => json!({}),
        path if path.contains("/blackouts") => {
            json!({"name": "n", "cron": "0 0 * * *", "duration": "1h"})
        }
        path if path.contains("/summaries") => {
            json!({"name": "n", "channel_id": 1, "time": "09:00"})
        }
        "/api/v1/messages/resend" => json!({"ids": [1]}),
        path if path.ends_with("/urge") => json!({"cron": "* * * * *"}),
        path if path.contains("/pictures/") => json!({"base64": "AAAA"}),
        path if path.contains("/templates/") => json!({"body": "{{ text }}"}),
        path if path.contains("/channels") => {
            json!({"name": "n", "kind": "webhook", "url": "http://127.0.0.1:9/"})
        }
        path if path.contains("/rules") => {
            json!({"scope": "all", "channel_id": 1, "events": ["failed"]})
        }
        path if path.ends_with("/users") => {
            json!({"name": "n", "password": "long enough", "role": "admin"})
        }
        path if path.contains("/users/") => {
            json!({"password": "long enough", "disabled": true, "role": "admin"})
        }
        path if path.ends_with("/tokens") => json!({"user": "owner"}),
        "/api/v1/account/password" => json!({"current": "wrong", "new": "long enough"}),
        "/api/v1/secrets/{id}" => json!({"value": "another value"}),
        path if path.contains("/secrets") => json!({"name": "N", "value": "long enough"}),
        "/api/v1/retention" => json!({"run_days": 7}),
        path if path.ends_with("/imports/crontab") => {
            json!({"sources": [{"path": "user:root", "text": "* * * * * true\n"}]})
        }
        path if path.ends_with("/imports/tasks") => {
            json!({"scheduler": "qinglong", "files": [{"text": "[{\"command\": \"true\"}]"}]})
        }
        path if path.contains("/imports/") => json!({"tasks": [1]}),
        path if path.contains("/pools") => json!({"slots": 7}),
        path if path.contains("/people/") => json!({"zone": "UTC"}),
        "/api/v1/schedules/preview" => json!({"cron": "* * * * *"}),
        _ => json!({"name": "n", "cron": "* * * * *", "command": "true"}),
    }
}
