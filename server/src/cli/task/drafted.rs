//! Options become the input of the API by their names: an option is the field that it is called after, or that
//! `serde(rename)` names.

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use crate::cli::{Failure, sentence};

/// The input that options stand for. What is not given has its default.
pub(super) fn drafted<T: DeserializeOwned>(options: &impl Serialize) -> Result<T, Failure> {
    serde_json::to_value(options)
        .and_then(serde_json::from_value)
        .map_err(|error| Failure::error(sentence(&error)))
}

/// A repeatable option whose values are lists as well.
pub(super) fn split<S: Serializer>(values: &[String], to: S) -> Result<S::Ok, S::Error> {
    let all = values.iter().flat_map(|value| app::task::split_list(value));
    to.collect_seq(all)
}

/// A repeatable option whose values are the lines of a text.
pub(super) fn lines<S: Serializer>(values: &[String], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&values.join("\n"))
}
