//! The connection: a ticket opens it once, frames are answered by their ID.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::{Inner, Mood, Order};

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
                let ticket = pairs.find(|(name, _)| name == "ticket");
                let ticket = ticket.map(|(_, ticket)| ticket.into_owned());
                match ticket.is_some_and(|ticket| known.lock().tickets.remove(&ticket)) {
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
    let giant = json!({ "type": "CALLBACK", "data": "x".repeat(1 << 20) });
    match mood {
        Mood::Half => {
            // A text frame of 512 bytes, of which three come.
            let raw = socket.get_mut();
            raw.write_all(&[0x81, 0x7e, 0x02, 0x00, b'{', b'"', b'x'])
                .await
                .expect("written");
            inner.changed();
            return;
        }
        Mood::Giant => {
            let sent = socket.send(Message::Text(giant.to_string().into())).await;
            sent.expect("sent");
        }
        _ => inner.lock().open = Some(orders.clone()),
    }
    inner.changed();
    loop {
        let sent = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    answered(inner, &text);
                    Ok(())
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => Ok(()),
            },
            Some(order) = queue.recv() => match order {
                Order::Send(frame) => socket.send(Message::Text(frame.to_string().into())).await,
                Order::Close => break,
            },
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

/// Takes the answer to a frame.
fn answered(inner: &Inner, text: &str) {
    let mut memory = inner.lock();
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let id = frame["headers"]["messageId"].as_str().unwrap_or_default();
    let data = frame["data"].as_str().map(serde_json::from_str::<Value>);
    let (Some(Ok(data)), Some(200)) = (data, frame["code"].as_i64()) else {
        memory.complaints.push(format!("no answer: {frame}"));
        return;
    };
    let Some((at, card)) = memory.asked.remove(id) else {
        memory.complaints.push(format!("no frame has the ID {id}"));
        return;
    };
    if frame["headers"]["contentType"] != "application/json" {
        memory.complaints.push(format!("no JSON: {frame}"));
    }
    if !card.is_empty() {
        let took = at.elapsed();
        memory.answered_after.push(took);
        if took > ANSWER_WITHIN {
            let late = format!("an answer after {took:?}");
            memory.complaints.push(late);
        }
        update(&mut memory, &card, &data["response"]);
    }
    memory.answers.push((id.to_owned(), data));
}

/// Changes a card as the response to a press says.
fn update(memory: &mut super::Memory, card: &str, response: &Value) {
    for part in ["cardData", "userPrivateData"] {
        let Some(parameters) = response[part]["cardParamMap"].as_object() else {
            continue;
        };
        if !parameters.values().all(Value::is_string) {
            let odd = format!("not all parameters are texts: {response}");
            memory.complaints.push(odd);
            continue;
        }
        if part == "cardData"
            && let Some(Value::Object(shown)) = memory.cards.get_mut(card)
        {
            shown.extend(parameters.clone());
        }
    }
}
