//! 飞书长连接, and that of Lark: the long connection of their applications, as the vendor's own client
//! `@larksuiteoapi/node-sdk` speaks it.
//!
//! A request with ID and secret of the application gives the address. Frames are protobuf ([`envelope`]); an event comes as
//! JSON in one or several of them and is answered by its frame, whose payload is the answer. The answer to a press
//! changes the card, or shows one person a line. Messages go by requests with an access token.

mod cards;
mod envelope;
mod parts;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::id::ChannelId;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

pub(crate) use cards::card;

use self::cards::{card_json, message, taken};
use self::envelope::{CONTROL, DATA, Envelope};
use self::parts::Parts;
use super::super::keeper::Account;
use super::super::port::{CardState, IncomingText, Press, Reply, SeenBy};
use super::{Answered, Frame, FrameEvent, OutOfBand, Protocol, Ticket};
use crate::outbound::{Exchanged, OutboundClient, SendError};
use crate::text::{floor, head};

/// The vendor's API; Lark's is <https://open.larksuite.com>.
pub(crate) const SERVER: &str = "https://open.feishu.cn";
/// The range of pauses between pings that we accept, in seconds, and the pause where the vendor names none.
const HEARTBEAT: (u64, u64, u64) = (5, 120, 120);
/// An access token is used so much less long than the vendor says, as in its client.
const EARLY: Duration = Duration::from_secs(180);
/// The vendor is busy, or has too many connections of this application: it may take it later.
const PASSING: [i64; 3] = [1, 1_000_040_343, 1_000_040_350];
/// An access token that is not valid (any more).
const BAD_TOKEN: [i64; 4] = [99_991_661, 99_991_663, 99_991_664, 99_991_668];
/// Bytes of an answer in Markdown.
const REPLY_MAX: usize = 20_000;
/// Characters of a line for one person.
const LINE_MAX: usize = 200;
/// Characters of the vendor's words that are kept.
const WORDS_KEPT: usize = 300;

/// The application of a channel.
pub(in super::super) struct Feishu {
    channel: ChannelId,
    account: Account,
    token: tokio::sync::Mutex<Option<Token>>,
    line: Mutex<Connection>,
}

struct Token {
    text: String,
    until: Instant,
}

/// What the vendor said about the connection, and what it has not finished.
#[derive(Default)]
struct Connection {
    service: i32,
    ping_seconds: Option<u64>,
    parts: Parts,
}

