//! Converts bytes to text for people. The bytes are stored as they were written.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// The text of a part of output. Lines that are not UTF-8 and look like Chinese in GBK, as programs for Windows and
/// older systems write it, are decoded as that; other bytes that are not UTF-8 become U+FFFD.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => match chinese(line) {
                Some(line) => text.push_str(&line),
                None => text.push_str(&String::from_utf8_lossy(line)),
            },
        }
    }
    Cow::Owned(text)
}

/// A line in GB18030, of which GBK and GB 2312 are subsets; `None` when it does not look like Chinese.
///
/// Nearly any bytes can be decoded as GB18030. In Chinese text most characters are those of GB 2312, whose two bytes
/// are both above 0xA0; accented letters of other encodings appear between ASCII.
fn chinese(line: &[u8]) -> Option<Cow<'_, str>> {
    let (mut common, mut other) = (0_usize, 0_usize);
    let mut at = 0;
    while at < line.len() {
        match (line[at], line.get(at + 1)) {
            (..0x80, _) => at += 1,
            // Up to 0xF7 are signs and characters; nothing is assigned beyond.
            (0xA1..=0xF7, Some(0xA1..=0xFE)) => {
                common += 1;
                at += 2;
            }
            _ => {
                other += 1;
                at += 2;
            }
        }
    }
    if common == 0 || common < other {
        return None;
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(line)?;
    let is_private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
    (!text.contains(is_private)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_of_older_systems_can_be_read() {
        let gbk = |text: &str| GB18030.encode(text).0.into_owned();
        for text in [
            "备份完成",
            "错误: 找不到文件 C:\\x\r\n",
            "镕基: 测试完成",
            "，。！",
        ] {
            assert_eq!(readable(&gbk(text)), text, "{text}");
        }
        let mixed = ["正常\n".as_bytes(), &gbk("磁盘已满\n"), b"plain\n"].concat();
        assert_eq!(readable(&mixed), "正常\n磁盘已满\nplain\n");
    }

    #[test]
    fn what_is_something_else_stays_lossy() {
        for bytes in [
            &b"caf\xe9 ol\xe9"[..],
            b"\xe9t\xe9",
            b"na\xefve",
            b"\xff\xfe\x00\x01",
            b"\x80",
            b"abc\xc4",
        ] {
            assert_eq!(readable(bytes), String::from_utf8_lossy(bytes));
        }
        assert!(matches!(readable("中文".as_bytes()), Cow::Borrowed("中文")));
    }
}
