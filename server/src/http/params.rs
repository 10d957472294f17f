//! The query of a request, with faults reported as problem documents.

use app::error::{AppError, ErrorKind, FieldError};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::Problem;
use super::extract::{caller_of, unknown};

/// The query as a struct.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let lang = caller_of(parts).lang;
        let known = fields_of::<T>();
        let sent = parts.uri.query().unwrap_or_default();
        let unknown_word = url::form_urlencoded::parse(sent.as_bytes())
            .map(|(name, _)| name)
            .find(|name| !known.is_empty() && !known.contains(&name.as_ref()));
        if let Some(name) = unknown_word {
            let name: String = name.chars().take(64).collect();
            let known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
            let message = unknown(lang, &name, &known);
            let fields = vec![FieldError::new(&name, "unknown_field", message.clone())];
            let error = AppError::new(ErrorKind::Invalid, "query", message);
            return Err(AppError { fields, ..error }.into());
        }
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(query)| Self(query))
            .map_err(|fault| {
                let fault = fault.body_text();
                let reason = fault.split_once(": ").map_or(&*fault, |(_, reason)| reason);
                let message = lang.pick(
                    format!("网址里的参数有误：{reason}"),
                    format!("The query string is invalid: {reason}"),
                );
                AppError::new(ErrorKind::Invalid, "query", message).into()
            })
    }
}

/// The names of a struct's fields; none for another type.
fn fields_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut probe = Probe(&[]);
    // It never succeeds: all it is asked for is what the type asks for.
    let _never = T::deserialize(&mut probe);
    probe.0
}

/// Notes which fields are asked for, and has none of them.
struct Probe(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Probe {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("nothing is here"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0 = fields;
        Err(Self::Error::custom("nothing is here"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map identifier ignored_any option enum
    }
}
