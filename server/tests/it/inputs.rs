//! Input of people and programs: lists, limits, texts, times, search, forms and JSON.

mod every_field;
mod forms;
mod json;
mod limits;
mod names;
mod ranges;
mod search;
mod times;
mod warnings;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::helpers::{Browser, Reply};

/// A good task with some fields replaced.
fn task(changes: &Value) -> Value {
    let mut task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    for (name, value) in changes.as_object().expect("an object") {
        task[name] = value.clone();
    }
    task
}

/// Sends bytes as they are.
async fn send(who: &Browser, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", kind)
        .body(Body::from(body))
        .expect("a request");
    who.send(request).await
}

/// The title of an answer that is a problem document with this status.
fn title(reply: &Reply, status: u16) -> String {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let title = reply.json()["title"].as_str().map(str::to_owned);
    title.expect("a title")
}
