//! Unauthenticated requests get nothing, in whatever spelling.

use axum::body::Body;
use axum::http::{Request, header};

use super::things::{everything, furnished};
use super::{OPEN, routes};
use crate::helpers::{Browser, Reply};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Other spellings that a careless router takes for the same path.
fn spellings(path: &str) -> Vec<String> {
    let mut all = vec![
        path.to_owned(),
        format!("{path}/"),
        format!("/{path}"),
        path.to_uppercase(),
        path.replacen('/', "/./", 1),
        format!("/x/..{path}"),
        format!("{path}?x=/login"),
        format!("{path};x=/login"),
        format!("{path}%00"),
    ];
    if let Some(cut) = path.rfind('/').filter(|cut| *cut > 0) {
        all.push(format!("{}%2f{}", &path[..cut], &path[cut + 1..]));
        all.push(format!("{}//{}", &path[..cut], &path[cut + 1..]));
    }
    all
}

async fn ask(browser: &Browser, method: &str, path: &str, accept: &str) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-http-method-override", "DELETE")
        .header("x-forwarded-for", "127.0.0.1")
        .header("x-original-url", "/login");
    browser
        .send(request.body(Body::from("{}")).expect("a request"))
        .await
}

#[tokio::test]
async fn a_stranger_gets_nothing_however_it_is_spelled() {
    let app = furnished().await;
    let stranger = app.browser();
    let before = everything(&app).await;
    for route in routes().await {
        for path in spellings(&route) {
            let plain = path.split('?').next().unwrap_or(&path);
            if OPEN.contains(&plain) {
                continue;
            }
            for method in METHODS {
                for accept in ["text/html", "application/json"] {
                    let reply = ask(&stranger, method, &path, accept).await;
                    let location = reply.header("location");
                    let refused = match reply.status {
                        401 | 403 | 404 => true,
                        303 => location.starts_with("/login?next="),
                        // Not a path at all.
                        400 => true,
                        // Open to a POST with a token: what other methods and queries get reveals nothing.
                        405 | 422 => path.contains("/api/v1/start/{token}"),
                        _ => false,
                    };
                    assert!(
                        refused,
                        "{method} {path} as {accept}: {} {location} {}",
                        reply.status,
                        reply.text()
                    );
                    assert!(!reply.text().contains("secret"), "{method} {path}");
                }
            }
        }
    }
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn open_routes_reveal_nothing_to_unauthenticated_callers() {
    let app = furnished().await;
    let stranger = app.browser();
    for path in OPEN {
        for method in METHODS {
            let reply = ask(&stranger, method, path, "text/html").await;
            assert!(reply.status != 500, "{method} {path}: {}", reply.text());
            for secret in [
                "secret plan",
                "secret output",
                "owner",
                "127.0.0.1:9",
                env!("CARGO_PKG_VERSION"),
            ] {
                let described = ["/api/openapi.json", "/api/v1/schema/task.json"];
                let leaked = reply.text().contains(secret) && !described.contains(&path);
                assert!(!leaked, "{method} {path} reveals {secret}");
            }
        }
    }
    for path in [
        "/pkg/../../Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2e%2e/%2e%2e/etc/passwd",
    ] {
        let reply = ask(&stranger, "GET", path, "*/*").await;
        assert!(
            matches!(reply.status, 401 | 400 | 404),
            "{path}: {}",
            reply.status
        );
    }
    assert_eq!(stranger.get("/healthz").await.text(), "ok");
    app.node().await.turn().await;
    assert_eq!(stranger.get("/readyz").await.status, 200);
}
