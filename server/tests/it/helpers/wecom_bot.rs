//! A vendor of bots that behaves as WeCom's long connection does (developer document 101463), over frames that WeCom's
//! own client takes and makes: `tests/it/chat/sdk.rs` lets that client judge it first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::in_time;

/// The only bot that it knows.
pub(crate) const BOT: &str = "bot-of-the-test";
/// Its secret.
pub(crate) const SECRET: &str = "SECRET-OF-THE-BOT";
/// The group that it may write to.
pub(crate) const CHAT: &str = "group-1";
/// An event must be answered within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// How it treats connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Mood {
    /// As documented.
    #[default]
    Friendly,
    /// It takes connections and answers nothing.
    Silent,
    /// It sends the beginning of a frame, and ends the connection.
    Half,
    /// It sends a frame that is far too long.
    Giant,
    /// It closes the connection in place of an answer to a message that is pushed.
    Drops,
}

/// What the test has it do.
enum Order {
    Send(Value),
    Close,
}

#[derive(Default)]
struct Memory {
    mood: Mood,
    /// Frames that came, in their order.
    frames: Vec<Value>,
    /// What a client did that the document does not allow.
    complaints: Vec<String>,
    connections: usize,
    /// The open connection of the bot.
    open: Option<mpsc::UnboundedSender<Order>>,
    /// Events that were sent: when, and the ID of their card.
    asked: HashMap<String, (Instant, String)>,
    answered_after: Vec<Duration>,
    events: usize,
}

#[derive(Default)]
struct Inner {
    memory: Mutex<Memory>,
    count: watch::Sender<usize>,
}

/// A vendor on a port of its own.
pub(crate) struct WecomVendor {
    inner: Arc<Inner>,
    address: std::net::SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().expect("memory")
    }

    fn changed(&self) {
        self.count.send_modify(|count| *count += 1);
    }
}

impl WecomVendor {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let inner = Arc::new(Inner::default());
        let kept = Arc::clone(&inner);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&kept);
                tokio::spawn(async move {
                    if let Ok(socket) = tokio_tungstenite::accept_async(stream).await {
                        serve(&inner, socket).await;
                    }
                });
            }
        });
        Self {
            inner,
            address,
            serving,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    pub(crate) fn mood(&self, mood: Mood) {
        self.inner.lock().mood = mood;
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.inner.lock().connections
    }

    /// Whether the bot has a connection that is subscribed.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.lock().open.is_some()
    }

    /// What clients did that the document does not allow.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.inner.lock().complaints.clone()
    }

    /// How long clients took to answer events.
    pub(crate) fn answered_after(&self) -> Vec<Duration> {
        self.inner.lock().answered_after.clone()
    }

    /// Bodies of frames with a command, in their order.
    pub(crate) fn bodies(&self, cmd: &str) -> Vec<Value> {
        let memory = self.inner.lock();
        let frames = memory.frames.iter().filter(|frame| frame["cmd"] == cmd);
        frames.map(|frame| frame["body"].clone()).collect()
    }

    /// Waits until so many frames with a command came; gives the last of them.
    pub(crate) async fn wait_for(&self, cmd: &str, count: usize) -> Value {
        let mut changes = self.inner.count.subscribe();
        let what = format!("{count} frames {cmd}");
        let waiting = changes.wait_for(|_| self.bodies(cmd).len() >= count);
        in_time(&what, waiting).await.expect("the vendor lives");
        self.bodies(cmd)[count - 1].clone()
    }

    /// Waits until a condition holds that frames or connections change.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.inner.count.subscribe();
        let waiting = changes.wait_for(|_| holds(self));
        in_time(what, waiting).await.expect("the vendor lives");
    }

    fn order(&self, order: Order) {
        let memory = self.inner.lock();
        let open = memory.open.as_ref().expect("a subscribed connection");
        open.send(order).expect("a connection");
    }

    /// Ends the connection.
    pub(crate) fn drop_connection(&self) {
        self.order(Order::Close);
    }

    /// A person presses a button of a card; gives the event, which can be sent again.
    pub(crate) fn press(&self, person: &str, card: &str, key: &str) -> Value {
        let event = json!({
            "eventtype": "template_card_event",
            "template_card_event": { "card_type": "button_interaction", "event_key": key, "task_id": card },
        });
        let body = json!({ "msgtype": "event", "chattype": "group", "chatid": CHAT, "event": event,
            "from": { "userid": person } });
        self.event("aibot_event_callback", body)
    }

    /// A person writes to the bot in a chat of two.
    pub(crate) fn say(&self, person: &str, text: &str) -> Value {
        let body = json!({ "msgtype": "text", "chattype": "single", "text": { "content": text },
            "from": { "userid": person } });
        self.event("aibot_msg_callback", body)
    }

    fn event(&self, cmd: &str, mut body: Value) -> Value {
        let number = {
            let mut memory = self.inner.lock();
            memory.events += 1;
            memory.events
        };
        body["msgid"] = json!(format!("msg-{number}"));
        body["aibotid"] = json!(BOT);
        body["create_time"] = json!(1_700_000_000 + number);
        let frame =
            json!({ "cmd": cmd, "headers": { "req_id": format!("req-{number}") }, "body": body });
        self.deliver(&frame);
        frame
    }

    /// Sends an event, perhaps once more.
    pub(crate) fn deliver(&self, frame: &Value) {
        let request = frame["headers"]["req_id"]
            .as_str()
            .expect("an ID")
            .to_owned();
        let card = frame["body"]["event"]["template_card_event"]["task_id"].as_str();
        let asked = (Instant::now(), card.unwrap_or_default().to_owned());
        self.inner.lock().asked.insert(request, asked);
        self.order(Order::Send(frame.clone()));
    }
}

