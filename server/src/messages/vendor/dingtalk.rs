//! 钉钉群机器人: custom robots of DingTalk groups (open.dingtalk.com, 自定义机器人接入, 自定义机器人安全设置,
//! 自定义机器人发送消息的错误码).

use app::channel::TextFormat;
use app::message::{MessageKind, NoAnswerReason};
use serde_json::{Value, json};
use url::Url;

use super::super::target::Target;
use super::answer::http;
use super::fit::fit;
use super::mention::{at, is_everybody, is_member_or_mobile, members_and_mobiles};
use super::sign::hmac_base64;
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor, pause};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};

/// Bytes of a request's body; a longer one gets 460101.
const BODY_MAX: usize = 20_000;
/// Bytes of a text: what stays of the body for it.
const TEXT_MAX: usize = 19_000;
/// Messages a robot takes in one minute.
const RATE: Rate = Rate {
    minute: 20,
    second: None,
};
/// Seconds for which a robot that got more refuses everything.
const REFUSAL: u64 = 600;
/// Too many messages of this robot (130101, 410100) or calls to its webhook (90030).
const TOO_MANY: [i64; 3] = [130_101, 410_100, 90_030];
/// Too many calls from this address or company, among the global error codes.
const TOO_MANY_CALLS: std::ops::RangeInclusive<i64> = 90_001..=90_018;
/// Passes by itself: system busy, service unavailable.
const PASSING: [i64; 2] = [-1, 15];
/// Stays: parameters and content (4xxxx, 43xxx, 46xxxx), a robot or group that is gone (300001, 4001xx,
/// 400013), a keyword that is missing, a signature or an address that does not fit (310000), words that
/// are not allowed (4301xx).
const FINAL: [std::ops::RangeInclusive<i64>; 3] =
    [40_000..=49_999, 300_000..=319_999, 400_000..=499_999];

/// The robot of a DingTalk group.
pub(super) struct Dingtalk;

impl Vendor for Dingtalk {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn knows(&self, name: &str, _format: TextFormat) -> bool {
        is_member_or_mobile(name)
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let text = fit(&item.body, BODY_MAX, at.lang, |text| {
            body(text, &item.mentions).to_string().len()
        });
        let url = signed(to, at.now.timestamp_millis())?;
        let body = body(&text, &item.mentions);
        Ok(Outgoing::Http(HttpRequest::post(to, url, &body)))
    }

    /// With HTTP 200 the verdict is in the body.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        if !answer.is_success() {
            return Err(http(answer));
        }
        let code = answer.json()["errcode"].as_i64();
        let Answer {
            retry_after, words, ..
        } = answer;
        Err(match code {
            Some(0) => return Ok(words),
            Some(code) if TOO_MANY.contains(&code) || TOO_MANY_CALLS.contains(&code) => {
                SendError::TooMany(words, pause(retry_after, REFUSAL))
            }
            Some(code)
                if !PASSING.contains(&code)
                    && FINAL.iter().any(|family| family.contains(&code)) =>
            {
                SendError::Rejected(words)
            }
            _ => SendError::Answer(words, retry_after),
        })
    }
}

/// The URL with `timestamp` and `sign`, where the robot checks signatures (安全设置, 加签): HMAC-SHA256
/// over `timestamp + "\n" + secret`, keyed with the secret.
fn signed(to: &Target, millis: i64) -> Result<String, SendError> {
    let secret = to.settings.secret.trim();
    if secret.is_empty() {
        return Ok(to.url.clone());
    }
    let mut url =
        Url::parse(&to.url).map_err(|_| SendError::Refused(NoAnswerReason::NotAUrl.into()))?;
    let sign = hmac_base64(secret.as_bytes(), format!("{millis}\n{secret}").as_bytes());
    url.query_pairs_mut()
        .append_pair("timestamp", &millis.to_string())
        .append_pair("sign", &sign);
    Ok(url.into())
}

/// Only people whose number or user ID is in the text, too, are mentioned.
fn body(text: &str, mentions: &[String]) -> Value {
    let everybody = mentions.iter().any(|name| is_everybody(name));
    let named: Vec<String> = mentions
        .iter()
        .filter(|name| !is_everybody(name))
        .cloned()
        .collect();
    let (members, mobiles) = members_and_mobiles(&named);
    let members: Vec<&str> = members
        .into_iter()
        .map(|name| name.trim().trim_start_matches('@'))
        .collect();
    let signs: Vec<String> = mobiles
        .iter()
        .map(String::as_str)
        .chain(members.iter().copied())
        .map(at)
        .collect();
    let content = if signs.is_empty() {
        text.to_owned()
    } else {
        format!("{text}\n{}", signs.join(" "))
    };
    json!({
        "msgtype": "text",
        "text": { "content": content },
        "at": { "atMobiles": mobiles, "atUserIds": members, "isAtAll": everybody },
    })
}
