//! 企业微信智能机器人: the long connection of WeCom's bots (developer document 101463, and the vendor's own client
//! `@wecom/aibot-node-sdk`). Frames are JSON: `cmd`, `headers.req_id` and `body`; an answer has the `req_id` of its
//! request and no `cmd`.

mod card;

use std::time::Duration;

use app::id::ChannelId;
use async_trait::async_trait;
use serde_json::{Value, json};

pub(crate) use card::{card, cuts};

use super::super::keeper::Account;
use super::super::port::{CardState, IncomingText, Press, Reply, SeenBy};
use super::{Frame, FrameEvent, Protocol, Ticket};
use crate::outbound::{OutboundClient, SendError};
use crate::template::markdown;
use crate::text::head;

/// Where bots connect to; a private deployment has an address of its own.
pub(crate) const SERVER: &str = "wss://openws.work.weixin.qq.com";
/// As often as the vendor's client does.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// The answer to a press changes its card within 5 seconds, and nothing changes it later (document 101463: 更新模板卡片).
const ANSWERS_WITHIN: Duration = Duration::from_secs(4);
/// Bytes of an answer (document 101463: 流式消息).
const REPLY_MAX: usize = 20_480;
/// Characters of the vendor's words that are kept; WeCom's own are short.
const ERRMSG_MAX: usize = 300;
/// The vendor asks to slow down, or is busy: it may take the bot later (developer document 90313).
const PASSING: [i64; 5] = [-1, 6000, 45_009, 45_011, 45_033];

/// The bot of a channel.
pub(in super::super) struct Wecom {
    channel: ChannelId,
    account: Account,
}

impl Wecom {
    pub(super) fn new(channel: ChannelId, account: Account) -> Self {
        Self { channel, account }
    }

    fn event(&self, body: &Value, request: String) -> FrameEvent {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let event = &body["event"];
        // The vendor's document has an object named like the event; the types of its client have its fields here.
        let card = match &event["template_card_event"] {
            Value::Object(_) => &event["template_card_event"],
            _ => event,
        };
        match event["eventtype"].as_str() {
            Some("disconnected_event") => FrameEvent::Replaced,
            Some("template_card_event") => {
                let person = text(&body["from"]["userid"]);
                let ticket = Ticket {
                    request,
                    card: text(&card["task_id"]),
                    person: person.clone(),
                    // A chat of two has the ID of its person.
                    reply_to: text(match body["chatid"].is_string() {
                        true => &body["chatid"],
                        false => &body["from"]["userid"],
                    }),
                    ..Ticket::default()
                };
                let press = Press {
                    channel: self.channel,
                    lang: self.account.lang,
                    person,
                    event: text(&body["msgid"]),
                    key: text(&card["event_key"]),
                    card: ticket.card.clone(),
                };
                FrameEvent::Press(press, ticket)
            }
            _ => FrameEvent::Nothing,
        }
    }

    fn message(&self, body: &Value, request: String) -> FrameEvent {
        let content = match body["msgtype"].as_str() {
            Some(kind @ ("text" | "voice")) => body[kind]["content"].as_str().unwrap_or_default(),
            _ => return FrameEvent::Nothing,
        };
        let content = content.trim();
        // In a group the bot hears what mentions it.
        let words = match content.strip_prefix('@') {
            Some(mention) if body["chattype"] == "group" => mention
                .split_once(char::is_whitespace)
                .map_or("", |(_, rest)| rest),
            _ => content,
        };
        let person = body["from"]["userid"].as_str().unwrap_or_default();
        let ticket = Ticket {
            request,
            person: person.to_owned(),
            ..Ticket::default()
        };
        let said = IncomingText {
            channel: self.channel,
            lang: self.account.lang,
            person: person.to_owned(),
            event: body["msgid"].as_str().unwrap_or_default().to_owned(),
            chat: body["chatid"].as_str().unwrap_or(person).to_owned(),
            text: words.trim().to_owned(),
        };
        FrameEvent::Said(said, ticket)
    }
}

