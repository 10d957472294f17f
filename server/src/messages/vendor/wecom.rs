//! 企业微信群机器人: group robots of WeCom (developer document 91770, 消息推送配置说明).

mod format;

pub(super) use format::content;

use app::channel::TextFormat;
use app::message::MessageKind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::super::picture;
use super::super::target::Target;
use super::answer::http;
use super::fit::fit_written;
use super::mention::{
    at as named, is_everybody, is_member, is_member_or_mobile, members_and_mobiles, plain,
};
use super::{Answer, At, HttpRequest, Limits, Outgoing, Vendor};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};

/// Bytes of a text (document 91770).
const TEXT_MAX: usize = 2048;
/// Messages a robot takes in one minute (document 91770).
const RATE: Rate = Rate {
    minute: 20,
    second: None,
};
/// WeCom asks for fewer calls: over the limit of the interface, or too many at the same time.
const TOO_MANY: [i64; 3] = [45009, 45011, 45033];
/// WeCom's answers that pass by themselves: system busy, conflict of versions.
const PASSING: [i64; 2] = [-1, 6000];
/// The families of WeCom's global error codes (developer document 90313): invalid parameters and
/// credentials, content that is too long or empty, no permission, no such member, a robot that was
/// removed (93000) or disabled (93004), pictures that do not fit their MD5 (301019). The same
/// message to the same address gets the same answer tomorrow.
const FINAL: [std::ops::RangeInclusive<i64>; 3] =
    [40_000..=49_999, 50_001..=99_999, 300_000..=999_999];

/// The robot of a WeCom group.
pub(super) struct Wecom;

impl Vendor for Wecom {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn knows(&self, name: &str, format: TextFormat) -> bool {
        match format {
            TextFormat::Text => is_member_or_mobile(name),
            TextFormat::Markdown => format::is_id(plain(name)),
            TextFormat::News | TextFormat::TemplateCard => false,
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        let body = body(to.settings.format, item, at);
        Ok(Outgoing::Http(HttpRequest::post(to, to.url.clone(), &body)))
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
            Some(code) if TOO_MANY.contains(&code) => SendError::TooMany(words, retry_after),
            Some(code)
                if !PASSING.contains(&code)
                    && FINAL.iter().any(|family| family.contains(&code)) =>
            {
                SendError::Rejected(words)
            }
            // No JSON: something between us and the vendor. A code that no document names: who knows.
            _ => SendError::Answer(words, retry_after),
        })
    }
}

fn body(format: TextFormat, item: &OutboxItem, at: At<'_>) -> Value {
    if item.kind == MessageKind::Image {
        let own = at.made.picture.as_deref();
        let picture =
            own.unwrap_or_else(|| picture::by_name(picture::name_of(item.event, &item.body)));
        let digest = Md5::digest(picture);
        let md5: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        return json!({"msgtype": "image", "image": {"base64": STANDARD.encode(picture), "md5": md5}});
    }
    if let Some(body) = format::body(format, item, at) {
        return body;
    }
    let (members, mobiles) = members_and_mobiles(&item.mentions);
    let (mut known, mut unknown) = (Vec::new(), String::new());
    for name in members {
        match plain(name) {
            _ if is_everybody(name) => known.push("@all"),
            id if is_member(id) => known.push(id),
            // In the list it would be dropped.
            _ if unknown.is_empty() => unknown = format!("\n{}", named(name)),
            _ => unknown = format!("{unknown} {}", named(name)),
        }
    }
    let members = known;
    // `<@userid>` mentions in a text, too (document 91770): only the lists may.
    let unmentioned = |text: &str| text.replace("<@", "＜@");
    let unknown = format::clip(&unmentioned(&unknown), TEXT_MAX / 4);
    let room = TEXT_MAX - unknown.len();
    let text = fit_written(&item.body, room, at.lang, unmentioned);
    json!({
        "msgtype": "text",
        "text": {
            "content": format!("{text}{unknown}"),
            "mentioned_list": members,
            "mentioned_mobile_list": mobiles,
        },
    })
}
