//! A vendor of bots that behaves as DingTalk's Stream does, over requests and frames that DingTalk's own client makes and
//! takes: `tests/it/chat/dingtalk/sdk.rs` lets that client judge it first.

mod rest;
mod stream;

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub(crate) use super::bot_vendor::Mood;
use super::bot_vendor::listener;
use super::in_time;

/// The only application that it knows.
pub(crate) const BOT: &str = "ding-of-the-test";
/// Its secret.
pub(crate) const SECRET: &str = "SECRET-OF-THE-DING";
/// The group that it may write to.
pub(crate) const CHAT: &str = "cidGroup1==";

/// What the test has it do.
enum Order {
    Send(Value),
    Close,
}

#[derive(Default)]
struct Memory {
    mood: Mood,
    /// Requests that came, in their order.
    requests: Vec<(String, Value)>,
    /// Answers to callbacks: the ID of the frame, and the response in it.
    answers: Vec<(String, Value)>,
    /// What a client did that the vendor does not allow.
    complaints: Vec<String>,
    connections: usize,
    /// Tickets that open a connection, once each.
    tickets: HashSet<String>,
    /// The open connection of the application.
    open: Option<mpsc::UnboundedSender<Order>>,
    /// The access token that is valid.
    token: Option<String>,
    tokens: usize,
    /// Cards, by the ID that their maker gave them.
    cards: HashMap<String, Value>,
    /// Frames that were sent and wait for an answer: when, and the ID of their card.
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
pub(crate) struct DingtalkVendor {
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

impl DingtalkVendor {
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

    /// The public parameters of a card.
    pub(crate) fn card(&self, id: &str) -> Value {
        self.inner.lock().cards.get(id).cloned().unwrap_or_default()
    }

    /// Bodies of requests to a path, in their order.
    pub(crate) fn bodies(&self, path: &str) -> Vec<Value> {
        let memory = self.inner.lock();
        let requests = memory.requests.iter().filter(|(to, _)| to == path);
        requests.map(|(_, body)| body.clone()).collect()
    }

    /// Responses to a frame.
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

    /// Waits for the answer to a frame.
    pub(crate) async fn answer(&self, frame: &Value) -> Value {
        let id = frame["headers"]["messageId"].as_str().expect("an ID");
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

    /// The vendor's own frame.
    pub(crate) fn system(&self, topic: &str, data: &Value) -> Value {
        self.event("SYSTEM", topic, data)
    }

    /// A person presses a button of a card; gives the frame, which can be sent again.
    pub(crate) fn press(&self, person: &str, card: &str, key: &str) -> Value {
        let content = json!({ "cardPrivateData": { "actionIds": [key], "params": {} } });
        let data = json!({ "type": "actionCallback", "corpId": "corp", "extension": "{}", "userIdType": 1,
            "userId": person, "outTrackId": card, "content": content.to_string(),
            "spaceType": "IM_GROUP", "spaceId": CHAT });
        self.event("CALLBACK", "/v1.0/card/instances/callback", &data)
    }

    /// A person mentions the bot in the group.
    pub(crate) fn say(&self, person: &str, text: &str) -> Value {
        let webhook = format!("{}/robot/sendBySession?session=1", self.url());
        let data = json!({ "msgtype": "text", "text": { "content": format!(" {text}") },
            "conversationType": "2", "conversationId": CHAT, "senderStaffId": person, "senderNick": person,
            "senderId": "$:LWCP", "robotCode": BOT, "isInAtList": true, "createAt": 1_700_000_000_000_i64,
            "sessionWebhook": webhook, "sessionWebhookExpiredTime": 4_000_000_000_000_i64 });
        self.event("CALLBACK", "/v1.0/im/bot/messages/get", &data)
    }

    fn event(&self, kind: &str, topic: &str, data: &Value) -> Value {
        let number = {
            let mut memory = self.inner.lock();
            memory.events += 1;
            memory.events
        };
        let mut data = data.clone();
        if topic.ends_with("/messages/get") {
            data["msgId"] = json!(format!("text-{number}"));
        }
        let headers = json!({ "topic": topic, "messageId": format!("frame-{number}"), "appId": "app",
            "connectionId": "c", "contentType": "application/json", "time": "1700000000000" });
        let frame = json!({ "specVersion": "1.0", "type": kind, "headers": headers,
            "data": data.to_string() });
        self.deliver(&frame);
        frame
    }

    /// Sends a frame, perhaps once more.
    pub(crate) fn deliver(&self, frame: &Value) {
        let id = frame["headers"]["messageId"].as_str().expect("an ID");
        let data = frame["data"].as_str().expect("a text");
        let data: Value = serde_json::from_str(data).expect("JSON");
        let card = data["outTrackId"].as_str().unwrap_or_default().to_owned();
        let asked = (Instant::now(), card);
        self.inner.lock().asked.insert(id.to_owned(), asked);
        self.order(Order::Send(frame.clone()));
    }
}

impl Drop for DingtalkVendor {
    fn drop(&mut self) {
        for task in &self.serving {
            task.abort();
        }
    }
}
