//! Writing to the terminal.

use std::io::Write;

use app::i18n::Lang;
use axum::http::Method;
use serde_json::Value;

use super::client::Client;
use super::when::here_text;
use super::{Failure, words};

/// Prints lines to stdout. A closed pipe (`| head`) is not a failure.
pub(super) fn print_lines(lines: &[String]) {
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
    out.flush().ok();
}

/// Prints bytes to stdout as they are.
pub(super) fn print_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    // As above: the reader has closed the pipe.
    out.write_all(bytes).and_then(|()| out.flush()).ok();
}

/// Prints a failure to stderr.
pub(super) fn print_error(lang: Lang, message: &str) {
    let message = app::ansi::visible(message);
    let line = lang.pick(format!("错误：{message}"), format!("error: {message}"));
    writeln!(std::io::stderr(), "{line}").ok();
}

/// Prints a note that is not part of the result to stderr.
pub(super) fn print_note(note: &str) {
    writeln!(std::io::stderr(), "{note}").ok();
}

/// Prints a value as one line of JSON.
pub(super) fn print_json(value: &Value) {
    print_lines(&[value.to_string()]);
}

/// Lines `label: value` in the reader's language, without those that have no value.
pub(super) fn labelled(
    rows: impl IntoIterator<Item = (&'static str, &'static str, Option<String>)>,
) -> Vec<String> {
    let lang = super::lang();
    let line = |(zh, en, value): (&str, &str, Option<String>)| {
        let value = value.filter(|value| !value.is_empty())?;
        let value = app::ansi::visible(&value);
        Some(lang.pick(format!("{zh}：{value}"), format!("{en}: {value}")))
    };
    rows.into_iter().filter_map(line).collect()
}

/// Says how to get the next page of a list, where there is one.
pub(super) fn print_more(page: &Value) {
    if let Some(next) = page["next"].as_str() {
        print_note(&super::lang().pick(
            format!("还有更早的：加 --after {next}"),
            format!("More: add --after {next}"),
        ));
    }
}

/// Prints what was done: as JSON, or in words.
pub(super) fn print_done(value: &Value, json: bool, words: &[String]) {
    if json {
        print_json(value);
    } else {
        print_lines(words);
    }
}

/// What a list says that has no rows: in Chinese and in English, with the command that adds one.
pub(super) type Empty = (&'static str, &'static str);

/// For lists that always have rows.
pub(super) const NOTHING: Empty = ("没有可以列出的", "Nothing to list");

/// Prints rows under columns, codes in the reader's language, aligned by display width. Control
/// characters, which a terminal might interpret, are printed as blanks. Without rows a sentence follows the headings.
pub(super) fn print_table(columns: &[&str], rows: &[Vec<String>], (zh, en): Empty) {
    let plain = |(cell, column): (&String, &&str)| {
        words::value(column, cell.replace(char::is_control, " "))
    };
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().zip(columns).map(plain).collect())
        .collect();
    let heading: Vec<String> = columns
        .iter()
        .map(|column| words::heading(column))
        .collect();
    let mut widths: Vec<usize> = heading.iter().map(|text| width(text)).collect();
    for row in &rows {
        for (column, text) in row.iter().enumerate() {
            widths[column] = widths[column].max(width(text));
        }
    }
    let line = |cells: &[String]| {
        let mut text = String::new();
        for (column, cell) in cells.iter().enumerate() {
            text.push_str(cell);
            if column + 1 < cells.len() {
                text.push_str(&" ".repeat(widths[column] - width(cell) + 2));
            }
        }
        text
    };
    let mut lines = vec![line(&heading)];
    lines.extend(rows.iter().map(|row| line(row)));
    if rows.is_empty() {
        lines.push(super::lang().pick(zh, en).to_owned());
    }
    print_lines(&lines);
}

/// Requests a list and prints it: as JSON, or these fields of each row as a table; `empty` if there are none.
pub(super) async fn print_list(
    client: &Client,
    path: &str,
    columns: &[&str],
    empty: Empty,
    json: bool,
) -> Result<(), Failure> {
    let page = client.call(Method::GET, path, None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = items(&page)
        .iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect())
        .collect();
    print_table(columns, &rows, empty);
    Ok(())
}

/// A field of a row: instants in the zone of this machine, everything else as [`text`].
pub(super) fn cell(row: &Value, column: &str) -> String {
    match column {
        "scheduled_for" => here_text(&row[column]),
        _ if column.ends_with("_at") => here_text(&row[column]),
        "scopes" => {
            let scopes = row[column].as_array().into_iter().flatten();
            let scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
            scopes.join(",")
        }
        "limits" => {
            let part = |name: &str| row[column][name].as_array().into_iter().flatten();
            let tags = part("tags").filter_map(Value::as_str).map(str::to_owned);
            let tasks = part("tasks").filter_map(Value::as_i64);
            let all: Vec<String> = tags.chain(tasks.map(|id| format!("#{id}"))).collect();
            all.join(",")
        }
        _ => text(row, column),
    }
}

/// The display width of a text: East Asian wide characters take two columns.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c as u32 {
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

/// A field of a JSON object as text; empty for `null`.
pub(super) fn text(value: &Value, field: &str) -> String {
    match &value[field] {
        Value::Null => String::new(),
        // No terminal gets a control character of a foreign text.
        Value::String(text) => text.replace(char::is_control, " "),
        other => other.to_string(),
    }
}

/// A text of several lines below its label, indented; control characters are blanks.
pub(super) fn block(text: &str) -> Vec<String> {
    let plain = |line: &str| format!("  {}", line.replace(char::is_control, " "));
    text.lines().map(plain).collect()
}

/// The rows of a list.
pub(super) fn items(value: &Value) -> &[Value] {
    value["items"].as_array().map_or(&[], Vec::as_slice)
}
