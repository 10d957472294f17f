//! `jcrontab task explain | occurrences | next`: planned firings, upcoming ones, and reasons.

use axum::http::Method;
use serde_json::Value;

use super::{One, path};
use crate::cli::client::{Client, escaped};
use crate::cli::print::{Empty, items, print_json, print_lines, print_table, text};
use crate::cli::when::here_text;
use crate::cli::{Failure, lang};

pub(super) async fn explain(client: &Client, one: &One, at: Option<&str>) -> Result<(), Failure> {
    let query = at.map_or_else(String::new, |at| format!("?at={}", escaped(at)));
    let explanation = client
        .call(
            Method::GET,
            &path(one.id, &format!("/explain{query}")),
            None,
        )
        .await?;
    if one.json {
        print_json(&explanation);
    } else {
        print_lines(&[text(&explanation, "sentence")]);
    }
    Ok(())
}

/// The query of a time line.
pub(super) fn query(state: Option<&str>, limit: u32, after: Option<&str>) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("limit", &limit.to_string());
    for (name, value) in [("state", state), ("after", after)] {
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
    }
    pairs.finish()
}

pub(super) async fn occurrences(client: &Client, one: &One, query: &str) -> Result<(), Failure> {
    let page = client
        .call(
            Method::GET,
            &path(one.id, &format!("/occurrences?{query}")),
            None,
        )
        .await?;
    table(one, &page, ("没有符合条件的计划", "No planned runs match"));
    if let Some(next) = page["next"].as_str().filter(|_| !one.json) {
        print_lines(&[lang().pick(
            format!("还有更早的：--after {next}"),
            format!("More: --after {next}"),
        )]);
    }
    Ok(())
}

pub(super) async fn next(client: &Client, one: &One, limit: u32) -> Result<(), Failure> {
    let page = client
        .call(
            Method::GET,
            &path(one.id, &format!("/upcoming?limit={limit}")),
            None,
        )
        .await?;
    table(one, &page, ("没有后续执行", "No runs to come"));
    Ok(())
}

fn table(one: &One, page: &Value, empty: Empty) {
    if one.json {
        return print_json(page);
    }
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            let due = here_text(&row["due_at"]);
            let scheduled = match here_text(&row["since"]) {
                since if since.is_empty() => here_text(&row["scheduled_for"]),
                since => format!("{since} … {}", here_text(&row["scheduled_for"])),
            };
            vec![
                scheduled,
                due,
                text(row, "state"),
                text(row, "count"),
                text(row, "run_id"),
                text(row, "reason_text"),
            ]
        })
        .collect();
    print_table(
        &["SCHEDULED", "DUE", "STATE", "COUNT", "RUN", "REASON"],
        &rows,
        empty,
    );
}
