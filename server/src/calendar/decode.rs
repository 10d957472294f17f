//! Decodes the bytes of a text with days.
//!
//! Feeds come in UTF-8, and from Windows programs in China in GBK or UTF-16. A wrong guess turns a make-up day into a
//! rest day, because the mark in the title can no longer be read; so bytes that cannot be decoded with certainty are
//! refused by API, pages and CLI alike.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::fault::ReadFault;
use super::read::MAX_BYTES;

/// Words that Chinese holiday calendars consist of. A text that decodes as GBK without errors and contains one of
/// them is taken as GBK: other legacy encodings share its byte ranges, but would not form its words by chance.
const WORDS: [&str; 16] = [
    "上班",
    "补班",
    "调休",
    "放假",
    "假期",
    "休息",
    "工作日",
    "节假日",
    "元旦",
    "春节",
    "清明",
    "劳动节",
    "端午",
    "中秋",
    "国庆",
    "除夕",
];

/// Decodes the bytes of a text. A byte order mark takes precedence, then the charset that the sender declared (a
/// label of the WHATWG Encoding Standard, such as `gb2312`), then UTF-8.
///
/// Folded lines of iCalendar are joined before they are decoded, because a fold may split a
/// character (RFC 5545, section 3.1); empty continuation lines take the place of the folds, so
/// that lines keep their numbers.
///
/// # Errors
/// When the text is too large, the charset is unknown, or the bytes are not text of it.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Result<String, ReadFault> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadFault::TooLarge);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default()).ok_or(
            ReadFault::NotText {
                charset: encoding.name(),
            },
        );
    }
    if let Some(encoding) = bare_utf_16(bytes) {
        return decode_as(encoding, bytes).ok_or(ReadFault::NotText {
            charset: encoding.name(),
        });
    }
    let utf_8 = decode_as(UTF_8, bytes);
    let declared = match charset.map(str::trim).filter(|label| !label.is_empty()) {
        None => None,
        Some(label) => {
            let known = Encoding::for_label(label.as_bytes()).filter(is_stateless);
            Some(known.ok_or_else(|| ReadFault::UnknownCharset {
                label: label.chars().take(40).collect(),
            })?)
        }
    };
    match (utf_8, declared) {
        (Some(text), None) => Ok(text),
        // Many servers declare an arbitrary charset. Sequences of three bytes that are valid UTF-8 throughout do not
        // occur by accident in another encoding.
        (Some(text), Some(_)) if text.is_ascii() || text.chars().any(|c| c.len_utf8() > 2) => {
            Ok(text)
        }
        (_, Some(encoding)) if encoding != UTF_8 => {
            decode_as(encoding, bytes).ok_or(ReadFault::NotText {
                charset: encoding.name(),
            })
        }
        (Some(text), Some(_)) => Ok(text),
        (None, _) => decode_as(GB18030, bytes)
            .filter(|text| WORDS.iter().any(|word| text.contains(word)))
            .ok_or(ReadFault::NotText {
                charset: UTF_8.name(),
            }),
    }
}

/// The charset that a media type declares: `gb2312` of `text/calendar; charset="gb2312"`.
#[must_use]
pub fn charset(media_type: &str) -> Option<&str> {
    let mut parameters = media_type.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("charset");
        named.then(|| value.trim().trim_matches('"'))
    })
}

/// Whether each line can be decoded on its own. ISO-2022-JP carries a state from line to line; the
/// "replacement" encoding stands for labels that must not be used.
fn is_stateless(encoding: &&'static Encoding) -> bool {
    *encoding != encoding_rs::ISO_2022_JP && *encoding != encoding_rs::REPLACEMENT
}

/// UTF-16 without a mark: every text that we read starts with two ASCII characters.
fn bare_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let of = |bytes: &[u8]| {
        encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(|text| text.into_owned())
    };
    if !encoding.is_ascii_compatible() || !is_calendar(bytes) {
        return of(bytes);
    }
    let mut text = String::with_capacity(bytes.len());
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .peekable();
    let mut whole: Vec<u8> = Vec::new();
    while let Some(line) = lines.next() {
        whole.clear();
        whole.extend_from_slice(line);
        let mut folds = 0;
        while let Some(more) =
            lines.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t"))
        {
            whole.extend(more.iter().skip(1));
            folds += 1;
        }
        text.push_str(&of(&whole)?);
        text.extend(std::iter::repeat_n("\n ", folds));
        text.push('\n');
    }
    Some(text)
}

