//! The bots of Feishu's and Lark's applications with a long connection: messages by requests that the server with the
//! connection makes (open.feishu.cn: 发送消息). Every message is a card: plain text, in which nothing is markup.

use app::message::{MessageKind, NoAnswerReason};

use super::super::target::Target;
use super::answer::{http, said};
use super::bot_card::{card_id, state, with_plain};
use super::{Answer, At, Limits, Outgoing, Vendor};
use crate::chat::feishu_card;
use crate::outbound::SendError;
use crate::store::{OutboxItem, Rate};
use crate::text::cut;

/// Bytes of a text; the whole card may have 30 KB.
const TEXT_MAX: usize = 5_000;
/// Messages in a minute, as for the bots of groups; within a second a chat takes 5.
const RATE: Rate = Rate {
    minute: 100,
    second: Some(5),
};
/// Too many: for the tenant (11232), for the chat (230020), for the application (99991400).
const TOO_MANY: [i64; 3] = [11_232, 230_020, 99_991_400];
/// Passes by itself: an access token that was replaced meanwhile, an error inside.
const PASSING: [i64; 4] = [99_991_661, 99_991_663, 99_991_664, 99_991_668];

/// The bot of an application of Feishu or Lark.
pub(super) struct FeishuBot;

impl Vendor for FeishuBot {
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
        let chat = to.settings.chat.as_str();
        if chat.is_empty() {
            let why = "the channel names no chat that messages go to";
            return Err(SendError::Rejected(why.to_owned()));
        }
        let mut state = state(item, at);
        state.text = cut(&state.text, TEXT_MAX, at.lang).into_owned();
        let id = card_id(item, at);
        let card = with_plain(state, &id, |id, state| feishu_card(id, chat, state));
        Ok(Outgoing::Chat(card))
    }

    /// The code in the body decides; statuses follow it.
    fn verdict(&self, answer: Answer) -> Result<String, SendError> {
        match answer.json()["code"].as_i64() {
            Some(0) if answer.is_success() => Ok(answer.words),
            Some(code) if TOO_MANY.contains(&code) => {
                Err(SendError::TooMany(said(&answer), answer.retry_after))
            }
            Some(code) if PASSING.contains(&code) => {
                Err(SendError::Answer(said(&answer), answer.retry_after))
            }
            Some(_) if answer.status < 500 && answer.status != 429 => {
                Err(SendError::Rejected(said(&answer)))
            }
            None if answer.is_success() => Err(SendError::Answer(said(&answer), None)),
            _ => Err(http(answer)),
        }
    }
}
