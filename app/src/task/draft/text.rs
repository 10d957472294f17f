//! Fields of text that a program may send as numbers: `3` for `"3"`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A text, or a number. Only in the description of the API: what is answered is a text.
#[cfg(feature = "ssr")]
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what is read")]
pub(crate) enum TextOrNumber {
    /// The text.
    Text(String),
    /// The number.
    Number(f64),
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        // As it would be typed: the field says what it takes. The largest have hundreds of digits.
        Ok(match number.abs() < 1e15 {
            true => number.to_string(),
            false => format!("{number:e}"),
        })
    }
}

/// Reads a text, or a number as its text.
pub(in crate::task) fn or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    // Between server and pages no value says what it is, and it is a text.
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(Reader)
    } else {
        String::deserialize(deserializer)
    }
}
