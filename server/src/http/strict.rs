//! Strict JSON: an object is an object, each of its names occurs once and is known.
//!
//! Serde by itself accepts a list for a struct, ignores unknown fields, and would need an attribute on every type of
//! ours to be stricter. Here the text becomes a tree first, and the tree refuses; every refusal names its place.

mod near;
mod tree;
mod words;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

pub use near::nearest;
use tree::Node;
pub use words::{Named, unknown};

/// What is wrong with a JSON text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonFault {
    /// Where: `execution.retry`, `schedules[0].jitter`; empty for the text itself.
    pub place: String,
    /// The fault.
    pub what: What,
}

/// The kinds of faults.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// An unknown field.
    Unknown {
        /// The name, cut.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Invalid JSON, or a value that does not fit.
    Other(String),
}

impl JsonFault {
    /// A fault: an unknown field.
    #[must_use]
    pub fn unknown<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            place: String::new(),
            what: What::Unknown {
                name: name.chars().take(64).collect(),
                known: known.into_iter().map(str::to_owned).collect(),
            },
        }
    }

    /// The same fault, inside a field.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        let name: String = name.chars().take(64).collect();
        self.place = match self.place.as_str() {
            "" => name,
            inner if inner.starts_with('[') => format!("{name}{inner}"),
            inner => format!("{name}.{inner}"),
        };
        self
    }

    /// The same fault, inside an entry of a list.
    #[must_use]
    fn at(mut self, index: usize) -> Self {
        self.place = match self.place.as_str() {
            "" => format!("[{index}]"),
            inner if inner.starts_with('[') => format!("[{index}]{inner}"),
            inner => format!("[{index}].{inner}"),
        };
        self
    }
}

impl std::fmt::Display for JsonFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.what {
            What::Unknown { name, .. } => write!(f, "unknown field `{name}`"),
            What::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for JsonFault {}

impl serde::de::Error for JsonFault {
    fn custom<T: std::fmt::Display>(text: T) -> Self {
        Self {
            place: String::new(),
            what: What::Other(text.to_string()),
        }
    }
}

/// Reads a JSON text; a byte order mark before it is ignored (RFC 8259, 8.1).
///
/// # Errors
/// The first fault found.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonFault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let tree: Node = serde_json::from_slice(text).map_err(JsonFault::custom)?;
    T::deserialize(tree)
}

/// Reads a value that is already parsed.
///
/// # Errors
/// As [`from_slice`].
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, JsonFault> {
    T::deserialize(Node::deserialize(value).map_err(JsonFault::custom)?)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, Default, PartialEq)]
    #[serde(default)]
    struct Outer {
        name: String,
        count: Option<i64>,
        share: f64,
        inner: Vec<Inner>,
        kind: Kind,
        any: Value,
    }

    #[derive(Deserialize, Debug, Default, PartialEq)]
    struct Inner {
        timeout: String,
    }

    #[derive(Deserialize, Debug, Default, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        Plain,
        With(i64),
    }

    #[test]
    fn what_is_right_is_read() {
        let text = "\u{feff}{\"name\":\"a\",\"count\":-3,\"share\":2,\"inner\":[{\"timeout\":\"1s\"}],\
                    \"kind\":{\"with\":4},\"any\":{\"x\":[1,null,true,1.5]}}";
        let read: Outer = from_slice(text.as_bytes()).expect("it is right");
        assert_eq!(
            read,
            Outer {
                name: "a".into(),
                count: Some(-3),
                share: 2.0,
                inner: vec![Inner {
                    timeout: "1s".into()
                }],
                kind: Kind::With(4),
                any: serde_json::json!({"x": [1, null, true, 1.5]}),
            }
        );
        let read: Outer = from_slice(b"{\"kind\":\"plain\",\"count\":null}").expect("it is right");
        assert_eq!(read, Outer::default());
    }

    #[test]
    fn faults_name_their_place() {
        for (text, place) in [
            ("[]", ""),
            ("[\"a\",null]", ""),
            ("\"a\"", ""),
            ("{\"nam\":1}", ""),
            ("{\"name\":1}", "name"),
            ("{\"inner\":[{\"timout\":\"1s\"}]}", "inner[0]"),
            ("{\"inner\":[{\"timeout\":\"1s\"},[\"1s\"]]}", "inner[1]"),
            ("{\"inner\":{}}", "inner"),
            ("{\"kind\":\"other\"}", "kind"),
            ("{\"name\":\"a\",\"name\":\"b\"}", ""),
            ("{\"name\":", ""),
            ("{} {}", ""),
        ] {
            let fault = from_slice::<Outer>(text.as_bytes()).expect_err(text);
            assert_eq!(fault.place, place, "{text}: {fault}");
        }
        let fault = from_slice::<Outer>(b"{\"nam\":1}").expect_err("unknown");
        let What::Unknown { name, known } = fault.what else {
            panic!("{fault}");
        };
        assert_eq!(name, "nam");
        assert_eq!(
            nearest(&name, known.iter().map(String::as_str)),
            Some("name")
        );
    }
}
