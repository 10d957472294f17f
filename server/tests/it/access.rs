//! Who may do what, over every route, every page, every form and every server function.
//!
//! The lists are those of the program itself: what is added to it is tried here, and fails a test until it is
//! classified.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;

use super::helpers::browser::page_routes;
use super::helpers::{Browser, Reply};

mod pages;
mod scopes;
mod strangers;
pub(crate) mod things;
mod versions;
mod viewers;

/// Routes open without authentication, by path.
const OPEN: [&str; 14] = [
    "/login",
    "/logout",
    "/preferences",
    "/healthz",
    "/readyz",
    "/favicon.svg",
    "/favicon-failing.svg",
    "/favicon.ico",
    "/robots.txt",
    "/apple-touch-icon.png",
    "/api/openapi.json",
    "/api/v1/schema/task.json",
    "/fn/frame",
    "/fn/sign_in_form",
];

/// Server functions that change nothing, by endpoint. Every other one is tried as a change, here and in `acts`.
pub(crate) const READING: [&str; 39] = [
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
    "rotas_page",
    "people_page",
    "urge_defaults_page",
    "retention_page",
    "audit_page",
    "pictures_page",
    "templates_page",
    "template_preview",
    "nodes_page",
    "start_page",
    "start_urls_page",
    "account_page",
    "messages_page",
    "runs_page",
    "run_trend",
    "summaries_page",
    "tickets_page",
    "ticket_address",
    "users_page",
    "import_page",
    "task_import_page",
    "secrets_page",
];

/// Addresses that are in no list: those of programs, of the original product, and some that do not exist.
const OTHERS: [&str; 10] = [
    "/metrics",
    "/events",
    "/help",
    "/help/start",
    "/taskid1",
    "/xadmin",
    "/no-such-page",
    "/api",
    "/api/v1",
    "/fn",
];

/// A route's path with the ids and names of the things that [`things::furnished`] makes.
pub(crate) fn filled(path: &str) -> String {
    path.replace("{id}", "1")
        .replace("{name}", "cn")
        .replace("{event}", "failed")
        .replace("{picture}", "urge")
}

/// The operations of the API by path, as it describes them.
fn described() -> Value {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    described["paths"].clone()
}

/// Every route that the server has, by path, with its ids filled in.
async fn routes() -> BTreeSet<String> {
    let described = described();
    let described = described.as_object().expect("paths").keys();
    let mut routes: BTreeSet<String> = described.map(|path| filled(path)).collect();
    assert!(routes.len() > 15, "the API is described: {routes:?}");
    routes.extend(page_routes().await.iter().map(|path| filled(path)));
    // A link's token is its right: `links` tries others.
    let forms = server::pages::form_routes().filter(|path| !path.contains("{token}"));
    routes.extend(forms.map(filled));
    routes.extend(OTHERS.map(str::to_owned));
    routes.extend(OPEN.map(str::to_owned));
    routes.extend(server_functions());
    routes
}

/// Every server function, as the framework knows them.
pub(crate) fn server_functions() -> Vec<String> {
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
