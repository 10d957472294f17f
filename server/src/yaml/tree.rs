//! A JSON or YAML value whose fields keep their order.

use std::collections::HashSet;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// How the reader of a text says that a name comes twice; its library takes nothing but words.
pub const TWICE: &str = "duplicate field ";

/// A value. Unlike `serde_json::Value` it refuses duplicate names.
#[derive(Clone, PartialEq, Debug)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Unsigned(u64),
    /// A whole number below zero.
    Signed(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// A value without quotes in YAML: whether it is a text or a number is for its reader to say.
    Plain(String),
    /// A list.
    List(Vec<Tree>),
    /// An object.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// The value of a field of an object.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                let mut fields = fields.iter();
                fields.find_map(|(field, value)| (field == name).then_some(value))
            }
            _ => None,
        }
    }

    /// What a value without quotes is where any type will do, by the core schema of YAML 1.2 with the numbers of JSON.
    #[must_use]
    pub fn resolved(text: String) -> Self {
        match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            _ => {}
        }
        let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let number = begins.then(|| serde_json::from_str(&text).ok()).flatten();
        number.unwrap_or(Self::Text(text))
    }

    /// Whether it says nothing: no text, `false`, an empty list or object.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) => true,
            Self::Text(text) | Self::Plain(text) => text.is_empty(),
            Self::List(all) => all.is_empty(),
            Self::Object(fields) => fields.is_empty(),
            Self::Bool(true) | Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => false,
        }
    }
}

impl From<Tree> for serde_json::Value {
    fn from(tree: Tree) -> Self {
        match tree {
            Tree::Null => Self::Null,
            Tree::Bool(value) => Self::Bool(value),
            Tree::Unsigned(value) => value.into(),
            Tree::Signed(value) => value.into(),
            Tree::Float(value) => value.into(),
            Tree::Text(value) => Self::String(value),
            Tree::Plain(value) => Tree::resolved(value).into(),
            Tree::List(all) => Self::Array(all.into_iter().map(Self::from).collect()),
            Tree::Object(fields) => {
                let fields = fields.into_iter();
                Self::Object(fields.map(|(name, value)| (name, value.into())).collect())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Maker)
    }
}

struct Maker;

impl<'de> Visitor<'de> for Maker {
    type Value = Tree;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = seq.next_element()? {
            all.push(one);
        }
        Ok(Tree::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Tree>()? {
            if !seen.insert(name.clone()) {
                let name: String = name.chars().take(64).collect();
                return Err(A::Error::custom(format_args!("{TWICE}{name}")));
            }
            all.push((name, value));
        }
        Ok(Tree::Object(all))
    }
}

#[cfg(test)]
mod tests;
