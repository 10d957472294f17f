//! `jcrontab run tail`: the last lines of a run's log, optionally followed.

use std::io::Write;
use std::time::Duration;

use app::run::Run;
use app::run::log::{LogItem, LogPage, Stream};
use axum::http::Method;
use serde::de::DeserializeOwned;

use crate::cli::client::Client;
use crate::cli::print::print_json;
use crate::cli::{Failure, lang, sentence};

/// Bytes from the end that are searched for the last lines.
const BACK: u64 = 256 * 1024;
/// The interval between two reads of a growing log.
const PAUSE: Duration = Duration::from_millis(500);

/// Prints the last `lines` of a log; with `follow`, also what is written until the run is over.
/// Standard error goes to standard error.
pub(super) async fn tail(
    client: &Client,
    id: i64,
    lines: usize,
    follow: bool,
    json: bool,
) -> Result<(), Failure> {
    let first: LogPage = ask(client, &format!("/api/v1/runs/{id}/log?limit=1")).await?;
    let mut next = first.total_bytes.saturating_sub(BACK);
    let mut items = Vec::new();
    let mut page = read(client, id, next).await?;
    while !page.items.is_empty() && next < first.total_bytes {
        next = page.next;
        items.append(&mut page.items);
        page = read(client, id, next).await?;
    }
    print(&last_lines(items, lines), json)?;
    if !follow {
        return Ok(());
    }
    loop {
        next = page.next;
        print(&page.items, json)?;
        if page.items.is_empty() {
            // A run may be over on its node before its log is complete here, so both are checked.
            let run: Run = ask(client, &format!("/api/v1/runs/{id}")).await?;
            if page.over && run.state.is_over() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        page = read(client, id, next).await?;
    }
}

async fn read(client: &Client, id: i64, from: u64) -> Result<LogPage, Failure> {
    ask(
        client,
        &format!("/api/v1/runs/{id}/log?from={from}&limit=262144"),
    )
    .await
}

async fn ask<T: DeserializeOwned>(client: &Client, path: &str) -> Result<T, Failure> {
    let answer = client.call(Method::GET, path, None).await?;
    serde_json::from_value(answer).map_err(|_| {
        Failure::error(lang().pick(
            "服务器的响应不是日志；它是别的版本吗？",
            "the server's answer is not a log; is it of another version?",
        ))
    })
}

/// The pieces that hold the last `lines` lines.
fn last_lines(items: Vec<LogItem>, lines: usize) -> Vec<LogItem> {
    // A trailing newline does not begin another line.
    let mut left = lines + 1;
    let mut at_end = true;
    let mut kept = Vec::new();
    for mut item in items.into_iter().rev() {
        if let LogItem::Text { text, .. } = &mut item {
            if std::mem::take(&mut at_end) && !text.ends_with('\n') {
                left -= 1;
            }
            let cut = text.rmatch_indices('\n').find(|_| {
                left = left.saturating_sub(1);
                left == 0
            });
            if let Some((place, _)) = cut {
                text.drain(..=place);
                kept.push(item);
                break;
            }
        }
        kept.push(item);
    }
    kept.reverse();
    kept
}

fn print(items: &[LogItem], json: bool) -> Result<(), Failure> {
    if json {
        for item in items {
            let value = serde_json::to_value(item);
            print_json(&value.map_err(|error| Failure::error(sentence(&error)))?);
        }
        return Ok(());
    }
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    for item in items {
        // A closed pipe (`| head`) is not a failure.
        match item {
            LogItem::Text {
                stream: Stream::Out,
                text,
                ..
            } => out
                .write_all(text.as_bytes())
                .and_then(|()| out.flush())
                .ok(),
            LogItem::Text { text, .. } => err.write_all(text.as_bytes()).ok(),
            LogItem::Gap { from, to } => {
                let bytes = to - from;
                let words = lang().pick(
                    format!("略去 {bytes} 字节"),
                    format!("{bytes} bytes omitted"),
                );
                writeln!(err, "\n[… {words} …]").ok()
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use app::time::Stamp;
    use chrono::DateTime;

    use super::*;

    fn shown(texts: &[&str], lines: usize) -> String {
        let items = texts.iter().map(|text| LogItem::Text {
            from: 0,
            to: 0,
            at: Stamp(DateTime::UNIX_EPOCH),
            stream: Stream::Out,
            text: (*text).to_owned(),
        });
        let kept = last_lines(items.collect(), lines);
        kept.iter()
            .map(|item| match item {
                LogItem::Text { text, .. } => text.as_str(),
                LogItem::Gap { .. } => "",
            })
            .collect()
    }

    #[test]
    fn the_last_lines_are_found_across_pieces() {
        assert_eq!(shown(&["a\nb\nc\n"], 2), "b\nc\n");
        assert_eq!(shown(&["a\nb", "b\nc", "c\n"], 2), "bb\ncc\n");
        assert_eq!(shown(&["a\nb\n", "c"], 2), "b\nc");
        assert_eq!(shown(&["a\n", "b\n"], 5), "a\nb\n");
        assert_eq!(shown(&["a\n", "\n", "\n"], 1), "\n");
        assert_eq!(shown(&[], 1), "");
    }
}
