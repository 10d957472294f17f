//! Who may do what, over every route and every server function.

use std::collections::BTreeSet;

use app::auth::Role;
use app::backend::{Capacity, Rules, Secrets, Summaries};
use app::error::{AppError, ErrorKind};
use app::pool::PoolDraft;
use app::rule::RuleDraft;
use app::secret::SecretDraft;
use app::summary::SummaryDraft;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::helpers::{Browser, Reply, TestApp, draft};

mod strangers;
mod versions;

/// Routes open without authentication, by path.
const OPEN: [&str; 12] = [
    "/login",
    "/logout",
    "/preferences",
    "/healthz",
    "/readyz",
    "/favicon.svg",
    "/favicon.ico",
    "/robots.txt",
    "/apple-touch-icon.png",
    "/api/openapi.json",
    "/fn/frame",
    "/fn/sign_in_form",
];

/// Every route that the server has, by path, with its ids filled in.
fn routes() -> BTreeSet<String> {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let mut routes: BTreeSet<String> = described["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .map(|path| {
            let path = path.replace("{id}", "1").replace("{name}", "cn");
            path.replace("{event}", "failed")
                .replace("{picture}", "urge")
        })
        .collect();
    assert!(routes.len() > 15, "the API is described: {routes:?}");
    let pages = [
        "/",
        "/tasks",
        "/tasks/new",
        "/tasks/1",
        "/tasks/1/edit",
        "/runs",
        "/runs/1",
        "/reminders",
        "/admin",
        "/admin/users",
        "/admin/channels",
        "/admin/channels/1/templates",
        "/admin/pictures",
        "/admin/secrets",
        "/admin/pools",
        "/admin/urging",
        "/admin/retention",
        "/import",
        "/admin/nodes",
        "/metrics",
        "/setup",
        "/events",
        "/taskid1",
        "/xadmin",
        "/no-such-page",
        "/api",
        "/api/v1",
        "/fn",
    ];
    routes.extend(pages.map(str::to_owned));
    routes.extend(OPEN.map(str::to_owned));
    routes.extend(server_functions());
    routes
}

/// Every server function, as the framework knows them.
fn server_functions() -> Vec<String> {
    let paths: Vec<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    assert!(
        paths.len() > 15,
        "the server functions are known: {paths:?}"
    );
    paths
}

/// Asks for a page's data as the page does.
async fn question(browser: &Browser, path: &str, asked: &impl serde::Serialize) -> Reply {
    let body = app::wire::write(asked).expect("a question");
    question_of(browser, path, body).await
}

/// Sends a request with these bytes.
async fn question_of(browser: &Browser, path: &str, body: Vec<u8>) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::ORIGIN, "http://cron.test")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body));
    browser.send(request.expect("a request")).await
}

/// Everything that an unauthenticated user or a viewer must not change, as text.
pub(crate) async fn everything(app: &TestApp) -> Vec<String> {
    let user = if app.place.database.url.is_empty() {
        "\"user\""
    } else {
        "`user`"
    };
    let queries = [
        "SELECT CONCAT_WS(' ', id, name, command, state, urging, version) FROM task".to_owned(),
        "SELECT CONCAT_WS(' ', id, expression) FROM schedule".to_owned(),
        "SELECT CONCAT_WS(' ', id, state) FROM run".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, url_sealed) FROM channel".to_owned(),
        "SELECT CONCAT_WS(' ', id, prefix) FROM api_token".to_owned(),
        "SELECT CONCAT_WS(' ', id, state) FROM message".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, note, value_sealed) FROM secret".to_owned(),
        "SELECT CONCAT_WS(' ', id, state, owner, version) FROM ticket".to_owned(),
        "SELECT CONCAT_WS(' ', id, link, act) FROM link_use".to_owned(),
        "SELECT CONCAT_WS(' ', secret_id, task_id) FROM secret_grant".to_owned(),
        "SELECT CONCAT_WS(' ', name, slots) FROM pool".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, hour, minute) FROM message_summary".to_owned(),
        format!("SELECT CONCAT_WS(' ', id, name, role, password_hash, disabled) FROM {user}"),
    ];
    let mut all = Vec::new();
    for query in queries {
        all.extend(app.place.database.rows(&query).await);
    }
    all
}

/// One of everything, so that an id of 1 always names something.
pub(crate) async fn furnished() -> TestApp {
    let app = TestApp::new().await;
    app.channel(
        "ops",
        app::channel::ChannelKind::Webhook,
        "http://127.0.0.1:9/",
    )
    .await;
    let mut plan = draft("secret plan", "0 0 1 1 *", "echo secret output");
    plan.tickets.opens = "task".to_owned();
    app.execute(plan).await;
    app.token("owner", Role::Admin).await;
    let secret = SecretDraft {
        name: "SECRET_NAME".to_owned(),
        value: "secret value".to_owned(),
        note: "secret note".to_owned(),
        tasks: vec!["secret plan".to_owned()],
    };
    let pool = PoolDraft {
        name: "cn".to_owned(),
        slots: "5".to_owned(),
    };
    let console = app.console();
    app.service
        .secret_create(&console, &secret)
        .await
        .expect("a secret");
    app.service
        .pool_set(&console, None, &pool)
        .await
        .expect("a pool");
    let rule = RuleDraft {
        channel_id: Some(1),
        events: vec!["too_long".to_owned()],
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&console, &rule).await;
    added.expect("a rule");
    let summary = SummaryDraft {
        name: "secret summary".to_owned(),
        channel_id: Some(1),
        time: "09:00".to_owned(),
        ..SummaryDraft::default()
    };
    let made = app.service.summary_create(&console, &summary).await;
    made.expect("a summary");
    let rota = app::oncall::RotaDraft {
        people: vec!["ann".to_owned()],
        ..app::oncall::RotaDraft::default()
    };
    let set = app.service.rota_set(&console, "cn", None, &rota).await;
    set.expect("a rota");
    app
}

