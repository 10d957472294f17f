//! The connection: frames of protobuf, each event answered by its own frame.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::{Frame, Inner, Memory, Mood, Order, SERVICE};

/// A press must be answered within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

pub(super) async fn serve(inner: Arc<Inner>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let known = Arc::clone(&inner);
            let check = move |request: &Request, response: Response| {
                let query = request.uri().query().unwrap_or_default();
                let mut pairs = url::form_urlencoded::parse(query.as_bytes());
                let key = pairs.find(|(name, _)| name == "access_key");
                let key = key.map(|(_, key)| key.into_owned()).unwrap_or_default();
                match known.lock().keys.contains(&key) {
                    true => Ok(response),
                    false => {
                        let mut refusal = ErrorResponse::new(None);
                        *refusal.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
                        Err(refusal)
                    }
                }
            };
            if let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, check).await {
                talk(&inner, socket).await;
            }
        });
    }
}

async fn talk(inner: &Inner, mut socket: WebSocketStream<TcpStream>) {
    let (orders, mut queue) = mpsc::unbounded_channel();
    let mood = {
        let mut memory = inner.lock();
        memory.connections += 1;
        memory.mood
    };
    match mood {
        Mood::Half => {
            // A binary frame of 512 bytes, of which three come.
            let raw = socket.get_mut();
            raw.write_all(&[0x82, 0x7e, 0x02, 0x00, 8, 1, 16])
                .await
                .expect("written");
            inner.changed();
            return;
        }
        Mood::Giant => {
            let giant = Frame::new(1, &[("type", "event")], vec![b'x'; 1 << 20]);
            let sent = socket
                .send(Message::Binary(giant.encode_to_vec().into()))
                .await;
            sent.expect("sent");
        }
        _ => inner.lock().open = Some(orders.clone()),
    }
    inner.changed();
    loop {
        let out = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Binary(bytes))) => taken(inner, &bytes),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => None,
            },
            Some(order) = queue.recv() => match order {
                Order::Send(frame) => Some(frame),
                Order::Close => break,
            },
        };
        let sent = match out {
            Some(frame) => {
                socket
                    .send(Message::Binary(frame.encode_to_vec().into()))
                    .await
            }
            None => Ok(()),
        };
        inner.changed();
        if sent.is_err() {
            break;
        }
    }
    let mut memory = inner.lock();
    let is_mine = |open: &mpsc::UnboundedSender<Order>| open.same_channel(&orders);
    if memory.open.as_ref().is_some_and(is_mine) {
        memory.open = None;
    }
    drop(memory);
    inner.changed();
}

/// Takes a frame of a client; gives the answer to a ping.
fn taken(inner: &Inner, bytes: &[u8]) -> Option<Frame> {
    let mut memory = inner.lock();
    let Ok(frame) = Frame::decode(bytes) else {
        memory.complaints.push("no frame".to_owned());
        return None;
    };
    if frame.service != SERVICE {
        let odd = format!("service {}", frame.service);
        memory.complaints.push(odd);
    }
    match (frame.method, frame.header("type")) {
        (0, "ping") => {
            memory.pings += 1;
            let settings = json!({ "PingInterval": 5, "ReconnectCount": -1,
                "ReconnectInterval": 1, "ReconnectNonce": 0 });
            let payload = settings.to_string().into_bytes();
            Some(Frame::new(0, &[("type", "pong")], payload))
        }
        (1, "event") => {
            answered(&mut memory, &frame);
            None
        }
        (method, kind) => {
            let odd = format!("a frame {method} {kind}");
            memory.complaints.push(odd);
            None
        }
    }
}

/// Takes the answer to an event.
fn answered(memory: &mut Memory, frame: &Frame) {
    let id = frame.header("message_id").to_owned();
    let payload = frame.payload.clone().unwrap_or_default();
    let payload: Value = serde_json::from_slice(&payload).unwrap_or_default();
    if payload["code"] != 200 {
        memory.complaints.push(format!("no answer: {payload}"));
        return;
    }
    let data = payload["data"].as_str().map(|data| STANDARD.decode(data));
    let data = data.map(|data| serde_json::from_slice(&data.unwrap_or_default()));
    let data: Value = match data {
        None => Value::Null,
        Some(Ok(data)) => data,
        Some(Err(_)) => {
            memory.complaints.push(format!("no data: {payload}"));
            return;
        }
    };
    let Some((at, card)) = memory.asked.remove(&id) else {
        memory.complaints.push(format!("no event has the ID {id}"));
        return;
    };
    if !card.is_empty() {
        let took = at.elapsed();
        memory.answered_after.push(took);
        if took > ANSWER_WITHIN {
            let late = format!("an answer after {took:?}");
            memory.complaints.push(late);
        }
        press(memory, &card, &data);
    }
    memory.answers.push((id, data));
}

/// What the answer to a press does: another card for everybody, or a line for one person.
fn press(memory: &mut Memory, message: &str, data: &Value) {
    let shown = &data["card"];
    if !shown.is_null() {
        let fine = shown["type"] == "raw" && super::rest::is_card(&shown["data"]);
        match fine {
            true => drop(
                memory
                    .cards
                    .insert(message.to_owned(), shown["data"].clone()),
            ),
            false => memory.complaints.push(format!("no card: {data}")),
        }
    }
    let toast = &data["toast"];
    let says = toast["content"]
        .as_str()
        .is_some_and(|text| !text.is_empty());
    if !toast.is_null() && !says {
        memory.complaints.push(format!("an empty line: {data}"));
    }
}
