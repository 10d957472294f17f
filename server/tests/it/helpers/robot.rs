//! A chat robot that answers like WeCom (developer document 91770): errcode in the body, 2048 bytes of text, 4096 of
//! Markdown, articles and cards with a link, pictures with their MD5, 20 messages a minute.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use server::clock::{Clock, SharedClock};
use tokio::sync::watch;

use super::in_time;

/// What the robot does with the next request.
#[derive(Clone, Debug)]
pub(crate) enum Mood {
    /// Refuses with this errcode.
    Refuse(i64),
    /// HTTP status with a body that is no JSON.
    Status(u16),
    /// HTTP status with a `Retry-After` of so many seconds.
    Later(u16, u64),
    /// Sends the caller elsewhere.
    Redirect(String),
    /// Never answers.
    Hang,
    /// Takes it, and says so after this time, by the machine's clock.
    Late(Duration),
    /// Begins to answer at once, and never ends: a byte every now and then.
    Drip,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) body: Value,
    /// Whether the robot took it.
    pub(crate) taken: bool,
    pub(crate) errcode: i64,
    /// When it came.
    pub(crate) at: DateTime<Utc>,
}

#[derive(Default)]
struct Memory {
    moods: VecDeque<Mood>,
    /// The mood when the queue is empty.
    lasting: Option<Mood>,
    received: Vec<Received>,
    taken_at: VecDeque<DateTime<Utc>>,
}

struct Inner {
    clock: SharedClock,
    memory: Mutex<Memory>,
    count: watch::Sender<usize>,
}

/// A robot on a port of its own.
pub(crate) struct Robot {
    inner: Arc<Inner>,
    address: std::net::SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Robot {
    /// Starts a robot that counts minutes by `clock`.
    pub(crate) async fn start(clock: Arc<impl Clock + 'static>) -> Self {
        let inner = Arc::new(Inner {
            clock,
            memory: Mutex::default(),
            count: watch::channel(0).0,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new()
            .fallback(any(answer))
            .with_state(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the robot serves");
        });
        Self {
            inner,
            address,
            serving,
        }
    }

    /// The URL of a robot: its key is the secret.
    pub(crate) fn url(&self) -> String {
        format!(
            "http://{}/cgi-bin/webhook/send?key=SECRET-OF-THE-ROBOT",
            self.address
        )
    }

    /// Treats the next requests like this, one after the other.
    pub(crate) fn next(&self, moods: impl IntoIterator<Item = Mood>) {
        self.inner
            .memory
            .lock()
            .expect("memory")
            .moods
            .extend(moods);
    }

    /// Treats all requests like this; `None` is friendly again.
    pub(crate) fn always(&self, mood: Option<Mood>) {
        self.inner.memory.lock().expect("memory").lasting = mood;
    }

    /// Everything that came, taken or not.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.inner.memory.lock().expect("memory").received.clone()
    }

    /// The most requests that came within any 60 seconds.
    pub(crate) fn busiest_minute(&self) -> usize {
        let at: Vec<DateTime<Utc>> = self.received().iter().map(|one| one.at).collect();
        let from = |first: &DateTime<Utc>| {
            let end = *first + TimeDelta::seconds(60);
            at.iter().filter(|at| *at >= first && **at < end).count()
        };
        at.iter().map(from).max().unwrap_or(0)
    }

    /// What was taken.
    pub(crate) fn taken(&self) -> Vec<Value> {
        self.received()
            .into_iter()
            .filter(|one| one.taken)
            .map(|one| one.body)
            .collect()
    }

    /// The texts that were taken.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.taken()
            .iter()
            .filter_map(|body| Some(body["text"]["content"].as_str()?.to_owned()))
            .collect()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut counted = self.inner.count.subscribe();
        in_time(
            &format!("{count} requests to the robot"),
            counted.wait_for(|now| *now >= count),
        )
        .await
        .expect("the robot lives");
        self.received()
    }
}

