//! A line of output without what differs from run to run: times, dates, numbers, durations, ids
//! and temporary paths each become `#`, escape sequences go, blanks are one blank. Two lines with
//! the same words in the same order are equal afterwards.
//!
//! A line is read in one pass and may come in parts: a decision looks at most [`AHEAD`] bytes
//! ahead, so the work is linear and memory is bounded by the result, however long the line.

use super::words::{date_name, is_unit, number_characters};

/// Bytes that one decision looks at.
pub(super) const AHEAD: usize = 256;
/// Bytes of letters and digits without a break; a longer run of them is an id.
const TOKEN_MAX: usize = 128;
/// Hexadecimal digits that are an id: with a decimal one among them, and all letters.
const HEX_ID: usize = 4;
const HEX_WORD: usize = 8;
/// Bytes of the longest name of a day or a month, and one more.
const DATE_WORD: usize = 10;
/// Folders whose entries have random names.
const TEMPORARY: [&[u8]; 2] = [b"/tmp/", b"/dev/shm/"];

/// Where in an escape sequence the reader is (ECMA-48, as `app::ansi` reads them).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Escape {
    #[default]
    None,
    /// Behind ESC.
    Begun,
    /// In a control sequence, up to its final byte.
    Control,
    /// In a command for the terminal, up to BEL or ST.
    Text,
    /// Behind an ESC in such a command.
    TextEnds,
}

/// What is known of a line so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Normal {
    escape: Escape,
    /// Blanks stand between what was written last and what comes.
    blank: bool,
    /// A carriage return came: what follows is written over the line.
    returned: bool,
    /// Inside the random name of an entry of a temporary folder.
    temporary: bool,
    /// Inside letters and digits that are too long for a word.
    long: bool,
    /// The byte before, for signs and words.
    before: u8,
    /// Whether something was written.
    begun: bool,
    /// Whether a number was written last.
    number: bool,
    /// Whether the line was written over since [`Normal::was_cleared`] was asked.
    cleared: bool,
}

/// The byte that begins an escape sequence.
pub(super) const ESCAPE: u8 = 0x1b;

impl Normal {
    /// In the middle of a line, behind a word of small letters that is no unit, and a blank.
    pub(super) fn behind_word() -> Self {
        Self {
            blank: true,
            begun: true,
            before: b' ',
            ..Self::default()
        }
    }

    /// Takes bytes of a line, writes what they mean to `out`, and returns how many were taken: all
    /// when they are the line's `last`, else fewer, and the rest is to be given again with more.
    pub(super) fn take(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < bytes.len() && (last || bytes.len() - at >= AHEAD) {
            at += self.step(&bytes[at..], out);
        }
        at
    }

    /// Whether the line was written over since the last call: then only what is in `out` counts.
    pub(super) fn was_cleared(&mut self) -> bool {
        std::mem::take(&mut self.cleared)
    }

