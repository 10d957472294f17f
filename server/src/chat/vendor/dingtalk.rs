//! 钉钉 Stream: the long connection of DingTalk's applications, as the vendor's own client `dingtalk-stream` speaks it.
//!
//! A request with ID and secret of the application gives an address and a ticket for it. Frames are JSON: `type`
//! (`SYSTEM`, `EVENT`, `CALLBACK`), `headers` with `topic` and `messageId`, and `data`, which is JSON in a text. Each is
//! answered by its `messageId`; the answer to a press changes the card. Messages go by requests with an access token.

mod cards;
#[cfg(test)]
mod tests;

use std::time::Duration;

use app::id::ChannelId;
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

pub(crate) use cards::{card, markdown};
use cards::{lines, parameters, plain};

use super::super::keeper::Account;
use super::super::port::{CardState, IncomingText, Press, Reply, SeenBy};
use super::{Answered, Frame, FrameEvent, OutOfBand, Protocol, Ticket};
use crate::outbound::{Exchanged, OutboundClient, SendError};
use crate::text::head;

/// The vendor's API.
pub(crate) const SERVER: &str = "https://api.dingtalk.com";
/// The topic of texts to the bot.
const TEXTS: &str = "/v1.0/im/bot/messages/get";
/// The topic of presses.
const PRESSES: &str = "/v1.0/card/instances/callback";
/// Pings of the WebSocket, half as often as the vendor's client for Python sends them.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// An access token is used so much less long than the vendor says.
const EARLY: Duration = Duration::from_secs(300);
/// Bytes of an answer in Markdown.
const REPLY_MAX: usize = 20_000;
/// Characters of the vendor's words that are kept.
const WORDS_KEPT: usize = 300;

/// The application of a channel.
pub(in super::super) struct Dingtalk {
    channel: ChannelId,
    account: Account,
    token: Mutex<Option<Token>>,
}

struct Token {
    text: String,
    until: Instant,
}

