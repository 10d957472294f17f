//! What each vendor says to a request, from its documents (named in `server/src/messages/vendor/`).

use app::channel::ChannelKind;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Got, SECRET, TOKEN, WEBHOOK_SECRET};

fn sign(key: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(message.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn said(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(body)).into_response()
}

fn words(status: u16, body: &'static str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, body).into_response()
}

/// Messages a minute.
pub(super) fn per_minute(kind: ChannelKind) -> Option<usize> {
    match kind {
        ChannelKind::Dingtalk | ChannelKind::Telegram => Some(20),
        ChannelKind::Feishu => Some(100),
        ChannelKind::Slack | ChannelKind::Teams => Some(60),
        _ => None,
    }
}

/// Messages a second.
pub(super) fn per_second(kind: ChannelKind) -> Option<usize> {
    match kind {
        ChannelKind::Feishu => Some(5),
        ChannelKind::Teams => Some(4),
        _ => None,
    }
}

/// What it says to one more than that.
pub(super) fn too_many(kind: ChannelKind) -> Response {
    match kind {
        ChannelKind::Dingtalk => said(
            200,
            json!({"errcode": 130_101, "errmsg": "send too fast, exceed 20 times per minute"}),
        ),
        ChannelKind::Feishu => said(
            200,
            json!({"code": 11_232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}),
        ),
        ChannelKind::Telegram => said(
            429,
            json!({
                "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 35",
                "parameters": {"retry_after": 35},
            }),
        ),
        _ => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "30")],
            "rate_limited",
        )
            .into_response(),
    }
}

/// What it says to a message that it takes.
pub(super) fn accepted(kind: ChannelKind, got: &Got) -> Response {
    match kind {
        ChannelKind::Dingtalk => said(200, json!({"errcode": 0, "errmsg": "ok"})),
        ChannelKind::Feishu => said(200, json!({"code": 0, "data": {}, "msg": "success"})),
        ChannelKind::Slack => words(200, "ok"),
        // Telegram repeats the whole message.
        ChannelKind::Telegram => {
            let chat = json!({"id": -100_200_300, "title": "ops", "type": "supergroup"});
            let message =
                json!({"chat": chat, "date": 1, "message_id": 1, "text": got.json()["text"]});
            said(200, json!({"ok": true, "result": message}))
        }
        ChannelKind::Teams => words(202, ""),
        _ => words(204, ""),
    }
}

/// What it says to a request that is not in order.
pub(super) fn fault(kind: ChannelKind, got: &Got, now: DateTime<Utc>) -> Option<Response> {
    let is_json = got.header("content-type") == "application/json";
    let body = got.json();
    if got.method != Method::POST && kind != ChannelKind::Webhook {
        return Some(words(405, "method not allowed"));
    }
    match kind {
        ChannelKind::Dingtalk => dingtalk(got, is_json, &body, now),
        ChannelKind::Feishu => feishu(got, is_json, &body, now),
        ChannelKind::Slack => {
            let text = body["text"].as_str().unwrap_or_default();
            (!is_json || text.is_empty()).then(|| words(400, "invalid_payload"))
        }
        ChannelKind::Telegram => telegram(got, &body),
        ChannelKind::Teams => teams(got, &body),
        _ => webhook(got, is_json, &body, now),
    }
}

fn dingtalk(got: &Got, is_json: bool, body: &Value, now: DateTime<Utc>) -> Option<Response> {
    let refuse = |code: i64, why: &str| Some(said(200, json!({"errcode": code, "errmsg": why})));
    if !is_json {
        return refuse(43_004, "无效的HTTP HEADER Content-Type");
    }
    let stamp = got.parameter("timestamp").unwrap_or_default();
    let millis: i64 = stamp.parse().unwrap_or_default();
    let wanted = sign(SECRET.as_bytes(), &format!("{stamp}\n{SECRET}"));
    if (now.timestamp_millis() - millis).abs() > 3_600_000 || got.parameter("sign") != Some(wanted)
    {
        return refuse(310_000, "sign not match");
    }
    if got.text.len() > 20_000 {
        return refuse(460_101, "message too long, exceed 20000 bytes");
    }
    let text = body["text"]["content"].as_str().unwrap_or_default();
    if body["msgtype"] != "text" || text.is_empty() {
        return refuse(40_035, "缺少参数 json");
    }
    None
}

fn feishu(got: &Got, is_json: bool, body: &Value, now: DateTime<Utc>) -> Option<Response> {
    let refuse =
        |code: i64, why: &str| Some(said(200, json!({"code": code, "data": {}, "msg": why})));
    if !is_json || got.text.len() > 20 * 1024 {
        return refuse(9499, "Bad Request");
    }
    let stamp = body["timestamp"].as_str().unwrap_or_default();
    let seconds: i64 = stamp.parse().unwrap_or_default();
    let wanted = sign(format!("{stamp}\n{SECRET}").as_bytes(), "");
    if (now.timestamp() - seconds).abs() > 3600 || body["sign"] != json!(wanted) {
        return refuse(
            19_021,
            "sign match fail or timestamp is not within one hour from current time",
        );
    }
    let is_fine = match body["msg_type"].as_str() {
        Some("text") => body["content"]["text"].is_string(),
        Some("post") => body["content"]["post"]["zh_cn"]["content"].is_array(),
        _ => false,
    };
    if is_fine {
        return None;
    }
    refuse(9499, "Bad Request")
}

fn telegram(got: &Got, body: &Value) -> Option<Response> {
    let refuse = |code: u16, why: &str| {
        Some(said(
            code,
            json!({"ok": false, "error_code": code, "description": why}),
        ))
    };
    if got.uri.path() != format!("/bot{TOKEN}/sendMessage") {
        return refuse(401, "Unauthorized");
    }
    let text = body["text"].as_str().unwrap_or_default();
    match text.encode_utf16().count() {
        0 => return refuse(400, "Bad Request: message text is empty"),
        1..=4096 => {}
        _ => return refuse(400, "Bad Request: message is too long"),
    }
    if body["chat_id"] != "-100200300" {
        return refuse(400, "Bad Request: chat not found");
    }
    None
}

fn teams(got: &Got, body: &Value) -> Option<Response> {
    if got.text.len() > 28 * 1024 {
        return Some(words(413, "Request Entity too large"));
    }
    let card = &body["attachments"][0];
    let is_card = card["contentType"] == "application/vnd.microsoft.card.adaptive"
        && card["content"]["type"] == "AdaptiveCard"
        && card["content"]["body"].is_array();
    (!is_card).then(|| words(400, "The request body is not a card"))
}

/// As the libraries of Standard Webhooks verify; without a signature it is a plain webhook.
fn webhook(got: &Got, is_json: bool, body: &Value, now: DateTime<Utc>) -> Option<Response> {
    if is_json && body["event"].as_str().is_none() {
        return Some(words(400, "no event"));
    }
    let signature = got.header("webhook-signature");
    if signature.is_empty() {
        return None;
    }
    let (id, stamp) = (got.header("webhook-id"), got.header("webhook-timestamp"));
    let seconds: i64 = stamp.parse().unwrap_or_default();
    let key = WEBHOOK_SECRET.trim_start_matches("whsec_");
    let key = STANDARD.decode(key).expect("base64");
    let wanted = format!("v1,{}", sign(&key, &format!("{id}.{stamp}.{}", got.text)));
    let is_fine = !id.is_empty() && (now.timestamp() - seconds).abs() <= 300 && signature == wanted;
    (!is_fine).then(|| words(401, "no matching signature"))
}
