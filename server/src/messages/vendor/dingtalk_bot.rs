//! 钉钉机器人 of an application with Stream: messages by requests that the server with the connection makes
//! (open.dingtalk.com: 机器人发送群聊消息, 批量发送人与机器人会话中机器人消息, 创建并投放卡片). What has buttons is a card.

use app::message::{MessageKind, NoAnswerReason};
use serde_json::Value;

use super::super::target::Target;
use super::answer::{http, said};
use super::bot_card::{buttons, card_id, people, state, with_plain};
use super::fit::fit_written;
use super::{Answer, At, Limits, Outgoing, Vendor};
use crate::chat::{dingtalk_card, dingtalk_markdown};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};
use crate::template::markdown;
use crate::text::{cut, head, one_line};

/// Bytes of a text; no document names a limit.
const TEXT_MAX: usize = 5_000;
/// Messages in a minute, as for the robots of groups.
const RATE: Rate = Rate {
    minute: 20,
    second: None,
};
/// Characters of a title, which the list of chats shows.
const TITLE_MAX: usize = 64;

/// The robot of an application of DingTalk.
pub(super) struct DingtalkBot;

impl Vendor for DingtalkBot {
    fn limits(&self) -> Limits {
        Limits {
            text_max: TEXT_MAX,
            rate: Some(RATE),
        }
    }

    fn render(&self, to: &Target, item: &OutboxItem, at: At<'_>) -> Result<Outgoing, SendError> {
        if item.kind == MessageKind::Image {
            return Ok(Outgoing::Nothing(NoAnswerReason::NoPictures));
        }
        let (bot, chat) = (to.settings.bot.as_str(), to.settings.chat.as_str());
        if chat.is_empty() {
            let why = "the channel names no chat that messages go to";
            return Err(SendError::Rejected(why.to_owned()));
        }
        Ok(Outgoing::Chat(match buttons(item, at).is_empty() {
            false => {
                let mut state = state(item, at);
                state.text = cut(&state.text, TEXT_MAX, at.lang).into_owned();
                with_plain(state, &card_id(item, at), |id, state| {
                    dingtalk_card(id, bot, chat, state)
                })
            }
            true => {
                let title = item.body.trim().lines().next().unwrap_or_default();
                let title = one_line(title).replace("**", "");
                let title = head(title.trim(), TITLE_MAX);
                dingtalk_markdown(bot, chat, title, &content(item, at)).into()
            }
        }))
    }

    /// Refusals have a status of their own; a card may be made and not be taken by its chat, and a message to a person
    /// not be taken for that person. What was taken has a key or a result: anything else is not DingTalk's answer.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        let json = answer.json();
        if !answer.is_success() {
            return Err(match json["code"].as_str() {
                Some(code) if code.contains("QpsLimit") => {
                    SendError::TooMany(answer.words, answer.retry_after)
                }
                _ => http(answer),
            });
        }
        let some = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
        if some(&json["flowControlledStaffIdList"]) {
            return Err(SendError::TooMany(answer.words, answer.retry_after));
        }
        let delivered = json["result"]["deliverResults"].as_array();
        let fails = |result: &Value| result["success"] == false;
        if delivered.is_some_and(|results| results.iter().any(fails))
            || some(&json["invalidStaffIdList"])
        {
            return Err(SendError::Rejected(answer.words));
        }
        match json["processQueryKey"].is_string() || json["success"] == true {
            true => Ok(answer.words),
            false => Err(SendError::Answer(said(&answer), answer.retry_after)),
        }
    }
}

/// The text with a link and the people below it: only the text is cut.
fn content(item: &OutboxItem, at: At<'_>) -> String {
    let mut below = String::new();
    if !at.made.templated && !at.made.url.is_empty() {
        let label = at.lang.pick("查看详情", "Details");
        below = format!("\n[{label}]({})", at.made.url);
    }
    if !item.mentions.is_empty() {
        below = format!("{below}\n{}", markdown(&people(item)));
    }
    let room = TEXT_MAX.saturating_sub(below.len());
    // Escaped after the cut, which counts the bytes of the text itself.
    let formatted = |text: &str| match at.made.templated {
        true => text.to_owned(),
        false => {
            let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
            format!("**{}**\n{}", markdown(title), markdown(rest))
        }
    };
    let text = fit_written(item.body.trim(), room, at.lang, formatted);
    format!("{}{below}", text.trim_end())
}
