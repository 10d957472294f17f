//! From a button that is pressed in a chat to the update of its card, at a vendor on this machine that speaks as WeCom's long
//! connection does.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::product::{Home, draft};
use crate::report::{Report, SQLITE, percentile};
use crate::stage::{Db, Stage};
use crate::stamps::SECOND;
use crate::{Failure, now_nanos};

/// Presses: fewer than WeCom takes answers in a minute.
const PRESSES: usize = 20;
/// The connection, an update.
const WAIT: Duration = Duration::from_secs(30);

/// Measures it.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut home = Home::fresh(stage, Db::Sqlite, "tickets-presses")?;
    home.settings
        .push(("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()));
    let product = home.start().await?;
    let bot = json!({"name": "bot", "kind": "wecom_bot", "url": format!("ws://{}", listener.local_addr()?),
        "bot": "bot", "secret": "the secret of the bot", "chat": "group"});
    let made = product.ask(Method::POST, "channels", Some(&bot)).await?;
    let person = json!({"channel_id": made["id"], "person": "ann", "user": "bench"});
    product
        .ask(Method::POST, "chat/people", Some(&person))
        .await?;
    let tomorrow = now_nanos() / SECOND + 86_400;
    let mut order = draft("order", "0 3 1 1 *", "exit 0", tomorrow);
    order["tickets"] = json!({"opens": "task"});
    let task = product.add(&order).await?;
    let path = format!("tickets?task={task}");
    let listed = product.ask(Method::GET, &path, None).await?;
    let ticket = listed["items"][0]["id"]
        .as_i64()
        .ok_or("the ticket has no number")?;

    let (stream, _) = within("a connection", listener.accept()).await??;
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    until(&mut socket, "aibot_subscribe").await?;
    let presses = if stage.quick { 5 } else { PRESSES };
    let mut took = Vec::with_capacity(presses);
    for number in 0..presses {
        let key = format!("ticket:{ticket}:30m");
        let begun = Instant::now();
        socket.send(text(&press(number, &key))).await?;
        let update = until(&mut socket, "aibot_respond_update_msg").await?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
        // An update for one person would be a refusal.
        if !update["body"]["userids"].is_null() {
            return Err(format!("a press was refused: {update}").into());
        }
    }
    let p99 = percentile(&took, 99);
    report.put("tickets", SQLITE, ("press to update", "ms"), took);
    report.put("tickets", SQLITE, ("p99 press to update", "ms"), [p99]);
    product.stop().await?;
    Ok(())
}

async fn within<T>(what: &str, waited: impl Future<Output = T>) -> Result<T, Failure> {
    let late = |_| Failure::from(format!("{what} did not come within {WAIT:?}"));
    tokio::time::timeout(WAIT, waited).await.map_err(late)
}

fn text(frame: &Value) -> Message {
    Message::Text(frame.to_string().into())
}

/// Takes and acknowledges frames until one with this command comes.
async fn until(socket: &mut WebSocketStream<TcpStream>, cmd: &str) -> Result<Value, Failure> {
    loop {
        let frame = within(cmd, socket.next()).await?;
        let Message::Text(frame) = frame.ok_or("the connection has ended")?? else {
            continue;
        };
        let frame: Value = serde_json::from_str(&frame)?;
        let taken = json!({"headers": frame["headers"], "errcode": 0, "errmsg": "ok"});
        socket.send(text(&taken)).await?;
        if frame["cmd"] == cmd {
            return Ok(frame);
        }
    }
}

/// A person presses a button of a card.
fn press(number: usize, key: &str) -> Value {
    let event = json!({"eventtype": "template_card_event",
        "template_card_event": {"card_type": "button_interaction", "event_key": key, "task_id": "card"}});
    json!({"cmd": "aibot_event_callback", "headers": {"req_id": format!("req-{number}")},
        "body": {"msgid": format!("msg-{number}"), "aibotid": "bot", "create_time": now_nanos() / SECOND,
            "msgtype": "event", "chattype": "group", "chatid": "group", "event": event,
            "from": {"userid": "ann"}}})
}