fn is_calendar(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.get(..15)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20271009\r\nSUMMARY:上班\r\n\
                        END:VEVENT\r\nEND:VCALENDAR\r\n";

    fn in_utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn a_text_is_read_in_the_charset_it_is_in() {
        let (gbk, ..) = encoding_rs::GBK.encode(FEED);
        let (big5, ..) = encoding_rs::BIG5.encode(FEED);
        let mut marked = vec![0xff, 0xfe];
        marked.extend(in_utf_16(FEED, u16::to_le_bytes));
        let with_mark = format!("\u{feff}{FEED}");
        for (bytes, charset) in [
            (FEED.as_bytes(), None),
            (FEED.as_bytes(), Some("UTF-8")),
            // Servers say gb2312 or latin-1 of files that are UTF-8.
            (FEED.as_bytes(), Some("gb2312")),
            (FEED.as_bytes(), Some("iso-8859-1")),
            (with_mark.as_bytes(), Some("gbk")),
            (&gbk, Some("gb2312")),
            (&gbk, Some("GBK")),
            (&gbk, Some("gb18030")),
            (&gbk, Some("utf-8")),
            (&gbk, None),
            (&big5, Some("big5")),
            (&marked, None),
            (&in_utf_16(FEED, u16::to_le_bytes), None),
            (&in_utf_16(FEED, u16::to_be_bytes), Some("utf-16be")),
        ] {
            let text = decode(bytes, charset).expect("text");
            assert!(text.contains("SUMMARY:上班"), "{charset:?}: {text}");
            assert!(
                text.lines().position(|line| line == "SUMMARY:上班") == Some(3),
                "{charset:?}"
            );
        }
    }

    #[test]
    fn a_media_type_declares_a_charset() {
        for (text, expected) in [
            ("text/calendar; charset=gb2312", Some("gb2312")),
            ("text/calendar;method=PUBLISH; Charset=\"GBK\"", Some("GBK")),
            ("text/calendar", None),
            ("text/calendar; x=charset", None),
        ] {
            assert_eq!(charset(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_refused() {
        let (korean, ..) = encoding_rs::EUC_KR.encode("2027-10-09 work 대체근무");
        let (big5, ..) = encoding_rs::BIG5.encode("2027-10-09 work 補班");
        for (bytes, charset) in [
            (&korean[..], None),
            (&big5, None),
            (&big5, Some("utf-8")),
            (b"2027-10-09 work \xff\xff", Some("gbk")),
            (b"\xff\xfe\x00\xd8", None),
            (b"\xef\xbb\xbf2027-10-09 work \xb0\xe0", None),
        ] {
            let fault = decode(bytes, charset).expect_err("not text");
            assert!(matches!(fault, ReadFault::NotText { .. }), "{fault:?}");
        }
        for label in ["klingon", "utf-7", "iso-2022-jp", "hz-gb-2312"] {
            let fault = decode(b"2027-10-09 work", Some(label)).expect_err("no such charset");
            assert!(matches!(fault, ReadFault::UnknownCharset { .. }), "{label}");
        }
        let large = vec![b' '; MAX_BYTES + 1];
        assert_eq!(decode(&large, None), Err(ReadFault::TooLarge));
    }

    #[test]
    fn a_fold_inside_a_character_is_healed_and_lines_keep_their_numbers() {
        let (gbk, ..) = encoding_rs::GBK.encode(FEED);
        for (bytes, charset, word) in [
            (FEED.as_bytes(), None, "上班".as_bytes()),
            (&gbk, Some("gbk"), &b"\xc9\xcf\xb0\xe0"[..]),
        ] {
            let at = (bytes.windows(word.len()))
                .position(|part| part == word)
                .expect("the title");
            for split in 1..word.len() {
                for fold in ["\r\n ", "\n ", "\r\n\t"] {
                    let mut folded = bytes[..at + split].to_vec();
                    folded.extend_from_slice(fold.as_bytes());
                    folded.extend_from_slice(&bytes[at + split..]);
                    let text = decode(&folded, charset).expect("text");
                    assert!(text.contains("SUMMARY:上班\n \n"), "{text}");
                    assert_eq!(text.lines().position(|line| line == "END:VEVENT"), Some(5));
                }
            }
        }
        let indented = decode(b" BEGIN:VCALENDAR\nSUMMARY:x", None);
        assert_eq!(indented.as_deref(), Ok(" BEGIN:VCALENDAR\nSUMMARY:x\n"));
        // Outside iCalendar a leading blank is not a fold.
        let text = decode("2027-01-01 rest 元\n 2027-01-02 rest".as_bytes(), None);
        assert_eq!(text.as_deref(), Ok("2027-01-01 rest 元\n 2027-01-02 rest"));
    }
}
