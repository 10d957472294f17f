//! The requests: opening a connection, access tokens, cards, messages, answers to texts.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Json;
use serde_json::{Value, json};

use super::{BOT, CHAT, Inner, Memory, Mood, SECRET};

type Verdict = Result<Value, (StatusCode, Value)>;

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
        let verdict = answer(&inner, &mut memory, (&method, &path), &headers, &body);
        if let Err((StatusCode::BAD_REQUEST, why)) = &verdict {
            let complaint = format!("{method} {path}: {why}");
            memory.complaints.push(complaint);
        }
        memory.requests.push((path, body));
        verdict
    };
    inner.changed();
    match verdict {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        Err((status, why)) => (status, Json(why)),
    }
}

fn refused(status: StatusCode, code: &str, message: &str) -> (StatusCode, Value) {
    (status, json!({ "code": code, "message": message }))
}

fn bad(message: &str) -> (StatusCode, Value) {
    refused(StatusCode::BAD_REQUEST, "param.error", message)
}

fn answer(
    inner: &Inner,
    memory: &mut Memory,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
    body: &Value,
) -> Verdict {
    if memory.mood == Mood::Busy {
        let busy = refused(StatusCode::SERVICE_UNAVAILABLE, "busy", "later");
        return Err(busy);
    }
    match (method.as_str(), path) {
        ("POST", "/v1.0/gateway/connections/open") => open(inner, memory, body),
        ("POST", "/v1.0/oauth2/accessToken") => {
            if body["appKey"] != BOT || body["appSecret"] != SECRET {
                let code = "invalidClientIdOrSecret";
                return Err(refused(StatusCode::FORBIDDEN, code, "无效的凭证"));
            }
            memory.tokens += 1;
            let token = format!("token-{}", memory.tokens);
            memory.token = Some(token.clone());
            Ok(json!({ "accessToken": token, "expireIn": 7200 }))
        }
        // The address is the proof.
        ("POST", "/robot/sendBySession") => {
            let text = &body["markdown"]["text"];
            let title = &body["markdown"]["title"];
            let fine = body["msgtype"] == "markdown" && says(text) && says(title);
            let refusal = bad("no Markdown");
            fine.then(|| json!({ "errcode": 0, "errmsg": "ok" }))
                .ok_or(refusal)
        }
        _ => {
            let token = headers.get("x-acs-dingtalk-access-token");
            let token = token.and_then(|token| token.to_str().ok());
            if token.is_none() || token != memory.token.as_deref() {
                let code = "InvalidAuthentication";
                return Err(refused(
                    StatusCode::UNAUTHORIZED,
                    code,
                    "不合法的access_token",
                ));
            }
            with_token(memory, (method, path), body)
        }
    }
}

fn open(inner: &Inner, memory: &mut Memory, body: &Value) -> Verdict {
    if body["clientId"] != BOT || body["clientSecret"] != SECRET {
        return Err(refused(StatusCode::UNAUTHORIZED, "authFailed", "鉴权失败"));
    }
    let topics = body["subscriptions"].as_array().into_iter().flatten();
    let topics: Vec<&str> = topics
        .filter(|one| one["type"] == "CALLBACK")
        .filter_map(|one| one["topic"].as_str())
        .collect();
    for topic in ["/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"] {
        if !topics.contains(&topic) {
            return Err(bad("a topic is missing"));
        }
    }
    // A ticket has characters that an address has to encode.
    let ticket = format!("ticket+{}==", memory.requests.len());
    memory.tickets.insert(ticket.clone());
    let stream = inner.stream.get().expect("an address");
    let endpoint = match memory.mood {
        Mood::Inside => "ws://10.0.0.1:9/connect".to_owned(),
        _ => format!("ws://{stream}/connect"),
    };
    Ok(json!({ "endpoint": endpoint, "ticket": ticket }))
}

