//! Receivers that behave as the vendors do: they check signatures, sizes and shapes, count messages by the
//! clock of the test, and answer in the vendors' words; or they answer like other servers at such an
//! address.

mod judge;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use app::channel::ChannelKind;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use server::clock::{Clock, SharedClock};

/// The secret that a receiver knows, in the form of each vendor.
pub(crate) const SECRET: &str = "SEC0123456789abcdef";
/// That of a webhook.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The token of a bot.
pub(crate) const TOKEN: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";

/// What a receiver does with the next request, whatever it is.
#[derive(Clone, Debug)]
pub(crate) enum Odd {
    /// This status and body.
    Say(u16, &'static str),
    /// A status with a `Retry-After` of so many seconds.
    Later(u16, u64),
    /// Sends the caller elsewhere.
    Redirect(String),
    /// 200 with a body of a gigabyte.
    Flood,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Whether it was taken.
    pub(crate) taken: bool,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

#[derive(Default)]
struct Memory {
    odd: VecDeque<Odd>,
    got: Vec<Got>,
    taken_at: VecDeque<DateTime<Utc>>,
    refuses_until: Option<DateTime<Utc>>,
}

struct Inner {
    kind: ChannelKind,
    clock: SharedClock,
    memory: Mutex<Memory>,
}

/// A receiver on a port of its own.
pub(crate) struct Receiver {
    inner: Arc<Inner>,
    address: std::net::SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// One that behaves as this vendor.
    pub(crate) async fn start(kind: ChannelKind, clock: Arc<impl Clock + 'static>) -> Self {
        let inner = Arc::new(Inner {
            kind,
            clock,
            memory: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new()
            .fallback(any(answer))
            .with_state(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            inner,
            address,
            serving,
        }
    }

    /// The address that goes into a channel.
    pub(crate) fn url(&self) -> String {
        let path = match self.inner.kind {
            ChannelKind::Dingtalk => "/robot/send?access_token=TOKEN-OF-THE-ROBOT",
            ChannelKind::Feishu => "/open-apis/bot/v2/hook/TOKEN-OF-THE-ROBOT",
            ChannelKind::Slack => "/services/T0/B0/TOKEN-OF-THE-ROBOT",
            ChannelKind::Telegram => "",
            _ => "/hook/TOKEN-OF-THE-ROBOT",
        };
        format!("http://{}{path}", self.address)
    }

    /// The next requests are treated so, one after the other.
    pub(crate) fn next(&self, odd: impl IntoIterator<Item = Odd>) {
        self.inner.memory.lock().expect("memory").odd.extend(odd);
    }

    /// Everything that came, taken or not.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.inner.memory.lock().expect("memory").got.clone()
    }

    /// The last that came.
    pub(crate) fn last(&self) -> Got {
        self.got().pop().expect("a request")
    }

    /// How many were taken.
    pub(crate) fn taken(&self) -> usize {
        self.got().iter().filter(|got| got.taken).count()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let mut got = Got {
        method,
        uri,
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
        taken: false,
    };
    let now = inner.clock.now();
    let mut memory = inner.memory.lock().expect("memory");
    let Some(odd) = memory.odd.pop_front() else {
        let verdict = judge::fault(inner.kind, &got, now);
        let verdict = verdict.or_else(|| {
            memory
                .is_too_many(inner.kind, now)
                .then(|| judge::too_many(inner.kind))
        });
        got.taken = verdict.is_none();
        memory.got.push(got.clone());
        return verdict.unwrap_or_else(|| judge::accepted(inner.kind, &got));
    };
    memory.got.push(got);
    drop(memory);
    let status = |code| StatusCode::from_u16(code).expect("a status");
    match odd {
        Odd::Say(code, words) => (status(code), words).into_response(),
        Odd::Later(code, seconds) => (
            status(code),
            [(header::RETRY_AFTER, seconds.to_string())],
            "later",
        )
            .into_response(),
        Odd::Redirect(to) => Redirect::temporary(&to).into_response(),
        Odd::Flood => {
            let piece = Bytes::from(vec![b'x'; 64 * 1024]);
            let pieces = (0..16 * 1024).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
    }
}

impl Memory {
    /// Whether this one is over the limit, which counts by the minute; DingTalk then refuses everything
    /// for ten.
    fn is_too_many(&mut self, kind: ChannelKind, now: DateTime<Utc>) -> bool {
        let Some(most) = judge::per_minute(kind) else {
            return false;
        };
        if self.refuses_until.is_some_and(|until| now < until) {
            return true;
        }
        let old = |first: &DateTime<Utc>| now - *first >= TimeDelta::seconds(60);
        while self.taken_at.front().is_some_and(old) {
            self.taken_at.pop_front();
        }
        let second = now - TimeDelta::seconds(1);
        let last = self.taken_at.iter().filter(|at| **at > second).count();
        if judge::per_second(kind).is_some_and(|most| last >= most) {
            return true;
        }
        if self.taken_at.len() >= most {
            if kind == ChannelKind::Dingtalk {
                self.refuses_until = Some(now + TimeDelta::minutes(10));
            }
            return true;
        }
        self.taken_at.push_back(now);
        false
    }
}