impl Dingtalk {
    pub(super) fn new(channel: ChannelId, account: Account) -> Self {
        Self {
            channel,
            account,
            token: Mutex::default(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.account.url.trim_end_matches('/'))
    }

    /// What a refusal says, without the secret.
    fn words(&self, answer: &Exchanged) -> String {
        let body = answer.body.replace(&self.account.secret, "…");
        format!("HTTP {} {}", answer.status, head(body.trim(), WORDS_KEPT))
    }

    /// Why ID and secret were not taken.
    fn refusal(&self, answer: &Exchanged) -> SendError {
        let words = self.words(answer);
        let busy = answer.status == 429 || words.contains("QpsLimit");
        match answer.status {
            _ if busy => SendError::TooMany(words, answer.retry_after),
            400 | 401 | 403 => SendError::Rejected(words),
            _ => SendError::Answer(words, answer.retry_after),
        }
    }

    /// The access token: the one that is kept, or another one.
    async fn token(&self, client: &OutboundClient) -> Result<String, SendError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.text.clone());
        }
        let body = json!({ "appKey": self.account.bot, "appSecret": self.account.secret });
        let url = self.url("/v1.0/oauth2/accessToken");
        let answer = client.exchange(Method::POST, &url, &[], &body).await?;
        let read = answer.json();
        let text = read["accessToken"]
            .as_str()
            .filter(|_| answer.status == 200);
        let Some(text) = text.map(str::to_owned) else {
            return Err(self.refusal(&answer));
        };
        let life = Duration::from_secs(read["expireIn"].as_u64().unwrap_or(0));
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
            let headers = [("x-acs-dingtalk-access-token", token.as_str())];
            let sent = client.exchange(method.clone(), &url, &headers, body);
            let answer = sent.await?;
            if answer.status == 401 && !is_last {
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

    fn said(&self, data: &Value, request: String) -> FrameEvent {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let words = match data["msgtype"].as_str() {
            Some("text") => data["text"]["content"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            Some("richText") => {
                let parts = data["content"]["richText"].as_array();
                let parts = parts.into_iter().flatten();
                parts.filter_map(|part| part["text"].as_str()).collect()
            }
            Some("audio") => {
                let spoken = data["content"]["recognition"].as_str();
                spoken.unwrap_or_default().to_owned()
            }
            // A picture, say: it has come, and means nothing.
            _ => return FrameEvent::Echo(response(&request, &json!({}))),
        };
        // People of other companies have no ID in this one.
        let person = match text("senderStaffId") {
            id if id.is_empty() => text("senderId"),
            id => id,
        };
        let chat = match data["conversationType"].as_str() {
            Some("2") => text("conversationId"),
            _ => person.clone(),
        };
        let ticket = Ticket {
            request,
            person: person.clone(),
            reply_to: text("sessionWebhook"),
            ..Ticket::default()
        };
        let said = IncomingText {
            channel: self.channel,
            lang: self.account.lang,
            person,
            event: text("msgId"),
            chat,
            text: words.trim().to_owned(),
        };
        FrameEvent::Said(said, ticket)
    }

    fn pressed(&self, data: &Value, request: String) -> FrameEvent {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let content: Value = serde_json::from_str(&text("content")).unwrap_or_default();
        let key = content["cardPrivateData"]["actionIds"][0].as_str();
        let ticket = Ticket {
            request,
            card: text("outTrackId"),
            person: text("userId"),
            ..Ticket::default()
        };
        let press = Press {
            channel: self.channel,
            lang: self.account.lang,
            person: ticket.person.clone(),
            // Repeated with the same ID.
            event: ticket.request.clone(),
            key: key.unwrap_or_default().to_owned(),
            card: ticket.card.clone(),
        };
        FrameEvent::Press(press, ticket)
    }
}

/// The vendor's own frames.
fn system(topic: &str, request: &str, data: &Value) -> FrameEvent {
    match topic {
        // Its data comes back as it is.
        "ping" => FrameEvent::Echo(frame(request, data.clone())),
        "disconnect" => FrameEvent::Later("the vendor ends this connection".to_owned()),
        "KEEPALIVE" => FrameEvent::Alive,
        _ => FrameEvent::Nothing,
    }
}

/// The answer to a frame.
fn frame(request: &str, data: Value) -> Frame {
    let headers = json!({ "contentType": "application/json", "messageId": request });
    let frame = json!({ "code": 200, "message": "OK", "headers": headers, "data": data });
    Frame::Text(frame.to_string())
}

/// The answer to a callback, whose data is JSON in a text.
fn response(request: &str, response: &Value) -> Frame {
    frame(request, json!(json!({ "response": response }).to_string()))
}

/// Changes of a card name what changes.
fn by_key() -> Value {
    json!({ "updateCardDataByKey": true, "updatePrivateDataByKey": true })
}

/// What everybody sees of a card from now on, if that changes, and what the person who pressed does.
fn changes(state: &CardState) -> (Option<Value>, Value) {
    let (public, own) = match state.seen_by {
        SeenBy::Everybody => {
            let public = json!({ "cardParamMap": parameters(state) });
            (Some(public), String::new())
        }
        SeenBy::Presser => {
            let words = format!("{}\n{}", state.title, state.text);
            (None, lines(&plain(words.trim())))
        }
    };
    (public, json!({ "cardParamMap": { "msgContent": own } }))
}

#[async_trait]
impl Protocol for Dingtalk {
    async fn address(&self, client: &OutboundClient) -> Result<String, SendError> {
        let topic = |topic: &str| json!({ "type": "CALLBACK", "topic": topic });
        let body = json!({
            "clientId": self.account.bot,
            "clientSecret": self.account.secret,
            "subscriptions": [topic(TEXTS), topic(PRESSES)],
            "ua": concat!("jcrontab/", env!("CARGO_PKG_VERSION")),
        });
        let url = self.url("/v1.0/gateway/connections/open");
        let answer = client.exchange(Method::POST, &url, &[], &body).await?;
        let read = answer.json();
        let (endpoint, ticket) = (read["endpoint"].as_str(), read["ticket"].as_str());
        let (Some(endpoint), Some(ticket), 200) = (endpoint, ticket, answer.status) else {
            return Err(self.refusal(&answer));
        };
        let mut address = Url::parse(endpoint).map_err(|error| {
            let words = format!("the vendor named no address of a connection: {error}");
            SendError::Answer(words, None)
        })?;
        address.query_pairs_mut().append_pair("ticket", ticket);
        Ok(address.into())
    }

    fn greeting(&self, _id: &str) -> Option<Frame> {
        None
    }

    fn heartbeat_every(&self) -> Duration {
        HEARTBEAT
    }

    fn heartbeat(&self, _id: &str) -> Frame {
        Frame::Ping
    }

    fn read(&self, frame: &Frame) -> FrameEvent {
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Pong => return FrameEvent::Alive,
            Frame::Ping | Frame::Binary(_) => return FrameEvent::Nothing,
        };
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return FrameEvent::Nothing;
        };
        let header = |name: &str| frame["headers"][name].as_str().unwrap_or_default();
        let (topic, request) = (header("topic"), header("messageId"));
        let data = frame["data"].as_str().unwrap_or_default();
        let data = || serde_json::from_str::<Value>(data).unwrap_or_default();
        match (frame["type"].as_str(), topic) {
            (Some("SYSTEM"), topic) => system(topic, request, &frame["data"]),
            // None was asked for; unanswered, they are repeated.
            (Some("EVENT"), _) => {
                let taken = json!({ "status": "SUCCESS" }).to_string();
                FrameEvent::Echo(self::frame(request, json!(taken)))
            }
            (Some("CALLBACK"), TEXTS) => self.said(&data(), request.to_owned()),
            (Some("CALLBACK"), PRESSES) => self.pressed(&data(), request.to_owned()),
            _ => FrameEvent::Nothing,
        }
    }

    fn receipt(&self, ticket: &Ticket) -> Option<Frame> {
        Some(response(&ticket.request, &json!({})))
    }

    fn push(&self, _id: &str, _body: &Value) -> Option<(String, Frame)> {
        None
    }

    /// A refusal is a line that one person sees: what everybody sees stays as it is, also when it changes later.
    fn card(&self, ticket: &Ticket, state: &CardState) -> Frame {
        let (public, own) = changes(state);
        let mut answer = json!({ "cardUpdateOptions": by_key(), "userPrivateData": own });
        if let Some(public) = public {
            answer["cardData"] = public;
        }
        response(&ticket.request, &answer)
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
            OutOfBand::Card(ticket, state) => {
                let (public, own) = changes(&state);
                let mut body = json!({
                    "outTrackId": ticket.card,
                    "userIdType": 1,
                    "privateData": { ticket.person: own },
                    "cardUpdateOptions": by_key(),
                });
                if let Some(public) = public {
                    body["cardData"] = public;
                }
                let path = "/v1.0/card/instances";
                let answered = self.call(client, Method::PUT, path, &body).await?;
                match answered.status {
                    200 => Ok(answered),
                    status => {
                        let words = head(&answered.words, WORDS_KEPT);
                        Err(SendError::Answer(format!("HTTP {status} {words}"), None))
                    }
                }
            }
            OutOfBand::Reply(ticket, reply) => {
                let text = &reply.text[..crate::text::floor(&reply.text, REPLY_MAX)];
                let title = text.lines().next().unwrap_or_default().replace("**", "");
                let markdown = json!({ "title": head(&title, 64), "text": lines(text) });
                let body = json!({ "msgtype": "markdown", "markdown": markdown });
                let answer = client
                    .exchange(Method::POST, &ticket.reply_to, &[], &body)
                    .await?;
                let code = answer.json()["errcode"].as_i64();
                if answer.status != 200 || code.is_some_and(|code| code != 0) {
                    return Err(SendError::Answer(self.words(&answer), None));
                }
                Ok(Answered {
                    status: answer.status,
                    words: answer.body,
                    retry_after: answer.retry_after,
                })
            }
        }
    }
}