/// A body that would be right, so that only the right to send it is missing.
fn body_for(path: &str) -> Value {
    match path {
        path if path.ends_with("/pause") => json!({"until": null}),
        path if path.ends_with("/run") => json!({"note": "n"}),
        path if path.contains("/calendars") => json!({}),
        path if path.contains("/blackouts") => {
            json!({"name": "n", "cron": "0 0 * * *", "duration": "1h"})
        }
        path if path.contains("/summaries") => {
            json!({"name": "n", "channel_id": 1, "time": "09:00"})
        }
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
        path if path.contains("/imports/") => json!({"tasks": [1]}),
        path if path.contains("/pools") => json!({"slots": 7}),
        "/api/v1/schedules/preview" => json!({"cron": "* * * * *"}),
        _ => json!({"name": "n", "cron": "* * * * *", "command": "true"}),
    }
}

#[tokio::test]
async fn a_viewer_reads_and_writes_nothing() {
    let app = furnished().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let before = everything(&app).await;
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let mut written = 0;
    for (path, operations) in described["paths"].as_object().expect("paths") {
        let filled = path.replace("{id}", "1").replace("{name}", "cn");
        let filled = filled
            .replace("{event}", "failed")
            .replace("{picture}", "urge");
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
                ("GET", "/api/v1/users" | "/api/v1/chat/people") => &[403],
                ("GET", path) if path.contains("/secrets") => &[403],
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

    let reading = [
        "frame",
        "overview",
        "task_list_page",
        "task_page",
        "task_history",
        "run_page",
        "preview",
        "sign_in_form",
        "channels_page",
        "task_form",
        "about_page",
        "calendars_page",
        "calendar_page",
        "blackouts_page",
        "rules_page",
        "occurrences_page",
        "pools_page",
        "urge_defaults_page",
        "retention_page",
        "pictures_page",
        "templates_page",
        "nodes_page",
        "start_page",
        "account_page",
        "messages_page",
        "runs_page",
        "summaries_page",
        "tickets_page",
    ];
    for path in server_functions() {
        let name = path.rsplit('/').next().expect("a name");
        if reading.contains(&name) {
            continue;
        }
        let fields = [
            ("id", "1"),
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
            "users_page" | "import_page" => question(&viewer, &path, &()).await,
            "secrets_page" => question(&viewer, &path, &None::<i64>).await,
            _ => viewer.submit(&path, &fields).await,
        };
        let said = || app::wire::read::<AppError>(&reply.body).map(|error| error.kind);
        // Without JavaScript the browser is sent back to its page with the refusal in the address;
        // this request names no page, so the refusal is in the body.
        let refused = match name {
            "token_revoke" => reply.status == 404,
            _ => reply.status == 403,
        } || (reply.status == 302
            && (said() == Ok(ErrorKind::Forbidden) || name == "token_revoke"));
        assert!(
            refused,
            "{path}: {} {} {}",
            reply.status,
            reply.header("location"),
            reply.text()
        );
    }
    for (path, fields) in [
        (
            "/tasks/new",
            [("name", "n"), ("cron", "* * * * *"), ("command", "true")],
        ),
        (
            "/tasks/1/edit",
            [("name", "n"), ("cron", "* * * * *"), ("command", "true")],
        ),
        (
            "/admin/channels",
            [
                ("name", "n"),
                ("kind", "webhook"),
                ("url", "http://127.0.0.1:9/"),
            ],
        ),
        (
            "/admin/channels/1/templates",
            [("event", "all"), ("body", "x"), ("act", "save")],
        ),
        (
            "/admin/channels/1/templates",
            [("event", "all"), ("body", "x"), ("act", "preview")],
        ),
        (
            "/admin/calendars",
            [("name", "n"), ("source_url", ""), ("unused", "")],
        ),
        (
            "/admin/calendars/cn",
            [
                ("text", "2026-11-23 rest n"),
                ("as_work_days", ""),
                ("replace_years", ""),
            ],
        ),
        (
            "/admin/blackouts",
            [("name", "n"), ("cron", "0 0 * * *"), ("duration", "1h")],
        ),
        (
            "/rules",
            [("scope", "all"), ("channel_id", "1"), ("events", "failed")],
        ),
        (
            "/summaries",
            [("name", "n"), ("channel_id", "1"), ("time", "09:00")],
        ),
        ("/reminders", [("one", "1 done"), ("word", "w"), ("to", "")]),
        (
            "/admin/secrets",
            [("name", "N"), ("value", "long enough"), ("tasks", "1")],
        ),
        (
            "/admin/secrets",
            [("id", "1"), ("value", "long enough"), ("tasks", "")],
        ),
        (
            "/admin/retention",
            [("run_days", "1"), ("runs", "1"), ("version", "0")],
        ),
        (
            "/admin/pools",
            [("name", "n"), ("slots", "1"), ("unused", "")],
        ),
        (
            "/admin/urging",
            [("tag", "n"), ("tickets.max_urges", "1"), ("version", "0")],
        ),
        (
            "/import",
            [
                ("text", "* * * * * true"),
                ("path", "user:root"),
                ("action", "apply"),
            ],
        ),
        (
            "/admin/users",
            [
                ("name", "n"),
                ("password", "long enough"),
                ("role", "admin"),
            ],
        ),
    ] {
        assert_eq!(viewer.submit(path, &fields).await.status, 403, "{path}");
    }
    let after = everything(&app).await;
    // The viewer's own account is the one difference to what was there before.
    assert_eq!(after, before);
}