impl Feishu {
    pub(super) fn new(channel: ChannelId, account: Account) -> Self {
        Self {
            channel,
            account,
            token: tokio::sync::Mutex::default(),
            line: Mutex::default(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.account.url.trim_end_matches('/'))
    }

    fn line(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a refusal says, without the secret.
    fn words(&self, answer: &Exchanged) -> String {
        let body = answer.body.replace(&self.account.secret, "…");
        format!("HTTP {} {}", answer.status, head(body.trim(), WORDS_KEPT))
    }

    /// Why ID and secret were not taken: the code is in the body, mostly with HTTP 200.
    fn refusal(&self, answer: &Exchanged) -> SendError {
        let words = self.words(answer);
        match (answer.status, answer.json()["code"].as_i64()) {
            (429, _) => SendError::TooMany(words, answer.retry_after),
            (200..500, Some(code)) if code != 0 && !PASSING.contains(&code) => {
                SendError::Rejected(words)
            }
            _ => SendError::Answer(words, answer.retry_after),
        }
    }

    /// The access token: the one that is kept, or another one.
    async fn token(&self, client: &OutboundClient) -> Result<String, SendError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.text.clone());
        }
        let body = json!({ "app_id": self.account.bot, "app_secret": self.account.secret });
        let url = self.url("/open-apis/auth/v3/tenant_access_token/internal");
        let answer = client.exchange(Method::POST, &url, &[], &body).await?;
        let read = answer.json();
        let text = read["tenant_access_token"].as_str().map(str::to_owned);
        let Some(text) = text.filter(|_| read["code"] == 0) else {
            return Err(self.refusal(&answer));
        };
        let life = Duration::from_secs(read["expire"].as_u64().unwrap_or(0));
        *kept = Some(Token {
            text: text.clone(),
            until: Instant::now() + life.saturating_sub(EARLY),
        });
        Ok(text)
    }

    /// A request with the access token; one that is not valid any more is replaced once.
    async fn call(
        &self,
        client: &OutboundClient,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Answered, SendError> {
        let url = self.url(path);
        for is_last in [false, true] {
            let token = self.token(client).await?;
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str())];
            let sent = client.exchange(method.clone(), &url, &headers, body);
            let answer = sent.await?;
            let code = answer.json()["code"].as_i64();
            if !is_last && code.is_some_and(|code| BAD_TOKEN.contains(&code)) {
                let mut kept = self.token.lock().await;
                // Another request may have replaced it.
                if kept.as_ref().is_some_and(|kept| kept.text == token) {
                    *kept = None;
                }
                continue;
            }
            return Ok(Answered {
                status: answer.status,
                words: answer.body.replace(&token, "…"),
                retry_after: answer.retry_after,
            });
        }
        Err(SendError::Answer("no access token".to_owned(), None))
    }

    fn event(&self, envelope: &Envelope) -> FrameEvent {
        let payload = envelope.payload.clone().unwrap_or_default();
        let part = (
            envelope.header("message_id"),
            envelope.header("sum"),
            envelope.header("seq"),
        );
        let whole = self.line().parts.take(part, payload, Instant::now());
        let Some(whole) = whole else {
            return FrameEvent::Nothing;
        };
        let event: Value = serde_json::from_slice(&whole).unwrap_or_default();
        let ticket = Ticket {
            request: envelope.header("message_id").to_owned(),
            frame: Envelope {
                payload: None,
                ..envelope.clone()
            }
            .encode_to_vec(),
            ..Ticket::default()
        };
        let id = event["header"]["event_id"].as_str().unwrap_or_default();
        match event["header"]["event_type"].as_str() {
            Some("im.message.receive_v1") => self.said(&event["event"], id, ticket),
            Some("card.action.trigger") => self.pressed(&event["event"], id, ticket),
            // Unanswered, it is repeated.
            _ => FrameEvent::Echo(answer(&ticket, None)),
        }
    }

    fn said(&self, event: &Value, id: &str, ticket: Ticket) -> FrameEvent {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let message = &event["message"];
        let mentions = message["mentions"].as_array();
        // An application may hear all texts of a group; the bot answers those that mention someone, and no other bot.
        let is_for_others = event["sender"]["sender_type"] == "app"
            || (message["chat_type"] == "group" && mentions.is_none_or(Vec::is_empty));
        if message["message_type"] != "text" || is_for_others {
            return FrameEvent::Echo(answer(&ticket, None));
        }
        let content: Value = serde_json::from_str(&text(&message["content"])).unwrap_or_default();
        let mut words = text(&content["text"]);
        // `@_user_1` stands for who is mentioned: the bot, in a group.
        for mention in mentions.into_iter().flatten() {
            if let Some(key) = mention["key"].as_str().filter(|key| !key.is_empty()) {
                words = words.replace(key, "");
            }
        }
        let person = text(&event["sender"]["sender_id"]["open_id"]);
        let said = IncomingText {
            channel: self.channel,
            lang: self.account.lang,
            person: person.clone(),
            event: id.to_owned(),
            chat: text(&message["chat_id"]),
            text: words.trim().to_owned(),
        };
        let ticket = Ticket {
            person,
            reply_to: text(&message["message_id"]),
            ..ticket
        };
        FrameEvent::Said(said, ticket)
    }

    fn pressed(&self, event: &Value, id: &str, ticket: Ticket) -> FrameEvent {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let person = text(&event["operator"]["open_id"]);
        let value = &event["action"]["value"];
        let ticket = Ticket {
            card: text(&value["card"]),
            person: person.clone(),
            reply_to: text(&event["context"]["open_message_id"]),
            ..ticket
        };
        let press = Press {
            channel: self.channel,
            lang: self.account.lang,
            person,
            event: id.to_owned(),
            key: text(&value["key"]),
            card: ticket.card.clone(),
        };
        FrameEvent::Press(press, ticket)
    }
}

/// The answer to an event: its own frame, with what comes of it as the payload.
fn answer(ticket: &Ticket, data: Option<&Value>) -> Frame {
    let mut payload = json!({ "code": 200 });
    if let Some(data) = data {
        payload["data"] = json!(STANDARD.encode(data.to_string()));
    }
    let mut envelope = Envelope::decode(ticket.frame.as_slice()).unwrap_or_default();
    envelope.payload = Some(payload.to_string().into_bytes());
    Frame::Binary(envelope.encode_to_vec())
}

