//! One HTTP request instead of a command: sent through the outbound guard, recorded in
//! the run's log, judged by its response.

mod answer;
mod fill;

use std::collections::BTreeMap;
use std::time::Duration;

use app::run::log::Stream;
use app::task::execution::HttpCall;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, Response};
use tokio::sync::watch;
use tokio::time::Instant;

use super::environment::not_started;
use super::process::{ProcessExit, asked_to_stop, passed};
use super::success::{OutputRule, Scan};
use super::{Environment, Job, StopReason};
use crate::outbound::guard::Refusal;
use crate::outbound::{OutboundClient, SendError, failure};
use crate::output::RunLog;
use crate::text::response_cut_line;

/// The hard limit of a request whose task has none, in seconds.
const LIMIT: i64 = 300;
/// Bytes of a response that are read.
const READ_MAX: usize = 10 * 1024 * 1024;
/// A longer response is not parsed as JSON, which would take many times its size of memory.
const JSON_MAX: usize = 1024 * 1024;
/// How much longer the client's own timeout is, so that ours is the one that applies.
const SLACK: Duration = Duration::from_secs(60);

/// Sends the request of a job and waits for its answer. `soft` is called once, when its soft limit
/// passes. A request under way is dropped when its time is up or a stop is requested.
pub(super) async fn call(
    (job, call): (&Job, &HttpCall),
    environment: &Environment,
    client: &OutboundClient,
    log: &RunLog,
    mut stopped: watch::Receiver<Option<StopReason>>,
    soft: impl Fn() + Send,
) -> ProcessExit {
    let start = Instant::now();
    let hard = job.task.timeout_seconds.unwrap_or(LIMIT);
    let mut soft_limit = job.task.execution.soft_limit_seconds;
    let rule = match OutputRule::new(&job.task.execution.success_when) {
        Ok(rule) => rule,
        Err(error) => return ProcessExit::not_started(not_started("setup", &error.to_string())),
    };
    let scan = rule.as_ref().map(OutputRule::scan);
    let asking = ask(call, environment, client, (log, scan), limit(hard) + SLACK);
    tokio::pin!(asking);
    loop {
        tokio::select! {
            biased;
            reason = asked_to_stop(&mut stopped) => return ProcessExit::stopped(reason),
            answered = &mut asking => return match answered {
                Ok(()) => ProcessExit::answered().with_output(rule.and_then(|rule| rule.broken())),
                Err(fault) => ProcessExit::http(fault),
            },
            () = passed(start, Some(hard)) => return ProcessExit::timed_out(hard),
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

/// Sends it and reads the answer; the fault is a code that `app::run` knows.
async fn ask(
    call: &HttpCall,
    environment: &Environment,
    client: &OutboundClient,
    (log, scan): (&RunLog, Option<Scan>),
    limit: Duration,
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
        .await
        .map_err(|refusal| refused(&refusal))?
        .timeout(limit)
        .headers(filled.headers);
    let request = if filled.body.is_empty() {
        request
    } else {
        request.body(filled.body)
    };
    let response = request.send().await.map_err(|error| unsent(error, log))?;
    let status = response.status();
    said(&format!(
        "< {status} ({} ms)\n",
        started.elapsed().as_millis()
    ));
    said(&shown_headers(response.headers()));
    let body = read(response, !call.json_pointer.is_empty(), (log, scan)).await?;
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
    keep: bool,
    (log, mut scan): (&RunLog, Option<Scan>),
) -> Result<Option<Vec<u8>>, String> {
    let mut total = 0;
    let mut kept = keep.then(Vec::new);
    while let Some(chunk) = response.chunk().await.map_err(|error| unsent(error, log))? {
        let room = READ_MAX - total;
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
            let mib = READ_MAX / 1024 / 1024;
            log.push(Stream::Err, response_cut_line(mib).as_bytes());
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

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Private(address) => format!("@private {address}"),
        Refusal::Own(host) | Refusal::LocalName(host) => format!("@private {host}"),
        Refusal::NoAddress(host) => format!("@no_address {host}"),
        Refusal::NotAUrl | Refusal::Scheme | Refusal::Credentials => "@url".to_owned(),
    }
}

/// The fault of a request without a complete response. The error goes to the log, too.
fn unsent(error: reqwest::Error, log: &RunLog) -> String {
    match failure(error) {
        Ok(refusal) => refused(&refusal),
        Err(SendError::Unreachable(reason) | SendError::Refused(reason)) => {
            log.push(Stream::Err, format!("* {reason}\n").as_bytes());
            format!("@unreachable {}", reason.code())
        }
        Err(other) => format!("@unreachable {other}"),
    }
}