impl Drop for WecomVendor {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(inner: &Arc<Inner>, mut socket: WebSocketStream<TcpStream>) {
    inner.lock().connections += 1;
    inner.changed();
    let (orders, mut queue) = mpsc::unbounded_channel();
    let mut subscribed = false;
    loop {
        let out: Option<Value> = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let mood = inner.lock().mood;
                    match mood {
                        Mood::Silent => None,
                        Mood::Half => {
                            // A text frame of 512 bytes, of which three come.
                            let raw = socket.get_mut();
                            raw.write_all(&[0x81, 0x7e, 0x02, 0x00, b'{', b'"', b'x']).await.expect("written");
                            break;
                        }
                        Mood::Giant => Some(json!({ "cmd": "aibot_msg_callback", "body": "x".repeat(1 << 20) })),
                        Mood::Drops if text.contains("aibot_send_msg") => break,
                        Mood::Friendly | Mood::Drops => answer(inner, &orders, &mut subscribed, &text),
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => None,
            },
            Some(order) = queue.recv() => match order {
                Order::Send(frame) => Some(frame),
                Order::Close => break,
            },
        };
        let sent = match out {
            Some(frame) => socket.send(Message::Text(frame.to_string().into())).await,
            None => Ok(()),
        };
        inner.changed();
        if sent.is_err() {
            break;
        }
    }
    let mut memory = inner.lock();
    if memory
        .open
        .as_ref()
        .is_some_and(|open| open.same_channel(&orders))
    {
        memory.open = None;
    }
    drop(memory);
    inner.changed();
}

/// What WeCom answers to a frame.
fn answer(
    inner: &Inner,
    orders: &mpsc::UnboundedSender<Order>,
    subscribed: &mut bool,
    text: &str,
) -> Option<Value> {
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let request = frame["headers"]["req_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut memory = inner.lock();
    memory.frames.push(frame.clone());
    let body = &frame["body"];
    let verdict = match frame["cmd"].as_str().unwrap_or_default() {
        "aibot_subscribe" if body["bot_id"] == BOT && body["secret"] == SECRET => {
            *subscribed = true;
            if let Some(old) = memory.open.replace(orders.clone()) {
                let event = json!({ "eventtype": "disconnected_event" });
                let body = json!({ "msgid": "gone", "msgtype": "event", "event": event });
                let gone = json!({ "cmd": "aibot_event_callback", "headers": { "req_id": "gone" }, "body": body });
                // The old connection may have ended by itself.
                old.send(Order::Send(gone)).ok();
                old.send(Order::Close).ok();
            }
            Ok(())
        }
        "aibot_subscribe" => Err((40_001, String::new())),
        _ if !*subscribed => Err((40_014, "it has not subscribed".to_owned())),
        "ping" => Ok(()),
        "aibot_send_msg" if body["chatid"] != CHAT => Err((40_058, "an unknown chat".to_owned())),
        "aibot_send_msg" => message(body),
        "aibot_respond_msg" => in_reply(&mut memory, &request).and_then(|_| message(body)),
        "aibot_respond_update_msg" => in_reply(&mut memory, &request).and_then(|card| {
            let shown = &body["template_card"];
            if body["response_type"] != "update_template_card" || shown["task_id"] != card {
                return Err((40_058, format!("not an update of card {card}: {body}")));
            }
            self::card(shown)
        }),
        other => Err((40_008, format!("an unknown command {other}"))),
    };
    let (code, words) = match verdict {
        Ok(()) => (0, "ok".to_owned()),
        Err((code, words)) => {
            if !words.is_empty() {
                memory.complaints.push(words.clone());
            }
            (code, format!("refused {words}"))
        }
    };
    Some(json!({ "headers": { "req_id": request }, "errcode": code, "errmsg": words }))
}

type Verdict = Result<(), (i64, String)>;

/// The card of the event that a request answers; each is answered once and in time.
fn in_reply(memory: &mut Memory, request: &str) -> Result<String, (i64, String)> {
    let Some((at, card)) = memory.asked.remove(request) else {
        return Err((846_605, format!("no event has the ID {request}")));
    };
    let took = at.elapsed();
    memory.answered_after.push(took);
    if took > ANSWER_WITHIN {
        return Err((846_608, format!("an answer after {took:?}")));
    }
    Ok(card)
}

fn message(body: &Value) -> Verdict {
    let text = match body["msgtype"].as_str() {
        Some("markdown") => &body["markdown"]["content"],
        Some("stream") if body["stream"]["id"].is_string() && body["stream"]["finish"] == true => {
            &body["stream"]["content"]
        }
        Some("template_card") => return card(&body["template_card"]),
        other => return Err((40_008, format!("an unknown msgtype {other:?}"))),
    };
    match text.as_str() {
        Some(text) if (1..=20_480).contains(&text.len()) => Ok(()),
        _ => Err((40_058, format!("no text: {body}"))),
    }
}

fn card(card: &Value) -> Verdict {
    let says = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
    let buttons = card["button_list"].as_array();
    let has_link = card["card_action"]["type"] == 1
        && card["card_action"]["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("http"));
    let is_id = |text: &str| {
        (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-@".contains(&b))
    };
    let fine = match card["card_type"].as_str() {
        Some("text_notice") => has_link,
        Some("button_interaction") => {
            card["task_id"].as_str().is_some_and(is_id)
                && buttons.is_some_and(|all| {
                    (1..=6).contains(&all.len())
                        && all
                            .iter()
                            .all(|one| says(&one["text"]) && says(&one["key"]))
                })
        }
        _ => false,
    };
    match fine && says(&card["main_title"]["title"]) {
        true => Ok(()),
        false => Err((40_058, format!("no card: {card}"))),
    }
}
