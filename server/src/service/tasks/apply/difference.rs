//! Which fields two documents have differently.

use app::task::TaskDocument;
use serde_json::Value;

use super::report::FieldChange;
use crate::yaml::{Tree, lean};

/// The fields that two documents have differently.
pub(super) fn difference(old: &TaskDocument, new: &TaskDocument) -> Vec<FieldChange> {
    let flat = |document: &TaskDocument| {
        let mut fields = Vec::new();
        if let Ok(tree) = lean(document) {
            flatten("", tree, &mut fields);
        }
        fields
    };
    let (old, new) = (flat(old), flat(new));
    let value = |fields: &[(String, Value)], name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or(Value::Null, |(_, value)| value.clone())
    };
    let removed = old
        .iter()
        .filter(|(name, _)| new.iter().all(|(field, _)| field != name));
    let names = new.iter().chain(removed).map(|(name, _)| name);
    let change = |name: &String| FieldChange {
        field: name.clone(),
        old: value(&old, name),
        new: value(&new, name),
    };
    names
        .map(change)
        .filter(|change| change.old != change.new)
        .collect()
}

fn flatten(place: &str, tree: Tree, into: &mut Vec<(String, Value)>) {
    match tree {
        Tree::Object(fields) => {
            for (name, value) in fields {
                let place = if place.is_empty() {
                    name
                } else {
                    format!("{place}.{name}")
                };
                flatten(&place, value, into);
            }
        }
        other => into.push((place.to_owned(), other.into())),
    }
}
