//! The text of a file from its bytes.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::fault::mark_of;
use super::{BYTES_MAX, ReadFault, ReadFaultKind};

/// How a database of SQLite begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Decodes bytes: a byte order mark first, then UTF-8, UTF-16 without a mark, and GBK (GB 18030), in which editors and
/// databases in China still write.
///
/// # Errors
/// When it is too long, or no text.
pub fn decode(bytes: &[u8]) -> Result<String, ReadFault> {
    if bytes.len() > BYTES_MAX {
        return Err(ReadFault::of_file(ReadFaultKind::TooLong));
    }
    if bytes.starts_with(SQLITE) {
        return Err(ReadFault::of_file(ReadFaultKind::Sqlite));
    }
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or(match bytes {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (UTF_16LE, 0),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => (UTF_16BE, 0),
        _ => (UTF_8, 0),
    });
    let bytes = bytes.get(mark..).unwrap_or_default();
    let text = match strictly(encoding, bytes) {
        Some(text) => text,
        None => match strictly(GB18030, bytes) {
            Some(text) if encoding == UTF_8 => text,
            _ => return Err(not_text(encoding, bytes)),
        },
    };
    if text.len() > 2 * BYTES_MAX {
        return Err(ReadFault::of_file(ReadFaultKind::TooLong));
    }
    match text.find('\0') {
        Some(at) => Err(ReadFaultKind::Nul.at(&text, at)),
        None => Ok(text),
    }
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

fn not_text(encoding: &'static Encoding, bytes: &[u8]) -> ReadFault {
    let charset = encoding.name();
    let mut fault = ReadFault::of_file(ReadFaultKind::NotText { charset });
    if encoding == UTF_8
        && let Err(error) = std::str::from_utf8(bytes)
    {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = String::from_utf8_lossy(valid);
        fault.mark = Some(mark_of(&text, text.len()));
    }
    fault
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Mark;

    #[test]
    fn a_text_is_read_in_the_charset_it_is_in() {
        let text = "-- 备份\r\nINSERT INTO `task` VALUES (1,'每天备份');\n";
        let (gbk, ..) = encoding_rs::GBK.encode(text);
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe".as_slice(), &utf_16].concat();
        let bom = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &gbk, &marked, &utf_16, &bom] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let refused = |bytes: &[u8]| {
            let fault = decode(bytes).expect_err("no text");
            (fault.what, fault.mark)
        };
        let mark = |line, column| Some(Mark { line, column });
        assert_eq!(refused(b"a\nb\0c"), (ReadFaultKind::Nul, mark(2, 2)));
        let charset = "UTF-8";
        assert_eq!(
            refused(b"a\nbc\xff\xff"),
            (ReadFaultKind::NotText { charset }, mark(2, 3))
        );
        assert_eq!(
            refused(b"SQLite format 3\0\x10\0"),
            (ReadFaultKind::Sqlite, None)
        );
        assert_eq!(
            refused(&vec![b' '; BYTES_MAX + 1]),
            (ReadFaultKind::TooLong, None)
        );
    }
}
