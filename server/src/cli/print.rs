//! Writing to the terminal.

use std::io::Write;

use serde_json::Value;

/// Prints lines to stdout. A reader that has gone away (`| head`) is no failure.
pub fn print_lines(lines: &[String]) {
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
pub(super) fn print_error(message: &str) {
    writeln!(std::io::stderr(), "error: {message}").ok();
}

/// Prints what belongs to no answer to stderr.
pub(super) fn print_note(note: &str) {
    writeln!(std::io::stderr(), "{note}").ok();
}

/// Prints a value as one line of JSON.
pub(super) fn print_json(value: &Value) {
    print_lines(&[value.to_string()]);
}

/// Prints rows under a heading, columns aligned by display width. Control characters, which a
/// terminal may obey, are blanks.
pub(super) fn print_table(heading: &[&str], rows: &[Vec<String>]) {
    let plain = |cell: &String| cell.replace(char::is_control, " ");
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(plain).collect())
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
    let heading: Vec<String> = heading.iter().map(|text| (*text).to_owned()).collect();
    let mut lines = vec![line(&heading)];
    lines.extend(rows.iter().map(|row| line(row)));
    print_lines(&lines);
}

/// Columns of a terminal that a text takes: East Asian wide characters take two.
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
        Value::String(text) => text.replace(['\n', '\r', '\u{1b}'], " "),
        other => other.to_string(),
    }
}

/// The rows of a list.
pub(super) fn items(value: &Value) -> &[Value] {
    value["items"].as_array().map_or(&[], Vec::as_slice)
}
