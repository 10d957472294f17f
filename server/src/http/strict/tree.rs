//! How our types are read from a tree.

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::JsonFault;
use crate::yaml::Tree;

/// A value that is read strictly.
pub(super) struct Node(pub(super) Tree);

/// Whether a value without quotes is what YAML has for nothing.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null")
}

/// A value without quotes as what it is on its own.
fn settled(tree: Tree) -> Tree {
    match tree {
        Tree::Plain(text) => Tree::resolved(text),
        other => other,
    }
}

fn kind(tree: &Tree) -> Unexpected<'_> {
    match tree {
        Tree::Null => Unexpected::Unit,
        Tree::Bool(value) => Unexpected::Bool(*value),
        Tree::Unsigned(value) => Unexpected::Unsigned(*value),
        Tree::Signed(value) => Unexpected::Signed(*value),
        Tree::Float(value) => Unexpected::Float(*value),
        // What was sent is not repeated: it may be a password.
        Tree::Text(_) | Tree::Plain(_) => Unexpected::Other("text"),
        Tree::List(_) => Unexpected::Other("a list"),
        Tree::Object(_) => Unexpected::Other("an object"),
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = JsonFault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        match settled(self.0) {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(value),
            Tree::Unsigned(value) => visitor.visit_u64(value),
            Tree::Signed(value) => visitor.visit_i64(value),
            Tree::Float(value) => visitor.visit_f64(value),
            Tree::Text(value) | Tree::Plain(value) => visitor.visit_string(value),
            Tree::List(all) => visitor.visit_seq(Entries {
                rest: all.into_iter().enumerate(),
            }),
            Tree::Object(all) => visitor.visit_map(Fields {
                rest: all.into_iter(),
                next: None,
            }),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        match self.0 {
            Tree::Plain(text) if is_null(&text) => visitor.visit_string(String::new()),
            Tree::Plain(text) => visitor.visit_string(text),
            other => Self(other).deserialize_any(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        match self.0 {
            Tree::Plain(text) if is_null(&text) => Self(Tree::List(Vec::new())),
            other => Self(other),
        }
        .deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        match self.0 {
            Tree::Null => visitor.visit_none(),
            Tree::Plain(text) if is_null(&text) => visitor.visit_none(),
            other => visitor.visit_some(Self(other)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        let all = match self.0 {
            Tree::Object(all) => all,
            Tree::Plain(text) if is_null(&text) => Vec::new(),
            other => return Err(JsonFault::invalid_type(kind(&settled(other)), &"an object")),
        };
        if let Some((name, _)) = all
            .iter()
            .find(|(name, _)| !fields.contains(&name.as_str()))
        {
            return Err(JsonFault::unknown(name, fields.iter().copied()));
        }
        Self(Tree::Object(all)).deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        match self.0 {
            Tree::Text(name) | Tree::Plain(name) if !variants.contains(&name.as_str()) => {
                let name: String = name.chars().take(64).collect();
                Err(JsonFault::unknown_variant(&name, variants))
            }
            Tree::Text(name) | Tree::Plain(name) => {
                let name: StringDeserializer<JsonFault> = name.into_deserializer();
                visitor.visit_enum(name)
            }
            Tree::Object(all) => visitor.visit_enum(MapAccessDeserializer::new(Fields {
                rest: all.into_iter(),
                next: None,
            })),
            other => Err(JsonFault::invalid_type(
                kind(&other),
                &"one of the known words",
            )),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit
        unit_struct tuple tuple_struct map identifier ignored_any
    }
}

struct Entries {
    rest: std::iter::Enumerate<std::vec::IntoIter<Tree>>,
}

impl<'de> SeqAccess<'de> for Entries {
    type Error = JsonFault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonFault> {
        let Some((index, tree)) = self.rest.next() else {
            return Ok(None);
        };
        let read = seed
            .deserialize(Node(tree))
            .map_err(|fault| fault.at(index));
        read.map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Fields {
    rest: std::vec::IntoIter<(String, Tree)>,
    next: Option<(String, Tree)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = JsonFault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonFault> {
        self.next = self.rest.next();
        let Some((name, _)) = &self.next else {
            return Ok(None);
        };
        let name: StringDeserializer<JsonFault> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonFault> {
        let Some((name, tree)) = self.next.take() else {
            return Err(JsonFault::custom("a value without its name"));
        };
        seed.deserialize(Node(tree))
            .map_err(|fault| fault.within(&name))
    }
}