/// The vendor's words, as much of them as is kept with a message or a connection.
fn said(errmsg: &Value) -> Value {
    match errmsg {
        Value::String(words) => json!(head(words, ERRMSG_MAX)),
        Value::Null | Value::Number(_) | Value::Bool(_) => errmsg.clone(),
        Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

fn frame(cmd: &str, request: &str, body: Value) -> Frame {
    let frame = json!({ "cmd": cmd, "headers": { "req_id": request }, "body": body });
    Frame::Text(frame.to_string())
}

#[async_trait]
impl Protocol for Wecom {
    async fn address(&self, _client: &OutboundClient) -> Result<String, SendError> {
        Ok(self.account.url.clone())
    }

    fn greeting(&self, id: &str) -> Option<Frame> {
        let body = json!({ "bot_id": self.account.bot, "secret": self.account.secret });
        let request = format!("aibot_subscribe_{id}");
        Some(frame("aibot_subscribe", &request, body))
    }

    fn heartbeat_every(&self) -> Duration {
        HEARTBEAT
    }

    fn heartbeat(&self, id: &str) -> Frame {
        let frame = json!({ "cmd": "ping", "headers": { "req_id": format!("ping_{id}") } });
        Frame::Text(frame.to_string())
    }

    fn read(&self, frame: &Frame) -> FrameEvent {
        let Frame::Text(text) = frame else {
            return FrameEvent::Nothing;
        };
        let read: Option<Value> = serde_json::from_str(text).ok().or_else(|| {
            // As the vendor's client does: texts of people may hold control characters as they are.
            let plain: String = text.chars().filter(|c| !c.is_control()).collect();
            serde_json::from_str(&plain).ok()
        });
        let Some(frame) = read else {
            return FrameEvent::Nothing;
        };
        let request = frame["headers"]["req_id"].as_str().unwrap_or_default();
        match frame["cmd"].as_str() {
            Some("aibot_msg_callback") => self.message(&frame["body"], request.to_owned()),
            Some("aibot_event_callback") => self.event(&frame["body"], request.to_owned()),
            Some(cmd) if !cmd.is_empty() => FrameEvent::Nothing,
            _ if request.starts_with("aibot_subscribe") => {
                let words = format!("{} {}", frame["errcode"], said(&frame["errmsg"]));
                match frame["errcode"].as_i64() {
                    Some(0) => FrameEvent::Subscribed,
                    Some(code) if !PASSING.contains(&code) => FrameEvent::Refused(words),
                    _ => FrameEvent::Later(words),
                }
            }
            _ if request.starts_with("ping") => FrameEvent::Alive,
            _ if request.is_empty() => FrameEvent::Nothing,
            _ => FrameEvent::Answered {
                request: request.to_owned(),
                words: json!({ "errcode": frame["errcode"], "errmsg": said(&frame["errmsg"]) })
                    .to_string(),
            },
        }
    }

    fn push(&self, id: &str, body: &Value) -> Option<(String, Frame)> {
        let request = format!("aibot_send_msg_{id}");
        let frame = frame("aibot_send_msg", &request, body.clone());
        Some((request, frame))
    }

    fn card(&self, ticket: &Ticket, state: &CardState) -> Frame {
        let mut body = json!({
            "response_type": "update_template_card",
            "template_card": card(&ticket.card, state),
        });
        if state.seen_by == SeenBy::Presser {
            body["userids"] = json!([ticket.person]);
        }
        frame("aibot_respond_update_msg", &ticket.request, body)
    }

    fn answers_within(&self) -> Duration {
        ANSWERS_WITHIN
    }

    fn late_card(&self, ticket: &Ticket, id: &str, state: &CardState) -> Option<Frame> {
        let text = markdown(format!("{}\n{}", state.title, state.text).trim());
        let text = &text[..crate::text::floor(&text, REPLY_MAX)];
        let body = json!({ "chatid": ticket.reply_to, "msgtype": "markdown", "markdown": { "content": text } });
        let (_, frame) = self.push(id, &body)?;
        Some(frame)
    }

    fn reply(&self, ticket: &Ticket, id: &str, reply: &Reply) -> Option<Frame> {
        let end = crate::text::floor(&reply.text, REPLY_MAX);
        let stream = json!({ "id": id, "finish": true, "content": &reply.text[..end] });
        let body = json!({ "msgtype": "stream", "stream": stream });
        Some(frame("aibot_respond_msg", &ticket.request, body))
    }
}

#[cfg(test)]
mod tests {
    use app::channel::ChannelKind;
    use app::i18n::Lang;

    use super::*;
    use crate::outbound::Egress;

    fn hear(text: &str) -> FrameEvent {
        wecom().read(&Frame::Text(text.to_owned()))
    }

    fn wecom() -> Wecom {
        let account = Account {
            kind: ChannelKind::WecomBot,
            url: SERVER.to_owned(),
            bot: "bot".to_owned(),
            secret: "S3CRET".to_owned(),
            way: Egress::Server,
            lang: Some(Lang::Zh),
        };
        Wecom::new(ChannelId(3), account)
    }

    #[test]
    fn a_press_is_read_in_both_forms() {
        for event in [
            json!({ "eventtype": "template_card_event", "event_key": "k", "task_id": "t" }),
            json!({ "eventtype": "template_card_event",
                "template_card_event": { "event_key": "k", "task_id": "t" } }),
        ] {
            let frame = json!({ "cmd": "aibot_event_callback", "headers": { "req_id": "r" },
                "body": { "msgid": "m", "from": { "userid": "ann" }, "event": event } });
            let heard = hear(&frame.to_string());
            let FrameEvent::Press(press, ticket) = heard else {
                panic!("{heard:?}");
            };
            assert_eq!((press.person.as_str(), press.key.as_str()), ("ann", "k"));
            assert_eq!((press.event.as_str(), ticket.card.as_str()), ("m", "t"));
            assert_eq!(ticket.request, "r");
        }
    }

    #[test]
    fn a_text_loses_the_mention_of_the_bot_in_a_group_only() {
        for (chat, text, words) in [
            ("group", "@运维机器人 日志 a b", "日志 a b"),
            ("group", "@bot\u{2005}help", "help"),
            ("group", "@bot", ""),
            ("group", "help", "help"),
            ("single", "@ann help", "@ann help"),
            ("single", " 状态\u{1}", "状态"),
        ] {
            let frame = format!(
                r#"{{"cmd":"aibot_msg_callback","headers":{{"req_id":"r"}},"body":{{"msgid":"m","chattype":"{chat}","from":{{"userid":"ann"}},"msgtype":"text","text":{{"content":"{text}"}}}}}}"#
            );
            let heard = hear(&frame);
            let FrameEvent::Said(said, _) = heard else {
                panic!("{heard:?}");
            };
            assert_eq!(said.text, words, "{text}");
        }
    }

    #[test]
    fn the_answer_to_a_subscription_decides() {
        let answer = |code: i64| {
            json!({ "headers": { "req_id": "aibot_subscribe_1" }, "errcode": code, "errmsg": "x" })
                .to_string()
        };
        assert!(matches!(hear(&answer(0)), FrameEvent::Subscribed));
        assert!(matches!(hear(&answer(40_001)), FrameEvent::Refused(_)));
        assert!(matches!(hear(&answer(45_009)), FrameEvent::Later(_)));
        assert!(matches!(hear(&answer(-1)), FrameEvent::Later(_)));
    }

    #[test]
    fn nonsense_means_nothing() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            r#"{"cmd":"x"}"#,
            r#"{"cmd":"aibot_event_callback"}"#,
            r#"{"cmd":"aibot_msg_callback","body":{"msgtype":"image"}}"#,
        ] {
            assert!(matches!(hear(text), FrameEvent::Nothing), "{text}");
        }
    }

    #[test]
    fn a_refusal_changes_the_card_of_one_person() {
        let ticket = Ticket {
            request: "r".to_owned(),
            card: "t".to_owned(),
            person: "ann".to_owned(),
            ..Ticket::default()
        };
        let mut state = CardState {
            title: "done".to_owned(),
            url: "http://cron.test".to_owned(),
            ..CardState::default()
        };
        let sent = |state: &CardState| {
            let Frame::Text(text) = wecom().card(&ticket, state) else {
                panic!("no text");
            };
            serde_json::from_str::<Value>(&text).expect("JSON")
        };
        let all = sent(&state);
        assert_eq!(all["body"]["template_card"]["task_id"], "t");
        assert_eq!(all["body"]["template_card"]["card_type"], "text_notice");
        assert!(all["body"]["userids"].is_null());
        state.seen_by = SeenBy::Presser;
        assert_eq!(sent(&state)["body"]["userids"], json!(["ann"]));
    }
}
