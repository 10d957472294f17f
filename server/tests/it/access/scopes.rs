//! What the scopes of a token allow, over every operation of the API; and that tokens open neither pages nor their
//! functions and forms, which work with sessions only.
//!
//! The scope of an operation is read from the description of the API, where it comes from the list that decides.

use app::auth::{Role, Scope, Scopes};
use serde_json::Value;

use super::things::{everything, furnished};
use super::{OPEN, described, filled, server_functions};
use crate::helpers::browser::page_routes;
use crate::helpers::{Browser, TestApp};

/// An operation, and what a token needs for it.
struct Operation {
    method: String,
    path: String,
    needs: String,
}

fn operations() -> Vec<Operation> {
    let described = described();
    let mut all = Vec::new();
    for (path, operations) in described.as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            if method == "parameters" {
                continue;
            }
            let needs = operation["x-token-scope"].as_str();
            let needs = needs.unwrap_or_else(|| {
                panic!("{method} {path} has no scope: add it to a list of `http::rights`")
            });
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                needs: needs.to_owned(),
            });
        }
    }
    assert!(all.len() > 100);
    all
}

/// A program with a token of this role and these scopes.
async fn program(app: &TestApp, name: &str, role: Role, scopes: Scopes) -> Browser {
    let token = app.token_with(name, role, scopes).await;
    let bearer = format!("Bearer {token}");
    app.browser().with("authorization", &bearer)
}

/// The code of a refusal.
fn code(body: &Value) -> &str {
    body["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_token_does_what_its_scopes_allow_and_nothing_else() {
    let app = furnished().await;
    let operations = operations();
    for own in Scope::ALL {
        let name = format!("ci-{}", own.as_str());
        let scopes: Scopes = [own].into_iter().collect();
        let program = program(&app, &name, Role::Admin, scopes).await;
        let before = everything(&app).await;
        for operation in &operations {
            let Operation {
                method,
                path,
                needs,
            } = operation;
            let allowed = match needs.parse::<Scope>() {
                Ok(scope) => scopes.allow(scope),
                Err(()) => needs == "open",
            };
            // Nothing is changed by what is allowed: there is no such thing, or the body cannot be read.
            let known = filled(path);
            let path = match (allowed, method.as_str()) {
                (true, "GET") | (false, _) => known,
                (true, _) => path.replace("{id}", "987654").replace("{name}", "no-such"),
            };
            // A stream has no end.
            if allowed && path.ends_with("/log/stream") {
                continue;
            }
            let body = (method != "GET").then(|| Value::from("no object"));
            let reply = program.call(method, &path, body).await;
            let text = reply.text();
            let problem: Value = serde_json::from_str(&text).unwrap_or_default();
            let expected = match (allowed, needs.as_str()) {
                (true, _) => None,
                (false, "none") => Some("forbidden"),
                (false, _) => Some("token.scope"),
            };
            let refused = (reply.status == 403).then(|| code(&problem));
            assert_eq!(refused, expected, "{own:?}: {method} {path}: {text}");
        }
        assert_eq!(everything(&app).await, before, "{own:?}");
    }
}

#[tokio::test]
async fn scopes_give_no_rights_beyond_the_role() {
    let app = furnished().await;
    let program = program(&app, "vi", Role::Viewer, Scopes::all()).await;
    let before = everything(&app).await;
    for (method, path) in [
        ("POST", "/api/v1/tasks/1/run"),
        ("PATCH", "/api/v1/tasks/1"),
        ("DELETE", "/api/v1/channels/1"),
        ("GET", "/api/v1/users"),
        ("GET", "/metrics"),
    ] {
        let body = (method == "PATCH").then(|| serde_json::json!({}));
        let reply = program.call(method, path, body).await;
        assert_eq!(reply.status, 403, "{method} {path}");
    }
    // Only its account, and only what it owns.
    for list in ["tokens", "sessions"] {
        let listed = program.get(&format!("/api/v1/{list}")).await.expect(200);
        let items = listed["items"].as_array().expect("rows");
        assert!(items.iter().all(|one| one["user"] == "vi"), "{listed}");
    }
    assert_eq!(everything(&app).await, before);
}

#[tokio::test]
async fn tokens_have_no_say_on_pages_and_in_their_functions_and_forms() {
    let app = furnished().await;
    let program = program(&app, "ci", Role::Admin, Scopes::all()).await;
    let before = everything(&app).await;
    let is_open = |path: &str| {
        let others = ["/setup", "/t/{token}", "/my/{token}"];
        OPEN.contains(&path) || others.contains(&path)
    };
    let pages = page_routes().await;
    for path in pages.iter().filter(|path| !is_open(path)) {
        let reply = program.open(&filled(path)).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, code(&problem)),
            (403, "token.page"),
            "{path}"
        );
    }
    let forms = server::pages::form_routes().filter(|path| !is_open(path));
    for path in forms.map(str::to_owned).chain(server_functions()) {
        if is_open(&path) {
            continue;
        }
        let reply = program.submit(&filled(&path), &[("name", "n")]).await;
        assert_eq!(reply.status, 403, "{path}: {}", reply.text());
    }
    assert_eq!(everything(&app).await, before);
    // What changes on pages is announced to programs as well.
    let events = axum::http::Request::get("/events").body(axum::body::Body::empty());
    let events = program.send_unread(events.expect("a request")).await;
    assert_eq!(events.status(), 200);
}

#[tokio::test]
async fn asking_whether_servers_work_and_metrics_need_their_own_scopes() {
    let app = TestApp::new().await;
    app.node().await.turn().await;
    for own in Scope::ALL {
        let scopes: Scopes = [own].into_iter().collect();
        let program = program(&app, own.as_str(), Role::Admin, scopes).await;
        let ready = program.get("/readyz").await.expect(200);
        let details = matches!(own, Scope::Ping | Scope::Read);
        assert_eq!(ready.get("version").is_some(), details, "{own:?}: {ready}");
        let metrics = program.get("/metrics").await.status;
        let expected = if own == Scope::Metrics { 200 } else { 403 };
        assert_eq!(metrics, expected, "{own:?}");
    }
}
