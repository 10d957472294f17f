//! How data reaches the browser: in answers of server functions, and in the page itself.
//!
//! Not as JSON: a type that derives `Deserialize` is compiled separately for every format, and for a format that
//! accepts fields by name in any order that is by far the most code. Postcard writes fields in order and without
//! names, so none of that is in the module. The price is that both sides must have exactly the same types, so all
//! data starts with a fingerprint of the sources that define them; data with another fingerprint is not read. See
//! `docs/adr/0019-postcard-between-server-and-pages.md`.

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::codec::Post;
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};

/// No text starts with it, so an answer of a proxy in between is never mistaken for ours.
const BEGIN: u8 = 0;

/// A fingerprint of the sources that define what crosses: sixteen digits, from `build.rs`.
pub const MARK: &str = env!("JCRONTAB_WIRE_MARK");

/// The version that wrote a page, as another fingerprint of the same sources.
pub const PAGE_MARK: &str = env!("JCRONTAB_PAGE_MARK");

/// Why data cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireFault {
    /// Another version of the product wrote it.
    #[error("another version")]
    Outdated,
    /// It is something else, or incomplete.
    #[error("not readable")]
    Unreadable,
    /// The type cannot be written: its fields in order do not describe it.
    #[error("not writable")]
    Unwritable,
}

/// Writes a value.
///
/// # Errors
///
/// [`WireFault::Unwritable`] for a type that postcard cannot express; tests find these.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WireFault> {
    let mut bytes = vec![BEGIN];
    bytes.extend(MARK.as_bytes());
    postcard::to_extend(value, bytes).map_err(|_| WireFault::Unwritable)
}

/// Reads a value: all of the bytes or nothing.
///
/// # Errors
///
/// [`WireFault::Outdated`] if another version wrote it, else [`WireFault::Unreadable`].
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireFault> {
    match postcard::take_from_bytes(body(bytes)?) {
        Ok((value, [])) => Ok(value),
        _ => Err(WireFault::Unreadable),
    }
}

/// Whether this version wrote it.
///
/// # Errors
///
/// As [`read`], without reading the value.
pub fn check(bytes: &[u8]) -> Result<(), WireFault> {
    body(bytes).map(|_| ())
}

/// What follows the fingerprint. Separate from [`read`], because it is the same for all types.
#[inline(never)]
fn body(bytes: &[u8]) -> Result<&[u8], WireFault> {
    let marked = bytes.strip_prefix(&[BEGIN]).ok_or(WireFault::Unreadable)?;
    marked
        .strip_prefix(MARK.as_bytes())
        .ok_or(WireFault::Outdated)
}

/// Reads a value from text, where bytes cannot be sent.
///
/// # Errors
///
/// As [`read`].
pub fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, WireFault> {
    read(
        &BASE64_STANDARD
            .decode(text)
            .map_err(|_| WireFault::Unreadable)?,
    )
}

/// Writes a value as text.
///
/// # Errors
///
/// As [`write()`].
pub fn write_text<T: Serialize + ?Sized>(value: &T) -> Result<String, WireFault> {
    write(value).map(|bytes| BASE64_STANDARD.encode(bytes))
}

/// The input of server functions that no form calls, and the output of all.
pub type Wire = Post<Form>;

/// The encoding, for leptos.
#[derive(Clone, Copy, Debug)]
pub struct Form;

impl ContentType for Form {
    const CONTENT_TYPE: &'static str = "application/octet-stream";
}

impl FormatType for Form {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize> Encodes<T> for Form {
    type Error = WireFault;

    fn encode(value: &T) -> Result<Bytes, WireFault> {
        write(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Form {
    type Error = WireFault;

    fn decode(bytes: Bytes) -> Result<T, WireFault> {
        read(&bytes)
    }
}

impl<T: Serialize> Encoder<T> for Form {
    type Error = WireFault;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, WireFault> {
        write_text(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Form {
    type Error = WireFault;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, WireFault> {
        read_text(text)
    }
}

/// Gives a type two representations: its own for people and other programs (`#[serde(remote = "Self")]`), and that of
/// a plain type with the same fields between server and pages. Flattened and internally tagged types need this:
/// postcard has neither names nor type information.
macro_rules! two_forms {
    ($name:ident, $plain:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    Self::serialize(self, serializer)
                } else {
                    $plain::serialize(self, serializer)
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    Self::deserialize(deserializer)
                } else {
                    $plain::deserialize(deserializer)
                }
            }
        }
    };
}

/// Defines an internally tagged enum and its plain twin with the same variants and fields, and gives it both
/// representations with [`two_forms`]. The text is the enum's name again, which an attribute of serde needs.
macro_rules! tagged {
    (
        $plain:ident as $remote:tt;
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$of_variant:meta])*
                $variant:ident $({
                    $( $(#[$of_field:meta])* $field:ident: $type:ty, )*
                })?,
            )*
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $(
                $(#[$of_variant])*
                $variant $({ $( $(#[$of_field])* $field: $type, )* })?,
            )*
        }

        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(remote = $remote)]
        enum $plain {
            $( $variant $({ $( $field: $type, )* })?, )*
        }

        $crate::wire::two_forms!($name, $plain);
    };
}

pub(crate) use tagged;
pub(crate) use two_forms;
