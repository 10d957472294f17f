//! The values of a row.

use super::super::{ReadFault, ReadFaultKind};
use super::scan::Scan;

/// The deepest nesting of functions: `replace(replace('…','\n',char(10)),…)`.
const DEPTH_MAX: usize = 6;

impl Scan<'_> {
    /// The values of a row, behind its opening bracket and up to its closing one.
    pub(super) fn values(&mut self, most: usize) -> Result<Vec<Option<String>>, ReadFault> {
        let mut values = Vec::new();
        loop {
            values.push(self.value(0)?);
            if values.len() > most {
                return Err(self.fault(ReadFaultKind::Sql));
            }
            if self.comma()? {
                continue;
            }
            return match self.closes()? {
                true => Ok(values),
                false => Err(self.fault(ReadFaultKind::Sql)),
            };
        }
    }

    /// A value: a text, a number, `NULL`, or a function of dumps. Those that are not computed here are NULL.
    fn value(&mut self, depth: usize) -> Result<Option<String>, ReadFault> {
        self.blanks()?;
        match self.peek() {
            Some(b'\'' | b'"') => self.string().map(Some),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => {
                let rest = self.rest();
                let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
                let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
                self.set(self.at() + end);
                let number = &rest[..end];
                Ok(Some(
                    hexadecimal(number.strip_prefix("0x")).unwrap_or_else(|| number.to_owned()),
                ))
            }
            Some(_) => self.named(depth),
            None => Err(self.fault(ReadFaultKind::Incomplete)),
        }
    }

    fn named(&mut self, depth: usize) -> Result<Option<String>, ReadFault> {
        let word = self.word();
        if word.is_empty() || depth > DEPTH_MAX {
            return Err(self.fault(ReadFaultKind::Sql));
        }
        match (word.as_str(), self.peek()) {
            ("null" | "default", _) => Ok(None),
            ("true", _) => Ok(Some("1".to_owned())),
            ("false", _) => Ok(Some("0".to_owned())),
            ("x", Some(b'\'')) => {
                let text = self.string()?;
                Ok(hexadecimal(Some(&text)))
            }
            // `_utf8mb4'…'`, `_binary '…'`, `N'…'`, `E'…'`, `b'1'`.
            (introducer, _) if introducer.starts_with('_') => self.value(depth + 1),
            (introducer, Some(b'\'')) => {
                let text = self.string()?;
                Ok(Some(match introducer {
                    "b" => u64::from_str_radix(&text, 2).unwrap_or(0).to_string(),
                    _ => text,
                }))
            }
            (function, _) => {
                let mut arguments = Vec::new();
                if self.opens()? && !self.closes()? {
                    loop {
                        arguments.push(self.value(depth + 1)?);
                        if arguments.len() > DEPTH_MAX {
                            return Err(self.fault(ReadFaultKind::Sql));
                        }
                        if self.comma()? {
                            continue;
                        }
                        match self.closes()? {
                            true => break,
                            false => return Err(self.fault(ReadFaultKind::Sql)),
                        }
                    }
                }
                Ok(computed(function, &arguments))
            }
        }
    }

    /// A text in quotes, without them.
    fn string(&mut self) -> Result<String, ReadFault> {
        let start = self.at();
        self.quoted()?;
        let raw = &self.text()[start..self.at()];
        let quote = raw.chars().next().unwrap_or('\'');
        let inner = &raw[1..raw.len() - 1];
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            if c == quote {
                // The second of two.
                chars.next();
                text.push(quote);
            } else if c == '\\' && self.escapes {
                match chars.next() {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some('0') => text.push('\0'),
                    Some('b') => text.push('\u{8}'),
                    Some('Z') => text.push('\u{1a}'),
                    Some(other) => text.push(other),
                    None => {}
                }
            } else {
                text.push(c);
            }
        }
        Ok(text)
    }
}

/// The functions with which `sqlite3 .dump` writes line breaks.
fn computed(function: &str, arguments: &[Option<String>]) -> Option<String> {
    match (function, arguments) {
        ("char", [Some(code)]) => {
            let code = code.parse().ok().and_then(char::from_u32)?;
            Some(code.to_string())
        }
        ("replace", [Some(text), Some(from), Some(to)]) if !from.is_empty() => {
            // It does not grow: both are a sign or two.
            Some(text.replace(from, to.get(..to.len().min(from.len()))?))
        }
        ("unistr", [Some(text)]) => Some(unescaped(text)),
        _ => None,
    }
}

/// `\uXXXX` of `unistr()`, with which newer versions of `sqlite3` write control characters.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..4)
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        match (code.and_then(char::from_u32), part.get(4..)) {
            (Some(c), Some(rest)) => {
                all.push(c);
                all.push_str(rest);
            }
            _ => {
                all.push_str("\\u");
                all.push_str(part);
            }
        }
    }
    all
}

/// The text of hexadecimal digits, if it is one.
fn hexadecimal(digits: Option<&str>) -> Option<String> {
    let digits = digits?.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}
