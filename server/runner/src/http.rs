//! One HTTP request instead of a command: sent through the outbound guard, recorded in
//! the run's log, judged by its response.

mod answer;
mod fill;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response};
use tokio::time::Instant;

use crate::environment::Environment;
use crate::order::{HttpRequest, Order, Stream};
use crate::output::RunLog;
use crate::report::{Ending, not_started};
use crate::stop::{Stopped, asked_to_stop, passed};
use crate::success::{OutputRule, Scan};

/// The hard limit of a request whose task has none, in seconds.
const LIMIT: i64 = 300;
/// A longer response is not parsed as JSON, which would take many times its size of memory.
const JSON_MAX: usize = 1024 * 1024;
/// How much longer the client's own timeout is, so that ours is the one that applies.
const SLACK: Duration = Duration::from_secs(60);

/// The way out for requests. It decides which addresses may be called.
#[async_trait]
pub trait HttpClient: std::fmt::Debug + Send + Sync {
    /// A request to an address that may be called.
    ///
    /// # Errors
    /// When it may not be called: the fault of [`Cause::Http`](crate::Cause::Http).
    async fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, String>;

    /// Why a request got no complete answer.
    fn unanswered(&self, error: reqwest::Error) -> Unanswered;
}

/// Why a request got no complete answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswered {
    /// The fault of [`Cause::Http`](crate::Cause::Http).
    pub fault: String,
    /// What the log has to say about it.
    pub line: Option<String>,
}

/// Sends the request of an order and waits for its answer. `soft` is called once, when its soft limit
/// passes. A request under way is dropped when its time is up or a stop is requested.
pub(crate) async fn call(
    (order, request): (&Order, &HttpRequest),
    environment: &Environment,
    client: &dyn HttpClient,
    log: &RunLog,
    mut stopped: Stopped,
    soft: impl Fn() + Send,
) -> Ending {
    let start = Instant::now();
    let hard = order.hard_limit_seconds.unwrap_or(LIMIT);
    let mut soft_limit = order.soft_limit_seconds;
    let rule = match OutputRule::new(&order.success) {
        Ok(rule) => rule,
        Err(error) => return Ending::not_started(not_started("setup", &error.to_string())),
    };
    let scan = rule.as_ref().map(OutputRule::scan);
    let way = (client, limit(hard) + SLACK);
    let asking = ask(request, environment, way, (log, scan));
    tokio::pin!(asking);
    loop {
        tokio::select! {
            biased;
            reason = asked_to_stop(&mut stopped) => return Ending::stopped(reason),
            answered = &mut asking => return match answered {
                Ok(()) => Ending::answered().with_output(rule.and_then(|rule| rule.broken())),
                Err(fault) => Ending::http(fault),
            },
            () = passed(start, Some(hard)) => return Ending::timed_out(hard),
            () = passed(start, soft_limit) => {
                soft_limit = None;
                soft();
            }
        }
    }
}

fn limit(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// Sends it and reads the answer; the fault is that of [`Cause::Http`](crate::Cause::Http).
async fn ask(
    call: &HttpRequest,
    environment: &Environment,
    (client, limit): (&dyn HttpClient, Duration),
    (log, scan): (&RunLog, Option<Scan>),
) -> Result<(), String> {
    let said = |text: &str| log.push(Stream::Err, text.as_bytes());
    let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| "@method".to_owned())?;
    let filled = fill::fill(call, &environment.vars)?;
    // As it is sent, except for secrets.
    let shown = fill::url(&call.url, &without_secrets(environment))?;
    said(&format!("> {method} {shown}\n"));
    let started = Instant::now();
    let request = client
        .request(method, &filled.url)
        .await?
        .timeout(limit)
        .headers(filled.headers);
    let request = if filled.body.is_empty() {
        request
    } else {
        request.body(filled.body)
    };
    let sent = request.send().await;
    let response = sent.map_err(|error| unsent(client, error, log))?;
    let status = response.status();
    said(&format!(
        "< {status} ({} ms)\n",
        started.elapsed().as_millis()
    ));
    said(&shown_headers(response.headers()));
    let body = read(response, (client, call), (log, scan)).await?;
    match answer::fault(call, status.as_u16(), body.as_deref()) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

fn without_secrets(environment: &Environment) -> BTreeMap<String, String> {
    let mut vars = environment.vars.clone();
    for value in vars.values_mut() {
        if environment.secret_values.contains(value) {
            "***".clone_into(value);
        }
    }
    vars
}

/// Reads a response into the log; returns it if it has to be checked and is not too long.
async fn read(
    mut response: Response,
    (client, call): (&dyn HttpClient, &HttpRequest),
    (log, mut scan): (&RunLog, Option<Scan>),
) -> Result<Option<Vec<u8>>, String> {
    let mut total = 0;
    let mut kept = (!call.json_pointer.is_empty()).then(Vec::new);
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| unsent(client, error, log))? else {
            break;
        };
        let room = call.answer_max - total;
        let piece = &chunk[..chunk.len().min(room)];
        total += piece.len();
        if let Some(scan) = &mut scan {
            scan.take(piece);
        }
        log.push(Stream::Out, piece);
        log.caught_up().await;
        if total > JSON_MAX {
            kept = None;
        }
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(piece);
        }
        if piece.len() < chunk.len() {
            log.push(Stream::Err, call.cut_line.as_bytes());
            break;
        }
    }
    Ok(kept)
}

/// The headers of a response, one per line. Cookies are masked: they are secrets of others.
fn shown_headers(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        let value = match name {
            &SET_COOKIE => "***".into(),
            _ => String::from_utf8_lossy(value.as_bytes()),
        };
        lines.push_str(&format!("< {name}: {value}\n"));
    }
    lines.push('\n');
    lines
}

/// The fault of a request without a complete response. The error goes to the log, too.
fn unsent(client: &dyn HttpClient, error: reqwest::Error, log: &RunLog) -> String {
    let Unanswered { fault, line } = client.unanswered(error);
    if let Some(line) = line {
        log.push(Stream::Err, line.as_bytes());
    }
    fault
}
