//! P14: 1,000 tasks that send a request, due on one second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::sustained::until;
use crate::product::{Home, draft};
use crate::report::{Report, SQLITE};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, round};
use crate::{Failure, meter, now_nanos};

/// Requests due at once.
const REQUESTS: usize = 1_000;
/// Seconds between two instants.
const APART: i64 = 10;

/// Sends them to a sink inside this program.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::answering("ok", Duration::ZERO).await?;
    let mut home = Home::fresh(stage, Db::Sqlite, "webhooks")?;
    // The loopback is refused unless it is allowed.
    home.settings
        .push(("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()));
    let product = home.start().await?;
    let first = (now_nanos() / SECOND / APART + 4) * APART;
    let drafts = (0..REQUESTS).map(|task| {
        let mut draft = draft(&format!("hook {task}"), "*/10 * * * * *", "", first);
        draft["execution"] = json!({"http": {
            "method": "POST",
            "url": format!("http://{}/{task}", sink.address),
            "body": "{\"event\": \"due\"}",
        }});
        draft
    });
    let tasks = product.add_all(drafts.collect()).await?;
    if now_nanos() > (first - 1) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    let rounds = if stage.quick { 1 } else { 3 };
    for number in 0..rounds {
        let instant = (first + number * APART) * SECOND;
        until(instant - SECOND / 5).await?;
        sink.seen().clear();
        let cpu = meter::own_cpu_ms(product.pid())?;
        let begun = now_nanos();
        while sink.seen().len() < REQUESTS && now_nanos() - begun < (APART - 3) * SECOND {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Also waits until the results are written, and for requests that must not come.
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        let cpu = meter::own_cpu_ms(product.pid())? - cpu;
        let came = std::mem::take(&mut *sink.seen());
        let round = round(&came, instant, REQUESTS)?;
        for (metric, percent) in [
            ("first request", 0),
            ("p50 request", 50),
            ("last request", 100),
        ] {
            report.put("P14", SQLITE, (metric, "ms"), [round.at(percent)]);
        }
        #[expect(clippy::cast_precision_loss, reason = "a thousand")]
        let each = cpu / REQUESTS as f64;
        report.put("P14", SQLITE, ("CPU per request", "ms"), [each]);
    }
    let expected = usize::try_from(rounds)?;
    for task in tasks.iter().step_by(97) {
        let runs = product
            .ask(reqwest::Method::GET, &format!("tasks/{task}/runs"), None)
            .await?;
        let items = runs["items"].as_array().ok_or("no runs")?;
        if items.len() != expected || items.iter().any(|run| run["state"] != "succeeded") {
            return Err(format!("a task has other runs than {expected} good ones: {runs}").into());
        }
    }
    report.note(
        "P14",
        "A request is there when the sink has read all of it; the sink is in the program that measures. CPU time is the server's alone.",
    );
    product.stop().await?;
    Ok(())
}

/// Accepts every request with success.
pub(super) struct Sink {
    pub(super) address: std::net::SocketAddr,
    /// Path without its slash, and when.
    seen: Arc<Mutex<Vec<(String, i64)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Answers with these words, after this time.
    pub(super) async fn answering(words: &'static str, after: Duration) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen: Arc<Mutex<Vec<(String, i64)>>> = Arc::default();
        let all = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            // Ends with the workload.
            while let Ok((stream, _)) = listener.accept().await {
                // A connection that fails is a missing request, which is noticed.
                tokio::spawn(serve(stream, Arc::clone(&all), words, after));
            }
        });
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    /// What came: path without its slash, and when.
    pub(super) fn seen(&self) -> std::sync::MutexGuard<'_, Vec<(String, i64)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection, which may bring several requests.
async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<(String, i64)>>>,
    words: &'static str,
    after: Duration,
) -> std::io::Result<()> {
    let length = words.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{words}");
    let mut buffer = Vec::new();
    loop {
        let Some((path, length)) = request(&buffer) else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let at = now_nanos();
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((path, at));
        buffer.drain(..length);
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// The path of the request that a buffer begins with, and its bytes, once it is whole.
fn request(buffer: &[u8]) -> Option<(String, usize)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&buffer[..end]).ok()?;
    let path = head.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let body = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse::<usize>().ok())
        .unwrap_or(0);
    (buffer.len() >= end + body).then_some((path, end + body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_once_it_is_whole() {
        let text = b"POST /7 HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /8 HTTP/1.1\r\n\r\n";
        assert_eq!(request(&text[..text.len() - 24]), None);
        assert_eq!(request(text), Some(("7".to_owned(), 41)));
        assert_eq!(request(&text[41..]), Some(("8".to_owned(), 19)));
    }
}
