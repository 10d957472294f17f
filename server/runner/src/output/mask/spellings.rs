//! A value as encoders of text write it: JSON, HTML and XML, shells, hexadecimal.

use std::collections::BTreeSet;
use std::fmt::Write;

/// Characters that some JSON encoders write as `\uXXXX` in addition to those that all must (RFC 8259, 7): none; Go,
/// Rails and PHP with JSON_HEX_TAG and JSON_HEX_AMP; Gson; System.Text.Json.
const JSON_EXTRA: [&[char]; 4] = [
    &[],
    &['<', '>', '&', '\u{2028}', '\u{2029}'],
    &['<', '>', '&', '=', '\'', '\u{2028}', '\u{2029}'],
    &['"', '\'', '<', '>', '&', '+', '`', '\u{7f}'],
];

/// Adds all of them.
pub(super) fn add(text: &str, patterns: &mut BTreeSet<Vec<u8>>) {
    for extra in JSON_EXTRA {
        // Python, PHP, Jackson and others can write all non-ASCII characters as `\uXXXX`.
        for ascii in [false, true] {
            // PHP writes `/` as `\/`.
            for slash in [false, true] {
                for upper in [false, true] {
                    let style = Json {
                        extra,
                        ascii,
                        slash,
                        upper,
                    };
                    let once = style.write(text);
                    // A line of JSON as a string within JSON, as log collectors write it.
                    patterns.insert(style.write(&once).into_bytes());
                    patterns.insert(once.into_bytes());
                }
            }
        }
    }
    for (apostrophe, quote) in [
        ("&#39;", "&quot;"),
        ("&#x27;", "&quot;"),
        ("&#x27;", "&#x22;"),
        ("&apos;", "&quot;"),
        ("&#039;", "&#034;"),
        ("&#39;", "&#34;"),
        ("'", "&quot;"),
        ("'", "\""),
    ] {
        let mut marked = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => marked.push_str("&amp;"),
                '<' => marked.push_str("&lt;"),
                '>' => marked.push_str("&gt;"),
                '\'' => marked.push_str(apostrophe),
                '"' => marked.push_str(quote),
                _ => marked.push(c),
            }
        }
        patterns.insert(marked.into_bytes());
    }
    // Within single quotes, as `set -x` shows it; within double quotes; without quotes.
    patterns.insert(text.replace('\'', r"'\''").into_bytes());
    patterns.insert(text.replace('\'', "'\"'\"'").into_bytes());
    patterns.insert(escaped(text, |c| "\\\"$`".contains(c)).into_bytes());
    patterns.insert(
        escaped(text, |c| {
            c.is_ascii() && !c.is_ascii_alphanumeric() && !"_-./:,@%+=\n".contains(c)
        })
        .into_bytes(),
    );
    // Every character as a numeric reference, as some defensive encoders write it.
    for upper in [false, true] {
        let all = text.encode_utf16().map(|unit| match upper {
            false => format!("\\u{unit:04x}"),
            true => format!("\\u{unit:04X}"),
        });
        patterns.insert(all.collect::<String>().into_bytes());
    }
    for digits in [b"0123456789abcdef", b"0123456789ABCDEF"] {
        let hex = text
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 15].map(|half| digits[usize::from(half)]));
        patterns.insert(hex.collect());
    }
}

/// A backslash before these characters.
fn escaped(text: &str, needs: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if needs(c) {
            written.push('\\');
        }
        written.push(c);
    }
    written
}

/// How a JSON encoder writes the content of a string.
struct Json {
    extra: &'static [char],
    ascii: bool,
    slash: bool,
    upper: bool,
}

impl Json {
    fn write(&self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                _ if self.extra.contains(&c) || (self.ascii && !c.is_ascii()) => {
                    self.number(c, &mut written);
                }
                '"' => written.push_str("\\\""),
                '\\' => written.push_str("\\\\"),
                '/' if self.slash => written.push_str("\\/"),
                '\n' => written.push_str("\\n"),
                '\r' => written.push_str("\\r"),
                '\t' => written.push_str("\\t"),
                '\u{8}' => written.push_str("\\b"),
                '\u{c}' => written.push_str("\\f"),
                '\0'..='\u{1f}' => self.number(c, &mut written),
                _ => written.push(c),
            }
        }
        written
    }

    /// In UTF-16, as JSON has it.
    fn number(&self, c: char, written: &mut String) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = if self.upper {
                write!(written, "\\u{unit:04X}")
            } else {
                write!(written, "\\u{unit:04x}")
            };
        }
    }
}
