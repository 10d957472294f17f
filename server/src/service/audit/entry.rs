//! An entry of the audit log as it is shown.

use app::audit::{AuditChange, AuditEntry};
use app::id::AuditId;
use app::time::Stamp;
use serde_json::{Map, Value};

use crate::store::SealedRow;

/// The act whose detail is what it changed.
const TASK_UPDATE: &str = "task.update";

/// An entry as it is shown. Fields within fields are listed one by one.
pub(super) fn entry(row: SealedRow) -> AuditEntry {
    let outcome = row.ended();
    let fields = |text: &str| serde_json::from_str::<Map<String, Value>>(text).ok();
    let (detail, changed) = match row.changes.as_deref().and_then(fields) {
        Some(changed) => (row.detail, Some(changed)),
        None if row.action == TASK_UPDATE => match fields(&row.detail) {
            Some(changed) => (String::new(), Some(changed)),
            None => (row.detail, None),
        },
        None => (row.detail, None),
    };
    let mut changes = Vec::new();
    for (field, both) in changed.unwrap_or_default() {
        list(&mut changes, &field, both.get(0), both.get(1));
    }
    AuditEntry {
        id: AuditId(row.id),
        at: Stamp(row.at),
        who: row.who,
        via: row.via,
        client: row.client,
        action: row.action,
        object_id: row.object_id,
        version: row.object_version,
        detail,
        outcome,
        times: row.times.unwrap_or(1),
        changes,
        seq: row.seq,
        mac: row.mac,
    }
}

fn list(
    changes: &mut Vec<AuditChange>,
    field: &str,
    before: Option<&Value>,
    after: Option<&Value>,
) {
    let before = before.filter(|value| !value.is_null());
    let after = after.filter(|value| !value.is_null());
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) {
        let added = after.keys().filter(|name| !before.contains_key(*name));
        for name in before.keys().chain(added) {
            let (before, after) = (before.get(name), after.get(name));
            if before != after {
                list(changes, &format!("{field}.{name}"), before, after);
            }
        }
        return;
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    changes.push(AuditChange {
        field: field.to_owned(),
        before: before.map(text),
        after: after.map(text),
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_inner_fields_that_differ_are_listed() {
        let mut changes = Vec::new();
        let before = json!({"retry": {"attempts": "1", "delay": "1m"}, "cwd": ""});
        let after = json!({"retry": {"attempts": "3", "delay": "1m"}, "cwd": ""});
        list(&mut changes, "execution", Some(&before), Some(&after));
        list(&mut changes, "tags", Some(&json!([])), Some(&json!(["a"])));
        // That a secret was changed, and not to what.
        list(&mut changes, "url", Some(&json!("…")), Some(&json!("…")));
        let texts = changes.iter().map(|change| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            (
                change.field.as_str(),
                text(&change.before),
                text(&change.after),
            )
        });
        assert_eq!(
            texts.collect::<Vec<_>>(),
            [
                ("execution.retry.attempts", "1".to_owned(), "3".to_owned()),
                ("tags", "[]".to_owned(), "[\"a\"]".to_owned()),
                ("url", "…".to_owned(), "…".to_owned()),
            ]
        );
    }
}
