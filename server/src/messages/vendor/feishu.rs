//! 飞书群机器人, and those of Lark: custom bots of groups (open.feishu.cn, 自定义机器人使用指南;
//! open.larksuite.com, Custom bot usage guide).

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::{Value, json};

use super::super::target::Target;
use super::answer::http;
use super::fit::fit;
use super::mention::{at, is_everybody, mobile};
use super::sign::hmac_base64;
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};

/// Bytes of a request's body: 20 KB.
const BODY_MAX: usize = 20_000;
/// Bytes of a text: what stays of the body for it.
const TEXT_MAX: usize = 19_000;
/// Messages a bot takes in one minute, and in one second (自定义机器人使用指南, 使用限制).
const RATE: Rate = Rate {
    minute: 100,
    second: Some(5),
};
/// Too many: for the tenant (11232), for the chat (230020), for the application (99991400).
const TOO_MANY: [i64; 3] = [11_232, 230_020, 99_991_400];
/// Stays: a bot that is gone or switched off (19001, 19002, 19007), a signature or clock that does not
/// fit (19021), an address that is not allowed (19022), a keyword that is missing (19024), a malformed
/// request (9499).
const FINAL: [std::ops::RangeInclusive<i64>; 3] =
    [9_499..=9_499, 19_001..=19_099, 230_001..=230_099];

/// The bot of a Feishu or Lark group.
pub(super) struct Feishu;

impl Vendor for Feishu {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn knows(&self, name: &str, _format: TextFormat) -> bool {
        person(name)["tag"] == "at"
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let seconds = at.now.timestamp().to_string();
        let secret = to.settings.secret.trim();
        // 签名校验: the key is `timestamp + "\n" + secret`, and nothing is signed with it.
        let sign = (!secret.is_empty())
            .then(|| hmac_base64(format!("{seconds}\n{secret}").as_bytes(), b""));
        let whole = |text: &str| {
            let mut body = body(text, &item.mentions);
            if let Some(sign) = &sign {
                body["timestamp"] = json!(seconds);
                body["sign"] = json!(sign);
            }
            body
        };
        let text = fit(&item.body, BODY_MAX, at.lang, |text| {
            whole(text).to_string().len()
        });
        let mut request = HttpRequest::post(to, to.url.clone(), &whole(&text));
        request.hidden.extend(sign);
        Ok(Outgoing::Http(request))
    }

    /// With HTTP 200 the verdict is in the body: `code`, or `StatusCode` from older bots.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        let json = answer.json();
        let code = [&json["code"], &json["StatusCode"]]
            .into_iter()
            .find_map(Value::as_i64);
        // Limits and faults also come with HTTP 400 and a code.
        if !answer.is_success() && code.is_none_or(|code| code == 0) {
            return Err(http(answer));
        }
        let too_many = json["msg"]
            .as_str()
            .is_some_and(|words| words.to_ascii_lowercase().contains("too many request"));
        let Answer {
            retry_after,
            words,
            status,
            ..
        } = answer;
        Err(match code {
            Some(0) => return Ok(words),
            Some(code) if too_many || status == 429 || TOO_MANY.contains(&code) => {
                SendError::TooMany(words, retry_after)
            }
            Some(code) if FINAL.iter().any(|family| family.contains(&code)) => {
                SendError::Rejected(words)
            }
            _ => SendError::Answer(words, retry_after),
        })
    }
}

/// A plain text where that does: in one, tags mention people (`<at …>`) and format (`<b>`), and `[text](URL)` hides a
/// link, so a text with such characters goes as rich text, of whose texts nothing is markup. So does one with people to
/// mention.
fn body(text: &str, mentions: &[String]) -> Value {
    let has_markup = ["<", "](", "**", "~~"]
        .iter()
        .any(|sign| text.contains(sign));
    if mentions.is_empty() && !has_markup {
        return json!({ "msg_type": "text", "content": { "text": text } });
    }
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| json!([{ "tag": "text", "text": line }]))
        .collect();
    let people: Vec<Value> = mentions.iter().map(|name| person(name)).collect();
    if !people.is_empty() {
        lines.push(Value::Array(people));
    }
    json!({
        "msg_type": "post",
        "content": { "post": { "zh_cn": { "title": "", "content": lines } } },
    })
}

/// Custom bots mention by Open ID or user ID only; a mobile number is shown as it is.
fn person(name: &str) -> Value {
    let id = name.trim().trim_start_matches('@');
    if is_everybody(name) {
        return json!({ "tag": "at", "user_id": "all" });
    }
    let is_id = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_id && !id.is_empty() && mobile(id).is_none() {
        return json!({ "tag": "at", "user_id": id });
    }
    json!({ "tag": "text", "text": format!("{} ", at(name)) })
}