impl Drop for Robot {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(inner): State<Arc<Inner>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let (verdict, mood) = {
        let mut memory = inner.memory.lock().expect("memory");
        let mood = memory.moods.pop_front().or_else(|| memory.lasting.clone());
        let json = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/json");
        let errcode = match &mood {
            Some(Mood::Refuse(code)) => *code,
            Some(_) => -1,
            None if !json => 40_008,
            None => judge(&body).unwrap_or_else(|| memory.count(inner.clock.now())),
        };
        memory.received.push(Received {
            body,
            taken: errcode == 0,
            errcode,
            at: inner.clock.now(),
        });
        (errcode, mood)
    };
    inner.count.send_modify(|count| *count += 1);
    match mood {
        Some(Mood::Status(status)) => (
            StatusCode::from_u16(status).expect("a status"),
            "<html>the proxy is unwell</html>",
        )
            .into_response(),
        Some(Mood::Later(status, seconds)) => (
            StatusCode::from_u16(status).expect("a status"),
            [(header::RETRY_AFTER, seconds.to_string())],
            "come back later",
        )
            .into_response(),
        Some(Mood::Redirect(to)) => Redirect::temporary(&to).into_response(),
        Some(Mood::Hang) => std::future::pending().await,
        Some(Mood::Late(wait)) => {
            tokio::time::sleep(wait).await;
            axum::Json(json!({"errcode": 0, "errmsg": "ok"})).into_response()
        }
        Some(Mood::Drip) => dripping(),
        _ => {
            let words = if verdict == 0 {
                "ok"
            } else {
                "refused by the test robot"
            };
            axum::Json(json!({"errcode": verdict, "errmsg": words})).into_response()
        }
    }
}

/// An answer that never ends.
fn dripping() -> Response {
    let mut every = tokio::time::interval(Duration::from_millis(100));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let drops = futures_util::stream::unfold(every, |mut every| async {
        every.tick().await;
        Some((
            Ok::<_, std::convert::Infallible>(Bytes::from_static(b" ")),
            every,
        ))
    });
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, axum::body::Body::from_stream(drops)).into_response()
}

/// The errcode of a body that WeCom would refuse; a webhook's body is always fine.
fn judge(body: &Value) -> Option<i64> {
    match body["msgtype"].as_str() {
        Some("text") => {
            let text = body["text"]["content"].as_str()?;
            let mentions = body["text"]["mentioned_list"].is_array();
            (text.is_empty() || text.len() > 2048 || !mentions).then_some(45_002)
        }
        Some("markdown") => {
            let text = body["markdown"]["content"].as_str()?;
            (text.is_empty() || text.len() > 4096).then_some(45_002)
        }
        Some("news") => {
            let articles = body["news"]["articles"].as_array()?;
            let fits = |article: &Value| {
                let text = |name: &str| article[name].as_str().unwrap_or_default().len();
                (1..=128).contains(&text("title"))
                    && text("description") <= 512
                    && is_link(&article["url"])
            };
            let fine = (1..=8).contains(&articles.len()) && articles.iter().all(fits);
            (!fine).then_some(40_058)
        }
        Some("template_card") => {
            let card = &body["template_card"];
            let says = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
            let fine = card["card_type"] == "text_notice"
                && (says(&card["main_title"]["title"]) || says(&card["sub_title_text"]))
                && card["card_action"]["type"] == 1
                && is_link(&card["card_action"]["url"]);
            (!fine).then_some(40_058)
        }
        Some("image") => {
            let data = STANDARD.decode(body["image"]["base64"].as_str()?).ok();
            let right = data.is_some_and(|data| {
                let sum: String = Md5::digest(&data)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                body["image"]["md5"] == sum && data.len() <= 2 * 1024 * 1024
            });
            (!right).then_some(301_019)
        }
        Some(_) => Some(40_008),
        None if body["event"].is_string() => None,
        None => Some(40_008),
    }
}

/// Whether a field leads somewhere.
fn is_link(url: &Value) -> bool {
    url.as_str().is_some_and(|url| url.starts_with("http"))
}

impl Memory {
    /// 20 messages in any 60 seconds, then 45009.
    fn count(&mut self, now: DateTime<Utc>) -> i64 {
        while self
            .taken_at
            .front()
            .is_some_and(|first| now - *first >= TimeDelta::seconds(60))
        {
            self.taken_at.pop_front();
        }
        if self.taken_at.len() >= 20 {
            return 45_009;
        }
        self.taken_at.push_back(now);
        0
    }
}
