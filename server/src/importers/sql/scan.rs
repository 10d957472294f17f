//! Walks through the text of a dump: blanks, comments, names, statements.

use super::super::{ReadFault, ReadFaultKind};
use super::placed;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Whether `\` escapes what follows it in a text: in MySQL, not in SQLite and PostgreSQL.
    pub(super) escapes: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut end = text.len().min(2_000);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let head = &text[..end];
        let others = head.trim_start().starts_with("PRAGMA ") || head.contains("PostgreSQL");
        Self {
            text,
            at: 0,
            escapes: !others,
        }
    }

    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn set(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn fault(&self, what: ReadFaultKind) -> ReadFault {
        let what = match self.peek() {
            None => ReadFaultKind::Incomplete,
            Some(_) => what,
        };
        placed(what, self.text, self.at)
    }

    /// Passes over blanks and comments, also those that MySQL executes.
    pub(super) fn blanks(&mut self) -> Result<(), ReadFault> {
        loop {
            let rest = self.rest();
            let bare = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - bare.len();
            if bare.starts_with("/*") {
                let Some(end) = bare.find("*/") else {
                    return Err(placed(
                        ReadFaultKind::Incomplete,
                        self.text,
                        self.text.len(),
                    ));
                };
                self.at += end + 2;
            } else if bare.starts_with("--") || bare.starts_with('#') {
                self.at += memchr::memchr(b'\n', bare.as_bytes()).unwrap_or(bare.len());
            } else {
                return Ok(());
            }
        }
    }

    /// Goes to the next statement; false at the end.
    pub(super) fn begin(&mut self) -> Result<bool, ReadFault> {
        loop {
            self.blanks()?;
            match self.peek() {
                None => return Ok(false),
                Some(b';') => self.at += 1,
                Some(_) => return Ok(true),
            }
        }
    }

    /// The word here, in lower case; empty where there is none.
    pub(super) fn word(&mut self) -> String {
        let rest = self.rest();
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_lowercase()
    }

    /// Passes over those of these words that come next; true where the last one did.
    pub(super) fn skip_words(&mut self, words: &[&str]) -> Result<bool, ReadFault> {
        let mut last = false;
        for word in words {
            self.blanks()?;
            let before = self.at;
            last = self.word() == *word;
            if !last {
                self.at = before;
            }
        }
        Ok(last)
    }

    /// Whether a quoted name comes next.
    pub(super) fn at_quote(&mut self) -> Result<bool, ReadFault> {
        self.blanks()?;
        Ok(matches!(self.peek(), Some(b'`' | b'"' | b'[')))
    }

    /// The name of a table or a column, in lower case and without what is in front of a dot.
    pub(super) fn name(&mut self) -> Result<String, ReadFault> {
        loop {
            self.blanks()?;
            let name = match self.peek() {
                Some(quote @ (b'`' | b'"' | b'[')) => {
                    self.at += 1;
                    let close = if quote == b'[' { b']' } else { quote };
                    let rest = self.rest();
                    let Some(end) = memchr::memchr(close, rest.as_bytes()) else {
                        return Err(placed(
                            ReadFaultKind::Incomplete,
                            self.text,
                            self.text.len(),
                        ));
                    };
                    self.at += end + 1;
                    rest[..end].to_lowercase()
                }
                _ => self.word(),
            };
            if name.is_empty() {
                return Err(self.fault(ReadFaultKind::Sql));
            }
            match self.peek() {
                Some(b'.') => self.at += 1,
                _ => return Ok(name),
            }
        }
    }

    fn sign(&mut self, sign: u8) -> Result<bool, ReadFault> {
        self.blanks()?;
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        Ok(found)
    }

    pub(super) fn opens(&mut self) -> Result<bool, ReadFault> {
        self.sign(b'(')
    }

    pub(super) fn closes(&mut self) -> Result<bool, ReadFault> {
        self.sign(b')')
    }

    pub(super) fn comma(&mut self) -> Result<bool, ReadFault> {
        self.sign(b',')
    }

    /// Passes over a text in quotes, at its first one.
    pub(super) fn quoted(&mut self) -> Result<(), ReadFault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let quote = bytes.get(start).copied().unwrap_or_default();
        let escapes = self.escapes && quote != b'`';
        let mut at = start + 1;
        loop {
            let Some(next) = bytes
                .get(at..)
                .and_then(|rest| memchr::memchr2(quote, b'\\', rest))
            else {
                return Err(placed(ReadFaultKind::Incomplete, self.text, bytes.len()));
            };
            at += next;
            let doubled = bytes.get(at + 1) == Some(&quote);
            match bytes[at] == quote {
                true if doubled => at += 2,
                true => break,
                false => at += if escapes { 2 } else { 1 },
            }
        }
        self.at = at + 1;
        Ok(())
    }

    /// Passes over the rest of a statement.
    pub(super) fn end(&mut self) -> Result<(), ReadFault> {
        self.pass(|_, sign| sign == b';').map(|_| ())
    }

    /// Passes over the rest of a column's definition; true where it was the last one.
    pub(super) fn past_definition(&mut self) -> Result<bool, ReadFault> {
        let sign = self.pass(|depth, sign| depth == 0 && matches!(sign, b',' | b')'))?;
        match sign {
            b',' => Ok(false),
            b')' => Ok(true),
            _ => Err(self.fault(ReadFaultKind::Incomplete)),
        }
    }

    /// Passes over everything up to a sign, and that sign.
    fn pass(&mut self, is_end: impl Fn(usize, u8) -> bool) -> Result<u8, ReadFault> {
        let mut depth = 0_usize;
        loop {
            self.blanks()?;
            let Some(sign) = self.peek() else {
                return Err(placed(
                    ReadFaultKind::Incomplete,
                    self.text,
                    self.text.len(),
                ));
            };
            if is_end(depth, sign) {
                self.at += 1;
                return Ok(sign);
            }
            match sign {
                b'\'' | b'"' | b'`' => self.quoted()?,
                sign => {
                    match sign {
                        b'(' => depth += 1,
                        b')' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    self.at += 1;
                    // What is neither a sign nor the beginning of a comment.
                    let rest = self.rest();
                    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '=' | '.');
                    self.at += rest.find(|c| !plain(c)).unwrap_or(rest.len());
                }
            }
        }
    }

    /// Whether a dump of mysqldump has its end: that is a comment.
    pub(super) fn is_complete(&self) -> Result<(), ReadFault> {
        let head = self.text.get(..self.text.len().min(300));
        let head = head.unwrap_or_default();
        let is_dump = ["-- MySQL dump", "-- MariaDB dump"]
            .iter()
            .any(|begin| head.contains(begin));
        let tail = self.text.trim_end();
        let tail = tail.rfind('\n').map_or(tail, |at| &tail[at..]);
        match is_dump && !tail.contains("-- Dump completed") {
            true => Err(placed(
                ReadFaultKind::Incomplete,
                self.text,
                self.text.len(),
            )),
            false => Ok(()),
        }
    }
}
