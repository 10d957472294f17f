//! JSON of other schedulers: values are taken as they come, and what is missing is absent.

use serde_json::Value;

use super::{ReadFault, ReadFaultKind};
use crate::yaml::Mark;

/// The value of a text; how deep it may be nested is limited by `serde_json`.
pub(super) fn value(text: &str) -> Result<Value, ReadFault> {
    serde_json::from_str(text).map_err(|error| fault(&error, (0, 0)))
}

/// The value at the end of a line of a text.
pub(super) fn line(number: usize, line: &str, text: &str) -> Result<Value, ReadFault> {
    let before = line.trim_end().chars().count();
    let before = before.saturating_sub(text.trim_end().chars().count());
    serde_json::from_str(text).map_err(|error| fault(&error, (number - 1, before)))
}

fn fault(error: &serde_json::Error, (lines, columns): (usize, usize)) -> ReadFault {
    let what = match error.is_eof() {
        true => ReadFaultKind::Incomplete,
        false => {
            let text = error.to_string();
            let words = text.split(" at line ").next().unwrap_or_default();
            ReadFaultKind::Json(words.to_owned())
        }
    };
    ReadFault {
        path: String::new(),
        mark: Some(Mark {
            line: error.line() + lines,
            column: error.column() + columns,
        }),
        what,
    }
}

/// A field as text: that of a text, a number or a truth value; `None` where it is absent, `null` or empty.
pub(super) fn text(value: &Value, field: &str) -> Option<String> {
    let text = match value.get(field)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A field as a whole number, also where it is written as text; 0 where it is neither.
pub(super) fn number(value: &Value, field: &str) -> u64 {
    match value.get(field) {
        Some(Value::Number(number)) => number
            .as_u64()
            .or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
            .unwrap_or(0),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(0),
        Some(Value::Bool(true)) => 1,
        _ => 0,
    }
}

/// Whether a field is switched on: `true`, a number other than 0, or such a text.
pub(super) fn is_on(value: &Value, field: &str) -> bool {
    match value.get(field) {
        Some(Value::String(text)) => !matches!(text.trim(), "" | "0" | "false"),
        _ => number(value, field) != 0,
    }
}

/// The entries of a list; none where it is no list.
pub(super) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The whole numbers of a list.
pub(super) fn numbers(value: &Value, field: &str) -> Vec<i64> {
    list(value, field)
        .iter()
        .filter_map(Value::as_i64)
        .collect()
}
