//! Output: everything that a command writes is stored as promised, in bounded memory, and can be read while it runs,
//! afterwards, and after a crash.

mod keeping;
mod live;
mod remote;
mod trouble;

use std::path::Path;
use std::sync::Arc;

use ::app::id::RunId;
use ::app::run::log::{LogItem, LogPage, Stream};
use chrono::{DateTime, Utc};
use clap::Parser;
use server::clock::{SharedClock, SystemClock};
use server::config::Config;
use server::output::{OutputStore, RunLog, RunOutput};
use server::store::StoredOutput;

use super::helpers::at;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// A store in a folder, with settings.
fn store(data: &Path, flags: &[&str]) -> OutputStore {
    let (config, clock) = parts(flags);
    OutputStore::new(&config, data, clock).expect("a store")
}

fn parts(flags: &[&str]) -> (Config, SharedClock) {
    let arguments = ["test"].into_iter().chain(flags.iter().copied());
    let config = Arguments::try_parse_from(arguments)
        .unwrap_or_else(|error| panic!("{error}"))
        .config;
    (config, Arc::new(SystemClock))
}

const RUN: RunId = RunId(7);

fn started() -> DateTime<Utc> {
    at("2026-11-22T08:00:00Z")
}

fn open(store: &OutputStore, secrets: &[&str]) -> RunLog {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    store.open(RUN, started(), &secrets)
}

async fn kept(store: &OutputStore, stored: &StoredOutput) -> RunOutput {
    store.kept(stored, started(), true).await
}

/// Numbered lines, so that missing ones are noticed.
fn lines(count: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for number in 0..count {
        text.extend_from_slice(format!("line {number} 中文 😀\n").as_bytes());
    }
    text
}

/// Reads a log by pages from a place on; checks that pages follow each other.
async fn read(
    mut from: u64,
    limit: usize,
    mut page: impl AsyncFnMut(u64, usize) -> LogPage,
) -> Vec<LogItem> {
    let mut items: Vec<LogItem> = Vec::new();
    loop {
        let next = page(from, limit).await;
        for item in &next.items {
            let (start, end) = match item {
                LogItem::Text { from, to, .. } | LogItem::Gap { from, to } => (*from, *to),
            };
            assert_eq!(start, from, "no hole and nothing twice: {item:?}");
            assert!(end > start);
            from = end;
        }
        assert_eq!(next.next, from);
        let is_last = next.items.is_empty();
        items.extend(next.items);
        if is_last {
            return items;
        }
    }
}

/// The text of one stream or of both, with a mark for gaps.
fn text(items: &[LogItem], only: Option<Stream>) -> String {
    items
        .iter()
        .map(|item| match item {
            LogItem::Text { stream, text, .. } if only.is_none_or(|only| only == *stream) => {
                text.clone()
            }
            LogItem::Text { .. } => String::new(),
            LogItem::Gap { from, to } => format!("<{from}-{to}>"),
        })
        .collect()
}
