//! What a change did to a row: each field before and after, read in the transaction of the change.

use std::marker::PhantomData;

use sea_orm::sea_query::Condition;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};

use super::super::{StoreError, Tx};
use super::Act;

/// Fields of one change that are recorded.
const FIELDS_MAX: usize = 60;
/// Characters of a value that are recorded.
const CHARS_MAX: usize = 1_000;
/// Characters of a common beginning that are recorded where it is cut.
const CONTEXT: usize = 40;
/// Objects within objects that are compared field by field.
const DEPTH_MAX: usize = 4;
/// Stands for what is not recorded: that it was changed is, not to what.
const REDACTED: &str = "…";
/// Endings of columns whose values are secrets, or made from them.
const SECRET: [&str; 3] = ["_sealed", "_hash", "_masked"];
/// Columns that every change moves, or that say what happened to the row and not what it is.
const UNRECORDED: [&str; 13] = [
    "id",
    "version",
    "created_at",
    "updated_at",
    "since",
    "last_sent_for",
    "last_sign_in_at",
    "last_answer",
    "failing_since",
    "blocked_until",
    "limited_since",
    "pace",
    "refuses",
];

/// A row before a change of it, to be recorded with what the change did.
pub(in super::super) struct Before<E> {
    row: Condition,
    was: Option<Value>,
    of: PhantomData<E>,
}

impl<E: EntityTrait> Before<E> {
    /// The row as it is. To be called once the transaction has locked it.
    pub(in super::super) async fn read(tx: &Tx, row: Condition) -> Result<Self, StoreError> {
        let was = E::find().filter(row.clone()).into_json().one(tx).await?;
        let of = PhantomData;
        Ok(Self { row, was, of })
    }

    /// A row that does not exist yet.
    pub(in super::super) fn none(row: Condition) -> Self {
        let of = PhantomData;
        Self { row, was: None, of }
    }

    /// The row is found like this after the change.
    pub(in super::super) fn then(self, row: Condition) -> Self {
        Self { row, ..self }
    }

    /// Records the act with the difference between the row as it was, and as this transaction has left it.
    pub(in super::super) async fn record(
        self,
        tx: &Tx,
        act: &Act,
        object: Option<i64>,
    ) -> Result<(), StoreError> {
        let is = E::find().filter(self.row).into_json().one(tx).await?;
        let changes = difference(self.was.as_ref(), is.as_ref());
        let mut act = act.clone();
        act.changes = (!changes.is_empty()).then(|| Value::Object(changes).to_string());
        act.record(tx, object).await
    }
}

/// Each field that differs, with its value before and after.
fn difference(before: Option<&Value>, after: Option<&Value>) -> Map<String, Value> {
    let mut changes = Map::new();
    compare(&mut changes, "", DEPTH_MAX, before, after);
    changes
}

fn compare(
    changes: &mut Map<String, Value>,
    path: &str,
    depth: usize,
    before: Option<&Value>,
    after: Option<&Value>,
) {
    // What is stored as JSON is compared field by field.
    let (before, after) = (before.map(opened), after.map(opened));
    let nothing = |value: &Value| value.is_null() || *value == "";
    let before = before.filter(|value| !nothing(value));
    let after = after.filter(|value| !nothing(value));
    if before == after || changes.len() >= FIELDS_MAX {
        return;
    }
    let fields = |value: &Option<Value>| match value {
        Some(Value::Object(fields)) => Some(fields.clone()),
        None => Some(Map::new()),
        _ => None,
    };
    let both = (depth > 0).then(|| fields(&before).zip(fields(&after)));
    if let Some((before, after)) = both.flatten() {
        let added = after.keys().filter(|name| !before.contains_key(*name));
        for name in before.keys().chain(added) {
            if path.is_empty() && UNRECORDED.contains(&name.as_str()) {
                continue;
            }
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            compare(changes, &path, depth - 1, before.get(name), after.get(name));
        }
        return;
    }
    let secret = SECRET.iter().find_map(|end| path.strip_suffix(end));
    let (name, before, after) = match secret {
        Some(name) => (
            name,
            before.map(|_| REDACTED.to_owned()),
            after.map(|_| REDACTED.to_owned()),
        ),
        None => {
            let (before, after) = (before.map(plain), after.map(plain));
            let (before, after) = cut(before, after);
            (path, before, after)
        }
    };
    changes.insert(name.to_owned(), json!([before, after]));
}

/// A text that is an object as JSON, as that object.
fn opened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        value => value.clone(),
    }
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        value => value.to_string(),
    }
}

/// Two values, cut so that the difference can be seen.
fn cut(before: Option<String>, after: Option<String>) -> (Option<String>, Option<String>) {
    let is_long = |text: &Option<String>| {
        text.as_ref()
            .is_some_and(|text| text.chars().nth(CHARS_MAX).is_some())
    };
    if !is_long(&before) && !is_long(&after) {
        return (before, after);
    }
    let same = match (&before, &after) {
        (Some(before), Some(after)) => {
            let pairs = before.chars().zip(after.chars());
            pairs.take_while(|(before, after)| before == after).count()
        }
        _ => 0,
    };
    let skipped = same.saturating_sub(CONTEXT);
    let shorten = |text: String| {
        let mut chars = text.chars().skip(skipped);
        let mut short = String::from(if skipped > 0 { REDACTED } else { "" });
        short.extend(chars.by_ref().take(CHARS_MAX));
        if chars.next().is_some() {
            short.push_str(REDACTED);
        }
        short
    };
    (before.map(shorten), after.map(shorten))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(before: &Value, after: &Value) -> Value {
        Value::Object(difference(Some(before), Some(after)))
    }

    #[test]
    fn only_what_differs_is_recorded_and_no_secret() {
        let before = json!({
            "id": 1, "version": 1, "name": "ops", "url_sealed": "1:aaa", "url_masked": "https://a/…",
            "settings": "{\"format\":\"text\",\"people\":{\"ann\":\"1\"}}", "proxy": null, "enabled": true,
        });
        let after = json!({
            "id": 1, "version": 2, "name": "ops", "url_sealed": "1:bbb", "url_masked": "https://b/…",
            "settings": "{\"format\":\"markdown\",\"people\":{}}", "proxy": "", "enabled": false,
        });
        assert_eq!(
            changes(&before, &after),
            json!({
                "enabled": ["true", "false"],
                "settings.format": ["text", "markdown"],
                "settings.people.ann": ["1", null],
                "url": ["…", "…"],
            })
        );
        assert_eq!(changes(&before, &before), json!({}));
        let made = Value::Object(difference(None, Some(&json!({"name": "a", "note": ""}))));
        assert_eq!(made, json!({"name": [null, "a"]}));
        let gone = Value::Object(difference(Some(&json!({"name": "a"})), None));
        assert_eq!(gone, json!({"name": ["a", null]}));
    }

    #[test]
    fn what_is_recorded_is_bounded_and_shows_the_difference() {
        let days = "2026-01-01 off\n".repeat(5_000);
        let found = changes(
            &json!({"days": format!("{days}one")}),
            &json!({"days": format!("{days}two")}),
        );
        let text = found["days"][1].as_str().expect("a text");
        assert!(text.starts_with('…') && text.ends_with("two"), "{text}");
        assert!(text.chars().count() < 100);
        let many: Map<String, Value> = (0..500).map(|at| (format!("f{at}"), json!(at))).collect();
        assert_eq!(
            difference(None, Some(&Value::Object(many))).len(),
            FIELDS_MAX
        );
    }
}
