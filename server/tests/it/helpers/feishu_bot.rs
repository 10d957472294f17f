//! A vendor of bots that behaves as Feishu's long connection does, over requests and frames that Feishu's own client makes
//! and takes: `tests/it/chat/feishu/sdk.rs` lets that client judge it first.

mod rest;
mod stream;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prost::Message;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub(crate) use super::bot_vendor::Mood;
use super::bot_vendor::listener;
use super::in_time;

/// The only application that it knows.
pub(crate) const BOT: &str = "cli_0123456789abcdef";
/// Its secret.
pub(crate) const SECRET: &str = "SECRET-OF-THE-FEISHU";
/// The group that it may write to.
pub(crate) const CHAT: &str = "oc_group1";

/// A header of a frame.
#[derive(Clone, PartialEq, Eq, Message)]
struct Header {
    #[prost(string, required, tag = "1")]
    key: String,
    #[prost(string, required, tag = "2")]
    value: String,
}

/// A frame.
#[derive(Clone, PartialEq, Eq, Message)]
struct Frame {
    #[prost(uint64, required, tag = "1")]
    seq: u64,
    #[prost(uint64, required, tag = "2")]
    log: u64,
    #[prost(int32, required, tag = "3")]
    service: i32,
    #[prost(int32, required, tag = "4")]
    method: i32,
    #[prost(message, repeated, tag = "5")]
    headers: Vec<Header>,
    #[prost(bytes = "vec", optional, tag = "8")]
    payload: Option<Vec<u8>>,
}

impl Frame {
    fn new(method: i32, headers: &[(&str, &str)], payload: Vec<u8>) -> Self {
        let header = |(key, value): &(&str, &str)| Header {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        Self {
            seq: 1,
            log: 2,
            service: SERVICE,
            method,
            headers: headers.iter().map(header).collect(),
            payload: Some(payload),
        }
    }

    fn header(&self, key: &str) -> &str {
        let found = self.headers.iter().find(|header| header.key == key);
        found.map_or("", |header| header.value.as_str())
    }
}

/// The service of all connections.
const SERVICE: i32 = 33_554;

/// What the test has it do.
enum Order {
    Send(Frame),
    Close,
}

#[derive(Default)]
struct Memory {
    mood: Mood,
    /// Requests that came, in their order.
    requests: Vec<(String, Value)>,
    /// Answers to events: the ID of the message, and the data in it.
    answers: Vec<(String, Value)>,
    /// What a client did that the vendor does not allow.
    complaints: Vec<String>,
    connections: usize,
    pings: usize,
    /// Keys that open a connection.
    keys: Vec<String>,
    /// The open connection of the application.
    open: Option<mpsc::UnboundedSender<Order>>,
    /// The access token that is valid.
    token: Option<String>,
    tokens: usize,
    /// Cards, by the ID of their message.
    cards: HashMap<String, Value>,
    /// Events that wait for an answer: when, and the message of their card.
    asked: HashMap<String, (Instant, String)>,
    answered_after: Vec<Duration>,
    events: usize,
}

#[derive(Default)]
struct Inner {
    memory: Mutex<Memory>,
    count: watch::Sender<usize>,
    /// Where connections go.
    stream: std::sync::OnceLock<SocketAddr>,
}

/// A vendor on ports of its own.
pub(crate) struct FeishuVendor {
    inner: Arc<Inner>,
    rest: SocketAddr,
    serving: [JoinHandle<()>; 2],
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().expect("memory")
    }

    fn changed(&self) {
        self.count.send_modify(|count| *count += 1);
    }
}

