//! The requests: the address of a connection, access tokens, messages, answers to texts.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Json;
use serde_json::{Value, json};

use super::{BOT, CHAT, Inner, Memory, Mood, SECRET, SERVICE};

/// HTTP status and body: refusals have a code in the body.
type Verdict = Result<Value, (StatusCode, i64, &'static str)>;

pub(super) fn router(inner: Arc<Inner>) -> Router {
    Router::new().fallback(take).with_state(inner)
}

async fn take(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let verdict = {
        let mut memory = inner.lock();
        let path = uri.path().to_owned();
        let verdict = answer(&inner, &mut memory, (&method, &uri), &headers, &body);
        if let Err((StatusCode::BAD_REQUEST, 230_001, why)) = &verdict {
            let complaint = format!("{method} {path}: {why} {body}");
            memory.complaints.push(complaint);
        }
        memory.requests.push((path, body));
        verdict
    };
    inner.changed();
    match verdict {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        Err((status, code, why)) => {
            let body = json!({ "code": code, "msg": why, "data": {} });
            (status, Json(body))
        }
    }
}

fn answer(
    inner: &Inner,
    memory: &mut Memory,
    (method, uri): (&Method, &Uri),
    headers: &HeaderMap,
    body: &Value,
) -> Verdict {
    if memory.mood == Mood::Busy {
        return Err((StatusCode::SERVICE_UNAVAILABLE, 1, "busy"));
    }
    match (method.as_str(), uri.path()) {
        ("POST", "/callback/ws/endpoint") => {
            if body["AppID"] != BOT || body["AppSecret"] != SECRET {
                return Err((StatusCode::OK, 514, "auth failed"));
            }
            let key = format!("key-{}", memory.requests.len());
            memory.keys.push(key.clone());
            let stream = inner.stream.get().expect("an address");
            let host = match memory.mood {
                Mood::Inside => "10.0.0.1:9".to_owned(),
                _ => stream.to_string(),
            };
            let url = format!(
                "ws://{host}/ws/v2?fpid=1&aid=2&device_id=3&access_key={key}&service_id={SERVICE}&ticket=t"
            );
            let settings = json!({ "PingInterval": 5, "ReconnectCount": -1,
                "ReconnectInterval": 1, "ReconnectNonce": 0 });
            let data = json!({ "URL": url, "ClientConfig": settings });
            Ok(json!({ "code": 0, "msg": "", "data": data }))
        }
        ("POST", "/open-apis/auth/v3/tenant_access_token/internal") => {
            if body["app_id"] != BOT || body["app_secret"] != SECRET {
                return Err((StatusCode::OK, 10_014, "app secret invalid"));
            }
            memory.tokens += 1;
            let token = format!("t-{}", memory.tokens);
            memory.token = Some(token.clone());
            Ok(json!({ "code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200 }))
        }
        (method, path) => {
            let token = headers.get("authorization");
            let token = token.and_then(|token| token.to_str().ok());
            let token = token.and_then(|token| token.strip_prefix("Bearer "));
            if token.is_none() || token != memory.token.as_deref() {
                let why = "Invalid access token";
                return Err((StatusCode::BAD_REQUEST, 99_991_663, why));
            }
            let query = uri.query().unwrap_or_default();
            message(memory, (method, path, query), body)
        }
    }
}

fn bad(why: &'static str) -> (StatusCode, i64, &'static str) {
    (StatusCode::BAD_REQUEST, 230_001, why)
}

fn message(
    memory: &mut Memory,
    (method, path, query): (&str, &str, &str),
    body: &Value,
) -> Verdict {
    let content = body["content"].as_str().unwrap_or_default();
    let content: Value = serde_json::from_str(content).map_err(|_| bad("no content"))?;
    if !is_card(&content) {
        return Err(bad("no card"));
    }
    let id = format!("om_{:03}", memory.requests.len());
    // Feishu repeats the content.
    let data = json!({ "message_id": id, "body": { "content": body["content"] } });
    let sent = json!({ "code": 0, "msg": "success", "data": data });
    let kept = path.strip_prefix("/open-apis/im/v1/messages/");
    match (method, kept) {
        ("POST", None) if path == "/open-apis/im/v1/messages" => {
            let fine = body["msg_type"] == "interactive"
                && query == "receive_id_type=chat_id"
                && body["receive_id"] == CHAT;
            if !fine {
                return Err(bad("an unknown chat"));
            }
            memory.cards.insert(id, content);
            Ok(sent)
        }
        ("POST", Some("om_said/reply")) if body["msg_type"] == "interactive" => Ok(sent),
        ("PATCH", Some(id)) if memory.cards.contains_key(id) => {
            memory.cards.insert(id.to_owned(), content);
            Ok(json!({ "code": 0, "msg": "success", "data": {} }))
        }
        _ => Err(bad("an unknown request")),
    }
}

fn says(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Whether it is a card with texts and buttons that can be pressed or lead somewhere.
pub(super) fn is_card(card: &Value) -> bool {
    let button = |button: &Value| {
        let leads = says(&button["url"]) || button["value"].is_object();
        button["tag"] == "button" && says(&button["text"]["content"]) && leads
    };
    let element = |element: &Value| match element["tag"].as_str() {
        Some("div") => says(&element["text"]["content"]),
        Some("markdown") => says(&element["content"]),
        Some("action") => {
            let actions = element["actions"].as_array();
            actions.is_some_and(|actions| !actions.is_empty() && actions.iter().all(button))
        }
        _ => false,
    };
    let elements = card["elements"].as_array();
    let title = &card["header"];
    let titled = title.is_null() || says(&title["title"]["content"]);
    let filled = elements.is_some_and(|elements| elements.iter().all(element));
    titled && filled && !(title.is_null() && elements.is_some_and(Vec::is_empty))
}
