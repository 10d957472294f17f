//! The text of a crontab from its bytes.

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::TEXT_MAX;

/// Why bytes are no crontab.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Undecoded {
    /// It is longer than [`TEXT_MAX`].
    #[error("it is longer than {} KiB", TEXT_MAX / 1024)]
    TooLong,
    /// A charset was named that is not known.
    #[error("the charset {0} is not known")]
    UnknownCharset(String),
    /// It is not text of this charset.
    #[error("line {line}, column {column}: not {charset}")]
    NotText {
        /// The charset.
        charset: &'static str,
        /// The first line that cannot be decoded.
        line: usize,
        /// The first character of it that cannot.
        column: usize,
    },
}

/// A text, and the charset that it was in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// Whether each line of it is the same line of the bytes, so that the bytes can be edited by line.
    pub has_lines_of_bytes: bool,
    /// Whether it is in a form that cron cannot read: in UTF-16, or with a byte order mark in front.
    pub is_foreign: bool,
}

/// Decodes bytes: a byte order mark first, then the charset that is named, UTF-8, UTF-16 without a mark, and GBK
/// (GB 18030), in which older crontabs in China have their comments.
///
/// # Errors
/// When it is too long, or no text.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Result<Decoded, Undecoded> {
    if bytes.len() > TEXT_MAX {
        return Err(Undecoded::TooLong);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = strictly(encoding, bytes.get(mark..).unwrap_or_default())?;
        return bounded(text, encoding).map(|read| Decoded {
            is_foreign: true,
            ..read
        });
    }
    if let Some(label) = charset {
        let encoding = Encoding::for_label(label.as_bytes());
        let encoding =
            encoding.ok_or_else(|| Undecoded::UnknownCharset(label.chars().take(40).collect()))?;
        return bounded(strictly(encoding, bytes)?, encoding);
    }
    let plain = match bytes {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16LE,
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => encoding_rs::UTF_16BE,
        _ => UTF_8,
    };
    match strictly(plain, bytes) {
        Ok(text) => bounded(text, plain),
        Err(fault) => match strictly(GB18030, bytes) {
            Ok(text) => bounded(text, GB18030),
            Err(_) => Err(fault),
        },
    }
}

fn bounded(text: String, encoding: &'static Encoding) -> Result<Decoded, Undecoded> {
    // UTF-16 and GBK grow.
    if text.len() > TEXT_MAX {
        return Err(Undecoded::TooLong);
    }
    Ok(Decoded {
        has_lines_of_bytes: encoding.is_ascii_compatible(),
        is_foreign: !encoding.is_ascii_compatible(),
        text,
    })
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Undecoded> {
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    if let Some(text) = decoded {
        return Ok(text.into_owned());
    }
    let (line, column) = place(encoding, bytes);
    Err(Undecoded::NotText {
        charset: encoding.name(),
        line,
        column,
    })
}

/// Where the first thing is that is not text of a charset, as a line and a character from 1.
fn place(encoding: &'static Encoding, bytes: &[u8]) -> (usize, usize) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut before = String::with_capacity(room.unwrap_or_default());
    // Ends at the first fault, as the buffer is long enough for everything.
    let _ = decoder.decode_to_string_without_replacement(bytes, &mut before, true);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 每天备份\r\n0 2 * * * /opt/backup.sh\n";

    #[test]
    fn a_text_is_read_in_the_charset_it_is_in() {
        let (gbk, ..) = encoding_rs::GBK.encode(TEXT);
        let utf_16: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe".as_slice(), &utf_16].concat();
        let utf_8 = [b"\xef\xbb\xbf".as_slice(), TEXT.as_bytes()].concat();
        for (bytes, charset, by_line, is_foreign) in [
            (TEXT.as_bytes(), None, true, false),
            (utf_8.as_slice(), None, true, true),
            (&gbk[..], None, true, false),
            (&gbk[..], Some("gb2312"), true, false),
            (marked.as_slice(), None, false, true),
        ] {
            let wanted = Decoded {
                text: TEXT.to_owned(),
                has_lines_of_bytes: by_line,
                is_foreign,
            };
            assert_eq!(decode(bytes, charset), Ok(wanted));
        }
        let plain: Vec<u8> = "0 2 * * * x\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(
            decode(&plain, None).map(|read| read.text),
            Ok("0 2 * * * x\n".to_owned())
        );
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let fault = Undecoded::NotText {
            charset: "UTF-8",
            line: 2,
            column: 3,
        };
        assert_eq!(decode(b"a\n\xe6\xaf\x8fb\xff\xff\n", None), Err(fault));
        let label = Undecoded::UnknownCharset("klingon".to_owned());
        assert_eq!(decode(b"a", Some("klingon")), Err(label));
        assert_eq!(
            decode(&vec![b'a'; TEXT_MAX + 1], None),
            Err(Undecoded::TooLong)
        );
    }
}