fn with_token(memory: &mut Memory, (method, path): (&Method, &str), body: &Value) -> Verdict {
    match (method.as_str(), path) {
        ("POST", "/v1.0/card/instances/createAndDeliver") => {
            let id = card(memory, body).map_err(bad)?;
            let mentions = &body["imGroupOpenDeliverModel"]["atUserIds"];
            if memory.mood == Mood::Strangers && !mentions.is_null() {
                let failed = json!([{ "spaceType": "IM_GROUP", "spaceId": CHAT, "success": false,
                    "errorMsg": "a user is not in the group" }]);
                let result = json!({ "outTrackId": id, "deliverResults": failed });
                return Ok(json!({ "success": true, "result": result }));
            }
            let parameters = body["cardData"]["cardParamMap"].clone();
            memory.cards.insert(id.clone(), parameters);
            let delivered = json!([{ "spaceType": "IM_GROUP", "spaceId": CHAT, "success": true }]);
            let result = json!({ "outTrackId": id, "deliverResults": delivered });
            Ok(json!({ "success": true, "result": result }))
        }
        ("PUT", "/v1.0/card/instances") => {
            let id = body["outTrackId"].as_str().unwrap_or_default();
            parameters(body).map_err(bad)?;
            let known = memory
                .cards
                .get_mut(id)
                .ok_or_else(|| bad("no such card"))?;
            *known = body["cardData"]["cardParamMap"].clone();
            Ok(json!({ "success": true, "result": true }))
        }
        ("POST", "/v1.0/robot/groupMessages/send") => {
            if body["openConversationId"] != CHAT {
                return Err(bad("an unknown group"));
            }
            message(body).map_err(bad)
        }
        ("POST", "/v1.0/robot/oToMessages/batchSend") => {
            let people = body["userIds"].as_array();
            if people.is_none_or(|people| people.is_empty() || people.len() > 20) {
                return Err(bad("no people"));
            }
            message(body).map_err(bad)
        }
        _ => Err(bad("an unknown request")),
    }
}

fn says(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn message(body: &Value) -> Result<Value, &'static str> {
    let parameters = body["msgParam"].as_str().unwrap_or_default();
    let parameters: Value = serde_json::from_str(parameters).map_err(|_| "no parameters")?;
    let fine = body["robotCode"] == BOT
        && body["msgKey"] == "sampleMarkdown"
        && says(&parameters["title"])
        && says(&parameters["text"]);
    fine.then(|| json!({ "processQueryKey": "query-1" }))
        .ok_or("no message")
}

/// Parameters of a card: texts all of them, with buttons that can be pressed or lead somewhere.
fn parameters(body: &Value) -> Result<(), &'static str> {
    let parameters = body["cardData"]["cardParamMap"].as_object();
    let parameters = parameters.ok_or("no parameters")?;
    if !parameters.values().all(Value::is_string) {
        return Err("a parameter is no text");
    }
    let whole = parameters.get("sys_full_json_obj").and_then(Value::as_str);
    let whole: Value = serde_json::from_str(whole.unwrap_or_default()).map_err(|_| "no layout")?;
    let buttons = whole["msgButtons"].as_array().ok_or("no buttons")?;
    let fine = |button: &Value| {
        let presses = says(&button["id"]) && button["request"] == true;
        says(&button["text"]) && (presses || says(&button["url"]))
    };
    buttons.iter().all(fine).then_some(()).ok_or("odd buttons")
}

fn card(memory: &Memory, body: &Value) -> Result<String, &'static str> {
    let id = body["outTrackId"].as_str().filter(|id| !id.is_empty());
    let id = id.ok_or("no ID")?.to_owned();
    if memory.cards.contains_key(&id) {
        return Err("an ID that was used");
    }
    if !says(&body["cardTemplateId"]) || body["callbackType"] != "STREAM" {
        return Err("no template, or no way for presses");
    }
    parameters(body)?;
    let mentions = &body["imGroupOpenDeliverModel"]["atUserIds"];
    let named = mentions.as_object().map(|all| all.values().all(says));
    if !mentions.is_null() && named != Some(true) {
        return Err("odd mentions");
    }
    let group = format!("dtv1.card//IM_GROUP.{CHAT}");
    let to_group = body["openSpaceId"] == group.as_str()
        && body["imGroupOpenDeliverModel"]["robotCode"] == BOT
        && body["imGroupOpenSpaceModel"].is_object();
    let space = body["openSpaceId"].as_str().unwrap_or_default();
    let to_person = space.starts_with("dtv1.card//IM_ROBOT.")
        && body["imRobotOpenDeliverModel"]["spaceType"] == "IM_ROBOT";
    match to_group || to_person {
        true => Ok(id),
        false => Err("an unknown chat"),
    }
}
