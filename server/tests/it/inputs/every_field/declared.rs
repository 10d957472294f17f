//! The names of all fields of a type, as it declares them to whoever reads it: nothing is read, every field is asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// The places of all values: `execution.parameters[].label`. A list of texts is one value.
pub(super) fn declared<T: DeserializeOwned>() -> BTreeSet<String> {
    let found = RefCell::default();
    let root = Place {
        at: String::new(),
        found: &found,
    };
    T::deserialize(root).expect("a type that can be read from nothing");
    let texts = |place: String| match place.strip_suffix("[]") {
        Some(list) => list.to_owned(),
        None => place,
    };
    found.into_inner().into_iter().map(texts).collect()
}

struct Place<'a> {
    at: String,
    found: &'a RefCell<BTreeSet<String>>,
}

impl Place<'_> {
    fn is_value(&self) {
        self.found.borrow_mut().insert(self.at.clone());
    }
}

impl<'de> Deserializer<'de> for Place<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.is_value();
        visitor.visit_str("")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.is_value();
        visitor.visit_bool(false)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.is_value();
        visitor.visit_i64(0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let one = Place {
            at: format!("{}[]", self.at),
            found: self.found,
        };
        visitor.visit_seq(SeqDeserializer::new(std::iter::once(one)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let places = fields.iter().map(|name| {
            let at = match self.at.as_str() {
                "" => (*name).to_owned(),
                at => format!("{at}.{name}"),
            };
            let found = self.found;
            (*name, Place { at, found })
        });
        visitor.visit_map(MapDeserializer::new(places))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.is_value();
        let first = variants.first().copied().unwrap_or_default();
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(first))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Place<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