    /// Takes one thing, and returns its length: 1–[`AHEAD`] bytes.
    fn step(&mut self, rest: &[u8], out: &mut Vec<u8>) -> usize {
        let byte = rest[0];
        if self.escape != Escape::None || byte == ESCAPE {
            self.escaped(byte);
            return 1;
        }
        match byte {
            b'\r' => {
                self.returned = true;
                return 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => {
                self.blank = true;
                (self.temporary, self.long) = (false, false);
                self.before = byte;
                return 1;
            }
            _ => {}
        }
        if self.returned {
            // As a terminal shows it, but for a longer line below a shorter one.
            *self = Self {
                cleared: true,
                ..Self::default()
            };
            out.clear();
        }
        let length = self.visible(rest, out);
        self.before = rest[length - 1];
        length
    }

    fn escaped(&mut self, byte: u8) {
        self.escape = match (self.escape, byte) {
            (Escape::Text | Escape::TextEnds, ESCAPE) => Escape::TextEnds,
            (_, ESCAPE) => Escape::Begun,
            (Escape::Begun, b'[') => Escape::Control,
            (Escape::Begun, b']' | b'P' | b'X' | b'^' | b'_') => Escape::Text,
            (Escape::Begun, 0x20..=0x2f) => Escape::Begun,
            (Escape::Control, 0x20..=0x3f) => Escape::Control,
            (Escape::Text, 0x07) => Escape::None,
            (Escape::Text, _) => Escape::Text,
            _ => Escape::None,
        };
    }

    /// Takes something that can be seen.
    fn visible(&mut self, rest: &[u8], out: &mut Vec<u8>) -> usize {
        let byte = rest[0];
        if self.temporary {
            if !ends_name(byte) {
                self.write_number(out);
                return 1;
            }
            self.temporary = false;
        }
        if byte.is_ascii_alphanumeric() {
            return self.token(rest, out);
        }
        self.long = false;
        if byte >= 0x80 {
            return self.characters(rest, out);
        }
        if byte == b'/'
            && let Some(folder) = TEMPORARY.iter().find(|name| rest.starts_with(name))
        {
            self.write(folder, out);
            self.temporary = true;
            return folder.len();
        }
        let digit_follows = rest.get(1).is_some_and(u8::is_ascii_digit);
        // `2026-11-22`, `09:00`, `1,234.5`: one number with what stands between its parts.
        let joins = matches!(byte, b'.' | b',' | b':' | b'-' | b'/' | b'+' | b'_');
        let signs = matches!(byte, b'-' | b'+' | b'.') && !is_word(self.before);
        let inside = self.number && !self.blank;
        if digit_follows && ((joins && inside && !id_follows(&rest[1..])) || signs) {
            return 1;
        }
        self.write(&rest[..1], out);
        1
    }

    /// Takes letters and digits.
    fn token(&mut self, rest: &[u8], out: &mut Vec<u8>) -> usize {
        let seen = &rest[..rest.len().min(TOKEN_MAX)];
        let shape = Shape::of(seen);
        let token = &seen[..shape.length];
        if self.long || shape.length == TOKEN_MAX {
            self.long = true;
            self.write_number(out);
            return shape.length;
        }
        if shape.groups == 0 && !(shape.hex && shape.length >= HEX_WORD) {
            // By far the most: a word.
            if self.number && self.belongs_to_number(token, rest) {
                self.blank = false;
            } else if token[0].is_ascii_uppercase()
                && date_name(token)
                && self.in_date(&rest[token.len()..])
            {
                self.write_number(out);
            } else {
                self.write(token, out);
            }
            return shape.length;
        }
        if let Some(length) = uuid(rest, &shape) {
            self.write_number(out);
            return length;
        }
        if shape.is_id(token) {
            self.write_number(out);
            return shape.length;
        }
        if token[0].is_ascii_digit() {
            self.write_number(out);
            return shape.first;
        }
        let letters = &token[..shape.first];
        if self.number && self.belongs_to_number(letters, rest) {
            self.blank = false;
        } else {
            self.write(letters, out);
        }
        letters.len()
    }

    /// Whether letters right behind a number are its unit, or a part of how it is written.
    fn belongs_to_number(&self, letters: &[u8], rest: &[u8]) -> bool {
        let next = |at: usize| rest.get(letters.len() + at).copied().unwrap_or(0);
        let exponent = matches!(letters, b"e" | b"E")
            && matches!(next(0), b'-' | b'+')
            && next(1).is_ascii_digit();
        let date = letters == b"T" && next(0).is_ascii_digit();
        is_unit(letters) || (!self.blank && (exponent || date))
    }

    /// Whether a name of a day or a month stands in a date: beside a number or another such name.
    fn in_date(&self, behind: &[u8]) -> bool {
        let blanks = behind
            .iter()
            .take(2)
            .take_while(|byte| matches!(byte, b' ' | b',' | b'-' | b'/' | b'.'))
            .count();
        let next = &behind[blanks..];
        let word = &next[..Shape::of(&next[..next.len().min(DATE_WORD)]).length];
        let beside =
            blanks > 0 && (next.first().is_some_and(u8::is_ascii_digit) || date_name(word));
        self.number || beside
    }

    /// Takes characters beyond ASCII, up to the next one in it.
    fn characters(&mut self, rest: &[u8], out: &mut Vec<u8>) -> usize {
        let end = rest[..rest.len().min(TOKEN_MAX)]
            .iter()
            .position(u8::is_ascii)
            .unwrap_or(rest.len().min(TOKEN_MAX));
        if self.number || may_begin_date(rest) {
            let length = number_characters(&rest[..end], self.number);
            if length > 0 {
                self.write_number(out);
                return length;
            }
        }
        // One character, or as much as holds none that could be part of a date.
        let length = rest[1..end]
            .iter()
            .enumerate()
            .position(|(at, byte)| byte & 0xc0 != 0x80 && may_begin_date(&rest[at + 1..]))
            .map_or(end, |at| at + 1);
        self.write(&rest[..length], out);
        length
    }

    /// Writes a number, which is one with the number before it.
    fn write_number(&mut self, out: &mut Vec<u8>) {
        if self.number {
            self.blank = false;
        } else {
            self.write(&[NUMBER], out);
            self.number = true;
        }
    }

    fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if std::mem::take(&mut self.blank) && self.begun {
            out.push(b' ');
        }
        (self.begun, self.number) = (true, false);
        out.extend_from_slice(bytes);
    }
}

