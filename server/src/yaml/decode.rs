//! Bytes of a file as text.

use encoding_rs::GB18030;

/// Why bytes are no text that is read here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum NotText {
    /// They are UTF-16.
    Utf16,
    /// They are GBK or GB 18030.
    Gbk,
    /// They are neither that nor UTF-8.
    Bytes,
}

/// The text of bytes in UTF-8, without a byte order mark.
///
/// # Errors
/// When they are in another encoding, which is named.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    let is_utf16 = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || (bytes.len() > 1 && (bytes[0] == 0) != (bytes[1] == 0));
    if is_utf16 {
        return Err(NotText::Utf16);
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bare).map_err(|_| {
        let decoded = GB18030.decode_without_bom_handling_and_without_replacement(bare);
        match decoded {
            Some(_) => NotText::Gbk,
            None => NotText::Bytes,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_recognised() {
        let table: [(&[u8], Result<&str, NotText>); 8] = [
            (b"", Ok("")),
            (b"a", Ok("a")),
            (b"\xef\xbb\xbfname: a\r\n", Ok("name: a\r\n")),
            ("name: 备份".as_bytes(), Ok("name: 备份")),
            (b"name: \xb1\xb8\xb7\xdd", Err(NotText::Gbk)),
            (b"\xff\xfen\0a\0", Err(NotText::Utf16)),
            (b"n\0a\0", Err(NotText::Utf16)),
            (b"name: \xff\xff", Err(NotText::Bytes)),
        ];
        for (bytes, expected) in table {
            assert_eq!(decode(bytes), expected, "{bytes:?}");
        }
    }
}