#[async_trait]
impl Protocol for Feishu {
    async fn address(&self, client: &OutboundClient) -> Result<String, SendError> {
        let body = json!({ "AppID": self.account.bot, "AppSecret": self.account.secret });
        let url = self.url("/callback/ws/endpoint");
        let headers = [("locale", "zh")];
        let answer = client.exchange(Method::POST, &url, &headers, &body).await?;
        let read = answer.json();
        let address = read["data"]["URL"].as_str().filter(|_| read["code"] == 0);
        let address = address.ok_or_else(|| self.refusal(&answer))?;
        let parsed = Url::parse(address).map_err(|error| {
            let words = format!("the vendor named no address of a connection: {error}");
            SendError::Answer(words, None)
        })?;
        let service = parsed.query_pairs().find(|(name, _)| name == "service_id");
        let service = service.and_then(|(_, id)| id.parse().ok());
        *self.line() = Connection {
            service: service.unwrap_or_default(),
            ping_seconds: read["data"]["ClientConfig"]["PingInterval"].as_u64(),
            parts: Parts::default(),
        };
        Ok(address.to_owned())
    }

    fn greeting(&self, _id: &str) -> Option<Frame> {
        None
    }

    fn heartbeat_every(&self) -> Duration {
        let (least, most, usual) = HEARTBEAT;
        let seconds = self.line().ping_seconds.unwrap_or(usual);
        Duration::from_secs(seconds.clamp(least, most))
    }

    fn heartbeat(&self, _id: &str) -> Frame {
        Frame::Binary(Envelope::ping(self.line().service).encode_to_vec())
    }

    fn read(&self, frame: &Frame) -> FrameEvent {
        let Frame::Binary(bytes) = frame else {
            return FrameEvent::Nothing;
        };
        let Ok(envelope) = Envelope::decode(bytes.as_slice()) else {
            return FrameEvent::Nothing;
        };
        match (envelope.method, envelope.header("type")) {
            (CONTROL, "pong") => FrameEvent::Alive,
            (DATA, "event") => self.event(&envelope),
            _ => FrameEvent::Nothing,
        }
    }

    fn receipt(&self, ticket: &Ticket) -> Option<Frame> {
        Some(answer(ticket, None))
    }

    fn push(&self, _id: &str, _body: &Value) -> Option<(String, Frame)> {
        None
    }

    fn card(&self, ticket: &Ticket, state: &CardState) -> Frame {
        let data = match state.seen_by {
            SeenBy::Everybody => {
                let card = card_json(&ticket.card, state);
                json!({ "card": { "type": "raw", "data": card } })
            }
            SeenBy::Presser => {
                let words = format!("{} {}", state.title, state.text);
                let line = head(words.trim(), LINE_MAX).replace('\n', " ");
                json!({ "toast": { "type": "error", "content": line } })
            }
        };
        answer(ticket, Some(&data))
    }

    fn processing(&self, ticket: &Ticket, state: &CardState) -> Frame {
        let line = head(&state.title, LINE_MAX);
        answer(
            ticket,
            Some(&json!({ "toast": { "type": "info", "content": line } })),
        )
    }

    fn reply(&self, _ticket: &Ticket, _id: &str, _reply: &Reply) -> Option<Frame> {
        None
    }

    async fn send(&self, client: &OutboundClient, what: OutOfBand) -> Result<Answered, SendError> {
        match what {
            OutOfBand::Push(push) => {
                let path = push["path"].as_str().unwrap_or_default();
                self.call(client, Method::POST, path, &push["body"]).await
            }
            OutOfBand::Reply(ticket, reply) => {
                let text = &reply.text[..floor(&reply.text, REPLY_MAX)];
                let element = json!({ "tag": "markdown", "content": text });
                let content =
                    json!({ "config": { "wide_screen_mode": true }, "elements": [element] });
                let body = json!({ "msg_type": "interactive", "content": content.to_string() });
                let path = format!("/open-apis/im/v1/messages/{}/reply", message(&ticket)?);
                taken(self.call(client, Method::POST, &path, &body).await?)
            }
            // As long as it is shown, a card can be changed by its message (open.feishu.cn: 更新应用发送的消息卡片).
            OutOfBand::Card(ticket, state) if state.seen_by == SeenBy::Everybody => {
                let content = card_json(&ticket.card, &state).to_string();
                let path = format!("/open-apis/im/v1/messages/{}", message(&ticket)?);
                let body = json!({ "content": content });
                taken(self.call(client, Method::PATCH, &path, &body).await?)
            }
            // A line on the card is shown only by the answer to the press.
            OutOfBand::Card(ticket, state) => {
                let text = format!("{}\n{}", state.title, state.text);
                let content = json!({ "text": text.trim() }).to_string();
                let body =
                    json!({ "receive_id": ticket.person, "msg_type": "text", "content": content });
                let path = "/open-apis/im/v1/messages?receive_id_type=open_id";
                taken(self.call(client, Method::POST, path, &body).await?)
            }
        }
    }
}