/// What stands for a number.
const NUMBER: u8 = b'#';

/// What a byte can be, as bits: each byte of a log is looked up here.
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const HEX: u8 = 4;
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let it = byte as u8;
        if it.is_ascii_alphabetic() {
            kinds[byte] |= LETTER;
        }
        if it.is_ascii_digit() {
            kinds[byte] |= DIGIT;
        }
        if it.is_ascii_hexdigit() {
            kinds[byte] |= HEX;
        }
        byte += 1;
    }
    kinds
};

/// What letters and digits look like.
#[derive(Debug)]
struct Shape {
    length: usize,
    /// How many groups of digits there are.
    groups: usize,
    /// Whether all are hexadecimal digits.
    hex: bool,
    /// The length of the first group, of letters or of digits.
    first: usize,
}

impl Shape {
    fn of(bytes: &[u8]) -> Self {
        let (mut length, mut all, mut groups, mut first, mut turned) = (0, HEX, 0, 0, 0);
        let mut before = bytes.first().map_or(0, |byte| !KINDS[usize::from(*byte)]);
        // Without branches but for the end: letters and digits of ids alternate as they like.
        for byte in bytes {
            let kind = KINDS[usize::from(*byte)];
            if kind == 0 {
                break;
            }
            let turns = (kind ^ before) & DIGIT;
            groups += usize::from(turns & kind != 0);
            turned += usize::from(turns != 0);
            first += usize::from(turned < 2);
            all &= kind;
            before = kind;
            length += 1;
        }
        Self {
            length,
            groups,
            hex: all & HEX != 0,
            first,
        }
    }

    /// Whether they are an id and not a word: hexadecimal, or alternating letters and digits.
    fn is_id(&self, token: &[u8]) -> bool {
        let hex = self.hex && self.length >= if self.groups > 0 { HEX_ID } else { HEX_WORD };
        let prefixed = self.length > 2
            && matches!(token[..2], [b'0', b'x' | b'X'])
            && token[2..].iter().all(u8::is_ascii_hexdigit);
        hex || prefixed || (self.groups > 1 && self.length >= 5)
    }
}

/// Whether an id begins here, and not the next part of a number: `web-7d9f8b-9q8zt` has two ids, as
/// `web-7d9f8b-x2k4q` has.
fn id_follows(rest: &[u8]) -> bool {
    let seen = &rest[..rest.len().min(TOKEN_MAX)];
    let shape = Shape::of(seen);
    let token = &seen[..shape.length];
    // Of `2026-11-22T09:00` the letter is a part of the time (RFC 3339).
    shape.is_id(token) && !token.iter().any(u8::is_ascii_uppercase)
}

/// The length of a UUID (RFC 9562), where one begins here.
fn uuid(rest: &[u8], shape: &Shape) -> Option<usize> {
    const LENGTH: usize = 36;
    if !shape.hex || shape.length != 8 || rest.get(8) != Some(&b'-') {
        return None;
    }
    let text = rest.get(..LENGTH)?;
    let is_fine = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let ends = !rest.get(LENGTH).is_some_and(u8::is_ascii_alphanumeric);
    (ends && text.iter().enumerate().all(is_fine)).then_some(LENGTH)
}

/// What ends the name of a file in a line.
const fn ends_name(byte: u8) -> bool {
    matches!(
        byte,
        b'/' | b'"'
            | b'\''
            | b'`'
            | b':'
            | b','
            | b';'
            | b')'
            | b'('
            | b']'
            | b'>'
            | b'<'
            | b'|'
            | b'='
    )
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Whether a character may begin a Chinese name of a day or a time of day: 星, 周, 上, 下.
fn may_begin_date(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xe6, 0x98, 0x9f, ..] | [0xe5, 0x91, 0xa8, ..] | [0xe4, 0xb8, 0x8a | 0x8b, ..]
    )
}
