//! The JSON Schema of a document, made of the description of the API: editors check files with it while they are typed.

use std::collections::BTreeMap;

use app::task::TaskDocument;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// Where types are in the description of the API, and where in a schema of their own.
const OF_API: &str = "#/components/schemas/";
const OWN: &str = "#/$defs/";

/// The schema.
///
/// # Errors
/// When it cannot be written.
pub(in crate::api) fn task_schema() -> serde_json::Result<Value> {
    let mut named = Vec::new();
    TaskDocument::schemas(&mut named);
    let mut defs: BTreeMap<String, Value> = BTreeMap::new();
    for (name, schema) in named {
        defs.insert(name, adapted(serde_json::to_value(&schema)?));
    }
    let Value::Object(mut schema) = adapted(serde_json::to_value(TaskDocument::schema())?) else {
        return Ok(Value::Null);
    };
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("A task of Jcrontab"));
    schema.insert("required".to_owned(), json!(["name"]));
    schema.insert("$defs".to_owned(), json!(defs));
    Ok(Value::Object(schema))
}

/// A type of the API as one of a file: objects have no other fields, and a text may be written as a number.
fn adapted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| match value {
                Value::String(place) if name == "$ref" => {
                    (name, Value::String(place.replace(OF_API, OWN)))
                }
                value => (name, adapted(value)),
            });
            let mut fields: Map<String, Value> = fields.collect();
            if fields.get("type") == Some(&json!("object")) && fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), json!(false));
                fields.remove("required");
            }
            if fields.get("type") == Some(&json!("string")) && !fields.contains_key("enum") {
                fields.insert(
                    "type".to_owned(),
                    json!(["string", "number", "boolean", "null"]),
                );
            }
            Value::Object(fields)
        }
        Value::Array(all) => Value::Array(all.into_iter().map(adapted).collect()),
        other => other,
    }
}