impl FeishuVendor {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner::default());
        let (stream, address) = listener().await;
        inner.stream.set(address).expect("set once");
        let streaming = tokio::spawn(stream::serve(Arc::clone(&inner), stream));
        let (listener, rest) = listener().await;
        let router = rest::router(Arc::clone(&inner));
        let resting = tokio::spawn(async move {
            axum::serve(listener, router).await.ok();
        });
        Self {
            inner,
            rest,
            serving: [streaming, resting],
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.rest)
    }

    pub(crate) fn mood(&self, mood: Mood) {
        self.inner.lock().mood = mood;
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.inner.lock().connections
    }

    /// How many pings came.
    pub(crate) fn pings(&self) -> usize {
        self.inner.lock().pings
    }

    /// How many access tokens were given.
    pub(crate) fn tokens(&self) -> usize {
        self.inner.lock().tokens
    }

    /// The access token is not valid any more.
    pub(crate) fn forget_token(&self) {
        self.inner.lock().token = None;
    }

    /// What clients did that the vendor does not allow.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.inner.lock().complaints.clone()
    }

    /// How long clients took to answer presses.
    pub(crate) fn answered_after(&self) -> Vec<Duration> {
        self.inner.lock().answered_after.clone()
    }

    /// A card as everybody sees it, by the ID of its message.
    pub(crate) fn card(&self, message: &str) -> Value {
        let memory = self.inner.lock();
        memory.cards.get(message).cloned().unwrap_or_default()
    }

    /// Messages with cards, in their order.
    pub(crate) fn cards(&self) -> Vec<String> {
        let memory = self.inner.lock();
        let mut ids: Vec<String> = memory.cards.keys().cloned().collect();
        ids.sort();
        ids
    }

    /// Bodies of requests to a path, in their order.
    pub(crate) fn bodies(&self, path: &str) -> Vec<Value> {
        let memory = self.inner.lock();
        let requests = memory.requests.iter().filter(|(to, _)| to == path);
        requests.map(|(_, body)| body.clone()).collect()
    }

    /// Answers to an event.
    pub(crate) fn answers(&self, id: &str) -> Vec<Value> {
        let memory = self.inner.lock();
        let answers = memory.answers.iter().filter(|(to, _)| to == id);
        answers.map(|(_, answer)| answer.clone()).collect()
    }

    /// Waits until so many requests to a path came; gives the last of them.
    pub(crate) async fn wait_for(&self, path: &str, count: usize) -> Value {
        let what = format!("{count} requests to {path}");
        self.until(&what, |vendor| vendor.bodies(path).len() >= count)
            .await;
        self.bodies(path)[count - 1].clone()
    }

    /// Waits for the answer to an event.
    pub(crate) async fn answer(&self, id: &str) -> Value {
        let what = format!("the answer to {id}");
        self.until(&what, |vendor| !vendor.answers(id).is_empty())
            .await;
        self.answers(id)[0].clone()
    }

    /// Waits until a condition holds that requests, frames or connections change.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.inner.count.subscribe();
        let waiting = changes.wait_for(|_| holds(self));
        in_time(what, waiting).await.expect("the vendor lives");
    }

    /// Whether the application is connected.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.lock().open.is_some()
    }

    fn order(&self, order: Order) {
        let memory = self.inner.lock();
        let open = memory.open.as_ref().expect("an open connection");
        open.send(order).expect("a connection");
    }

    /// Ends the connection.
    pub(crate) fn drop_connection(&self) {
        self.order(Order::Close);
    }

    /// A person presses the button with this value on the card of a message; gives the event.
    pub(crate) fn press(&self, person: &str, message: &str, value: &Value) -> Value {
        let event = json!({ "operator": { "open_id": person }, "token": "c-1",
            "action": { "tag": "button", "value": value },
            "context": { "open_message_id": message, "open_chat_id": CHAT } });
        self.event("card.action.trigger", &event)
    }

    /// A person mentions the bot in the group; gives the event.
    pub(crate) fn say(&self, person: &str, text: &str) -> Value {
        let content = json!({ "text": format!("@_user_1 {text}") }).to_string();
        let event = json!({ "sender": { "sender_id": { "open_id": person }, "sender_type": "user" },
            "message": { "message_id": "om_said", "chat_id": CHAT, "chat_type": "group",
                "message_type": "text", "content": content,
                "mentions": [{ "key": "@_user_1", "id": { "open_id": "ou_bot" }, "name": "bot" }] } });
        self.event("im.message.receive_v1", &event)
    }

    fn event(&self, kind: &str, event: &Value) -> Value {
        let number = {
            let mut memory = self.inner.lock();
            memory.events += 1;
            memory.events
        };
        let header = json!({ "event_id": format!("event-{number}"), "event_type": kind,
            "create_time": "1700000000000", "token": "", "app_id": BOT, "tenant_key": "t" });
        let event = json!({ "schema": "2.0", "header": header, "event": event });
        self.deliver(&event, 1);
        event
    }

    /// The ID of the frame of an event.
    pub(crate) fn id(event: &Value) -> String {
        let id = event["header"]["event_id"].as_str().expect("an ID");
        format!("frame-of-{id}")
    }

    /// Sends an event, perhaps once more, in so many frames.
    pub(crate) fn deliver(&self, event: &Value, frames: usize) {
        let id = Self::id(event);
        let card = event["event"]["context"]["open_message_id"].as_str();
        let asked = (Instant::now(), card.unwrap_or_default().to_owned());
        self.inner.lock().asked.insert(id.clone(), asked);
        let bytes = event.to_string().into_bytes();
        let size = bytes.len().div_ceil(frames);
        let sum = bytes.chunks(size).count().to_string();
        for (seq, part) in bytes.chunks(size).enumerate() {
            let seq = seq.to_string();
            let headers = [
                ("type", "event"),
                ("message_id", id.as_str()),
                ("sum", sum.as_str()),
                ("seq", seq.as_str()),
                ("trace_id", "trace"),
            ];
            self.order(Order::Send(Frame::new(1, &headers, part.to_vec())));
        }
    }
}

impl Drop for FeishuVendor {
    fn drop(&mut self) {
        for task in &self.serving {
            task.abort();
        }
    }
}
