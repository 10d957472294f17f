//! `--set FIELD=VALUE`.

use app::task::{TaskDraft, split_list};
use serde_json::{Map, Value, json};

use crate::cli::client::Client;
use crate::cli::{Failure, channel, lang, sentence};

/// The merge patch (RFC 7396) for `FIELD=VALUE` pairs.
pub(super) async fn patch(
    client: &Client,
    draft: &TaskDraft,
    sets: &[String],
) -> Result<Map<String, Value>, Failure> {
    let stored = serde_json::to_value(draft).map_err(|error| Failure::error(sentence(&error)))?;
    let mut patch = Map::new();
    for set in sets {
        let Some((field, value)) = set.split_once('=') else {
            return Err(Failure::usage(
                lang().pick("--set 写成 FIELD=VALUE", "write --set as FIELD=VALUE"),
            ));
        };
        let field = field.trim();
        if matches!(field, "channel" | "channel_id") {
            let id = match value.trim() {
                "" => Value::Null,
                wanted => channel::find(client, wanted).await?["id"].clone(),
            };
            patch.insert("channel_id".to_owned(), id);
        } else {
            let at = format!("/{}", field.replace('.', "/"));
            let value = typed(stored.pointer(&at), value)
                .map_err(|fault| Failure::usage(format!("--set {field}: {fault}")))?;
            insert(&mut patch, field, value);
        }
    }
    Ok(patch)
}

/// Converts a value to the type of the field. The server reports a field that does not exist.
fn typed(stored: Option<&Value>, text: &str) -> Result<Value, String> {
    let text_list = |all: &[Value]| all.iter().all(Value::is_string);
    match stored {
        Some(Value::Bool(_)) => match text.trim() {
            "true" | "yes" | "1" => Ok(json!(true)),
            "false" | "no" | "0" | "" => Ok(json!(false)),
            _ => Err("true / false".to_owned()),
        },
        Some(Value::Array(_) | Value::Object(_)) if text.trim_start().starts_with(['[', '{']) => {
            serde_json::from_str(text).map_err(|error| error.to_string())
        }
        Some(Value::Array(all)) if text_list(all) => Ok(json!(split_list(text))),
        _ => Ok(json!(text)),
    }
}

/// Inserts a value at the path of a dotted field name.
fn insert(patch: &mut Map<String, Value>, field: &str, value: Value) {
    let Some((outer, inner)) = field.split_once('.') else {
        patch.insert(field.to_owned(), value);
        return;
    };
    let below = patch.entry(outer).or_insert_with(|| json!({}));
    if !below.is_object() {
        *below = json!({});
    }
    if let Value::Object(below) = below {
        insert(below, inner, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_of_the_kind_of_its_field() {
        let table = [
            (json!(""), "3", json!("3")),
            (json!("x"), "a=b", json!("a=b")),
            (json!(true), "false", json!(false)),
            (json!(false), "1", json!(true)),
            (json!([]), "张三，李四", json!(["张三", "李四"])),
            (json!(["a"]), "", json!([])),
            (
                json!([]),
                "[{\"spec\": \"@startup\"}]",
                json!([{ "spec": "@startup" }]),
            ),
        ];
        for (stored, text, expected) in table {
            assert_eq!(typed(Some(&stored), text), Ok(expected), "{text}");
        }
        assert!(typed(Some(&json!(true)), "maybe").is_err());
        assert!(typed(Some(&json!([])), "[1").is_err());
        assert_eq!(typed(None, "x"), Ok(json!("x")));
    }

    #[test]
    fn dots_lead_into_tables() {
        let mut patch = Map::new();
        insert(&mut patch, "execution.retry.attempts", json!("3"));
        insert(&mut patch, "execution.retry.delay", json!("1m"));
        insert(&mut patch, "name", json!("n"));
        let expected = json!({
            "name": "n", "execution": { "retry": { "attempts": "3", "delay": "1m" } },
        });
        assert_eq!(Value::Object(patch), expected);
    }
}
