//! The filters of templates: each has a limit on what it makes.

use minijinja::{Environment, Error, Value};

use super::escape::refused;
use super::fault::TemplateWhy;
use crate::text;

/// Bytes of a text that a filter makes.
pub(super) const VALUE_MAX: usize = 64 * 1024;
/// Lines that a text is split into, its last ones: the end is where errors are.
const LINES_MAX: usize = 200;

/// All filters, as a template calls them.
pub const FILTERS: [&str; 13] = [
    "default(other)",
    "first_line",
    "head(characters)",
    "join(separator)",
    "json",
    "length",
    "lines",
    "lower",
    "one_line",
    "replace(from, to)",
    "tail(characters)",
    "trim",
    "upper",
];

/// Whether there is a filter of this name.
pub(super) fn is_known(name: &str) -> bool {
    FILTERS
        .iter()
        .any(|filter| filter.split('(').next() == Some(name))
}

pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("default", default);
    environment.add_filter("first_line", first_line);
    environment.add_filter("head", head);
    environment.add_filter("join", join);
    environment.add_filter("json", json);
    environment.add_filter("length", length);
    environment.add_filter("lines", lines);
    environment.add_filter("lower", lower);
    environment.add_filter("one_line", one_line);
    environment.add_filter("replace", replace);
    environment.add_filter("tail", tail);
    environment.add_filter("trim", trim);
    environment.add_filter("upper", upper);
    environment.add_test("none", is_none);
}

/// A text within the limit.
fn limited(text: String) -> Result<String, Error> {
    if text.len() > VALUE_MAX {
        return Err(refused(TemplateWhy::ValueTooLong(VALUE_MAX)));
    }
    Ok(text)
}

fn is_none(value: &Value) -> bool {
    value.is_none()
}

fn default(value: Value, other: Value) -> Value {
    let is_empty = value.is_none() || value.is_undefined() || value.as_str() == Some("");
    if is_empty { other } else { value }
}

fn first_line(value: &str) -> String {
    value.lines().next().unwrap_or_default().to_owned()
}

fn head(value: &str, max: usize) -> String {
    text::head(value, max).to_owned()
}

fn tail(value: &str, max: usize) -> String {
    text::tail(value, max).to_owned()
}

fn join(values: &Value, separator: &str) -> Result<String, Error> {
    let mut joined = String::new();
    for (index, value) in values.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(separator);
        }
        match value.as_str() {
            Some(part) => joined.push_str(part),
            None if value.is_number() => joined.push_str(&value.to_string()),
            None => return Err(refused(TemplateWhy::NotAText)),
        }
        if joined.len() > VALUE_MAX {
            return Err(refused(TemplateWhy::ValueTooLong(VALUE_MAX)));
        }
    }
    Ok(joined)
}

fn json(value: &Value) -> Result<String, Error> {
    let text = serde_json::to_string(value).map_err(|_| refused(TemplateWhy::Engine))?;
    limited(text)
}

fn length(value: &Value) -> usize {
    match value.as_str() {
        Some(text) => text.chars().count(),
        None => value.len().unwrap_or(0),
    }
}

fn lines(value: &str) -> Vec<String> {
    let all = value.lines().count();
    let kept = value.lines().skip(all.saturating_sub(LINES_MAX));
    kept.map(str::to_owned).collect()
}

fn lower(value: &str) -> Result<String, Error> {
    limited(value.to_lowercase())
}

fn upper(value: &str) -> Result<String, Error> {
    limited(value.to_uppercase())
}

fn one_line(value: &str) -> String {
    text::one_line(value)
}

fn trim(value: &str) -> String {
    value.trim().to_owned()
}

fn replace(value: &str, from: &str, to: &str) -> Result<String, Error> {
    if from.is_empty() {
        return Ok(value.to_owned());
    }
    // Counted before anything is made.
    let longer = to.len().saturating_sub(from.len());
    let grown = value.matches(from).count().saturating_mul(longer);
    if value.len().saturating_add(grown) > VALUE_MAX {
        return Err(refused(TemplateWhy::ValueTooLong(VALUE_MAX)));
    }
    Ok(value.replace(from, to))
}
