//! JSON as the pages read it.
//!
//! Data that comes with a page is read from a text, answers of server functions from bytes. For
//! the compiler these are two readers, and the module would hold the code for every type twice: a
//! tenth of it. This codec reads answers from a text, too.

use leptos::server::codee::Decoder;
use leptos::server::codee::string::JsonSerdeCodec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::codec::{JsonEncoding, Post};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};

/// The output of all server functions.
pub(super) type Json = Post<TextJson>;

/// JSON that is read as a text.
#[derive(Debug)]
pub struct TextJson;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = <JsonEncoding as Encodes<T>>::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        JsonEncoding::encode(output)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = String;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(|fault| fault.to_string())?;
        JsonSerdeCodec::decode(text)
            .map_err(|fault: <JsonSerdeCodec as Decoder<T>>::Error| fault.to_string())
    }
}
