//! Strict JSON: an object is an object, each of its names occurs once and is known.
//!
//! Serde by itself accepts a list for a struct, ignores unknown fields, and would need an attribute on every type of
//! ours to be stricter. Here the text becomes a tree first, and the tree refuses; every refusal names its place.

mod fault;
mod near;
mod tree;
mod words;

use app::i18n::Lang;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Expected, Unexpected};
use serde_json::Value;

use crate::yaml::Tree;
pub use fault::{JsonFaultKind, Kind};
pub use near::nearest;
use tree::Node;
pub use words::{Named, unknown};

/// What is wrong with a JSON text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonFault {
    /// Where: `execution.retry`, `schedules[0].jitter`; empty for the text itself.
    pub place: String,
    /// The fault.
    pub what: JsonFaultKind,
}

impl JsonFault {
    /// A fault: an unknown field.
    #[must_use]
    pub fn unknown<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            place: String::new(),
            what: JsonFaultKind::Unknown {
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
    pub fn at(mut self, index: usize) -> Self {
        self.place = match self.place.as_str() {
            "" => format!("[{index}]"),
            inner if inner.starts_with('[') => format!("[{index}]{inner}"),
            inner => format!("[{index}].{inner}"),
        };
        self
    }
}

impl From<JsonFaultKind> for JsonFault {
    /// Of the text itself.
    fn from(what: JsonFaultKind) -> Self {
        Self {
            place: String::new(),
            what,
        }
    }
}

impl std::fmt::Display for JsonFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what.text(Lang::En))
    }
}

impl std::error::Error for JsonFault {}

/// Serde's own words are English and name types of ours, so what it finds is kept as a value.
impl serde::de::Error for JsonFault {
    fn custom<T: std::fmt::Display>(text: T) -> Self {
        JsonFaultKind::Other(text.to_string()).into()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let (needed, found) = (Kind::needed(expected), Kind::found(found));
        JsonFaultKind::Type { needed, found }.into()
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let needed = Kind::needed(expected);
        JsonFaultKind::Value { needed }.into()
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        JsonFaultKind::Value { needed: None }.into()
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        JsonFaultKind::Word { known }.into()
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Self::unknown(name, known.iter().copied())
    }

    fn missing_field(name: &'static str) -> Self {
        JsonFaultKind::Missing { name }.into()
    }

    fn duplicate_field(name: &'static str) -> Self {
        let name = name.to_owned();
        JsonFaultKind::Twice { name }.into()
    }
}

impl JsonFault {
    /// A value of another type than what is needed.
    #[must_use]
    pub fn needs(kind: Kind) -> Self {
        let needed = Some(kind);
        JsonFaultKind::Type {
            needed,
            found: None,
        }
        .into()
    }
}

/// Reads a JSON text; a byte order mark before it is ignored (RFC 8259, 8.1).
///
/// # Errors
/// The first fault found.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonFault> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let tree: Tree = serde_json::from_slice(text).map_err(|error| JsonFaultKind::from(&error))?;
    from_tree(tree)
}

/// Reads a value that is already parsed.
///
/// # Errors
/// As [`from_slice`].
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, JsonFault> {
    from_tree(Tree::deserialize(value).map_err(|error| JsonFaultKind::from(&error))?)
}

/// Reads a tree, of JSON or YAML.
///
/// # Errors
/// As [`from_slice`].
pub fn from_tree<T: DeserializeOwned>(tree: Tree) -> Result<T, JsonFault> {
    T::deserialize(Node(tree))
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
        for (text, zh, en) in [
            (
                "{\"name\":",
                "内容没有写完，止于第 1 行第 8 列",
                "it ends in the middle of a value, at line 1, column 8",
            ),
            (
                "{\n\"name\": a}",
                "第 2 行第 9 列有语法错误",
                "syntax error at line 2, column 9",
            ),
            (
                "{\"name\":\"a\",\"name\":\"b\"}",
                "字段 `name` 出现了不止一次",
                "the field `name` occurs more than once",
            ),
            (
                "{\"name\":1}",
                "需要文本，实际是数字",
                "expected text, found a number",
            ),
            (
                "{\"count\":\"1\"}",
                "需要整数，实际是文本",
                "expected a whole number, found text",
            ),
            (
                "{\"count\":99999999999999999999}",
                "需要整数，实际是数字",
                "expected a whole number, found a number",
            ),
            (
                "{\"count\":18446744073709551615}",
                "数字超出范围",
                "the number is out of range",
            ),
            (
                "{\"inner\":7}",
                "需要列表，实际是数字",
                "expected a list, found a number",
            ),
            (
                "{\"inner\":[true]}",
                "需要对象，实际是 true 或 false",
                "expected an object, found true or false",
            ),
            (
                "{\"inner\":[{}]}",
                "缺少字段 `timeout`",
                "the field `timeout` is missing",
            ),
            (
                "{\"kind\":\"other\"}",
                "可选 `plain`、`with`",
                "expected one of `plain`, `with`",
            ),
        ] {
            let fault = from_slice::<Outer>(text.as_bytes()).expect_err(text);
            assert_eq!(fault.what.text(Lang::Zh), zh, "{text}");
            assert_eq!(fault.what.text(Lang::En), en, "{text}");
        }
        let fault = from_slice::<Outer>(b"{\"nam\":1}").expect_err("unknown");
        let JsonFaultKind::Unknown { name, known } = fault.what else {
            panic!("{fault}");
        };
        assert_eq!(name, "nam");
        assert_eq!(
            nearest(&name, known.iter().map(String::as_str)),
            Some("name")
        );
    }
}
