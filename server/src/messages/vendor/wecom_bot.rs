//! 企业微信智能机器人 (developer document 101463): messages that a bot sends by itself, through its long connection, as
//! Markdown or as a card. A message about a failure has a button that starts the task again.

use app::channel::TextFormat;
use app::message::Why;
use app::message::{Event, MessageKind};
use serde_json::{Value, json};

use super::super::target::Target;
use super::wecom::{Wecom, content};
use super::{Answer, At, Limits, Outgoing, PerMinute, Vendor};
use crate::chat::{Button, CardState, wecom_card};
use crate::outbound::SendError;
use crate::store::{NO_TASK, OutboxItem};
use crate::text::one_line;

/// Bytes of Markdown: a group robot's limit, which is shorter than a bot's.
const TEXT_MAX: usize = 4096;
/// Messages that one chat takes from a bot in a minute, answers included (document 101463: and 1000 an hour).
const PER_MINUTE: PerMinute = PerMinute(30);

/// A bot of WeCom.
pub(super) struct WecomBot;

impl Vendor for WecomBot {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            per_minute: Some(PER_MINUTE),
            pictures: false,
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(Why::NoPictures));
        }
        if to.settings.chat.is_empty() {
            let why = "the channel names no chat that messages go to";
            return Err(SendError::Rejected(why.to_owned()));
        }
        let mut body = match to.settings.format {
            TextFormat::TemplateCard if !at.made.url.is_empty() => card(item, at),
            _ => json!({ "msgtype": "markdown", "markdown": { "content": content(item, at) } }),
        };
        body["chatid"] = json!(to.settings.chat);
        Ok(Outgoing::Chat(body))
    }

    /// The errcode of the answer means what that of a group robot does.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        Wecom.verdict(answer)
    }
}

fn card(item: &OutboxItem, at: At<'_>) -> Value {
    let text = item.body.trim();
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let failed = matches!(item.event, Event::Failed | Event::TimedOut | Event::Lost);
    let again = (failed && item.task_id != NO_TASK).then(|| Button {
        label: at.lang.pick("再次执行", "Run again").to_owned(),
        key: format!("run:{}", item.task_id),
    });
    let state = CardState {
        title: one_line(title).trim().to_owned(),
        text: rest.trim().to_owned(),
        url: at.made.url.clone(),
        buttons: again.into_iter().collect(),
        ..CardState::default()
    };
    // The vendor takes each ID once, and a message may be sent again.
    let id = format!("jcrontab-{}-{}", item.id, at.now.timestamp_micros());
    json!({ "msgtype": "template_card", "template_card": wecom_card(&id, &state) })
}
