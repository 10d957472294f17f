//! One line of output, in bounded memory however long it is.

use std::ops::RangeInclusive;

use memchr::{memchr, memchr2, memrchr};

use super::normal::{ESCAPE, Normal};
use super::words::is_unit;

/// Bytes of a line that are kept as they are; a longer one is known by a sum of what it means.
pub(super) const RAW_MAX: usize = 16 * 1024;
/// Bytes of a long line that are worked on at once.
const PART: usize = 16 * 1024;

/// A line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Its number, as the run's page counts.
    pub(super) number: u64,
    raw: Vec<u8>,
    long: Option<Box<LongLine>>,
}

impl Line {
    /// Makes it an empty one.
    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.raw.clear();
        self.long = None;
    }

    /// Its beginning as it was written.
    pub(super) fn head(&self) -> &[u8] {
        &self.raw
    }

    /// Adds what follows.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if let Some(long) = &mut self.long {
            long.take(bytes);
        } else if self.raw.len() + bytes.len() <= RAW_MAX {
            self.raw.extend_from_slice(bytes);
        } else {
            let mut long = Box::<LongLine>::default();
            long.take(&self.raw);
            long.take(bytes);
            let kept = RAW_MAX - self.raw.len();
            self.raw.extend_from_slice(&bytes[..kept]);
            self.long = Some(long);
        }
    }

    /// What it means, as a number: lines that differ in nothing but numbers, times and the like
    /// have the same. `room` is used again and again.
    pub(super) fn sum(&self, room: &mut Vec<u8>) -> u64 {
        if let Some(long) = &self.long {
            return long.as_ref().clone().end();
        }
        meaning(&self.raw, room);
        let mut sum = LineHash::default();
        sum.add(room, true);
        sum.0
    }

    /// Whether another line means the same.
    pub(super) fn is_like(&self, other: &Self, rooms: &mut [Vec<u8>; 2]) -> bool {
        if self.long.is_some() || other.long.is_some() {
            let [room, other_room] = rooms;
            return self.sum(room) == other.sum(other_room);
        }
        mean_the_same(&self.raw, &other.raw, rooms)
    }
}

/// Whether two lines mean the same. `rooms` are used again and again.
pub(super) fn mean_the_same(a: &[u8], b: &[u8], rooms: &mut [Vec<u8>; 2]) -> bool {
    let [room, other_room] = rooms;
    if is_like_in_pieces(a, b, room, other_room) {
        return true;
    }
    meaning(a, room);
    meaning(b, other_room);
    room == other_room
}

pub(super) fn meaning(line: &[u8], room: &mut Vec<u8>) {
    room.clear();
    Normal::default().take(line, true, room);
}

/// How many bytes at the start of two lines are the same, but that a digit may be another one. That
/// makes no difference to what they mean: nothing depends on which digit it is.
fn digits_apart(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks::<8>();
    let (other_words, _) = b.as_chunks::<8>();
    let mut whole = 0;
    for (word, other) in words.iter().zip(other_words) {
        let apart = apart(u64::from_le_bytes(*word), u64::from_le_bytes(*other));
        if apart != 0 {
            return whole + apart.trailing_zeros() as usize / 8;
        }
        whole += 8;
    }
    let rest = a[whole..].iter().zip(&b[whole..]);
    let same = |(a, b): &(&u8, &u8)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    whole + rest.take_while(same).count()
}

/// Of eight bytes of two lines the high bit of each pair that differs and is not of digits.
const fn apart(a: u64, b: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255 * 0x7f;
    const HIGH: u64 = !LOW;
    /// Of a byte below ten the sum has no high bit.
    const BELOW_TEN: u64 = u64::MAX / 255 * 0x76;
    const ZEROS: u64 = u64::MAX / 255 * b'0' as u64;
    let differs = a ^ b;
    let differs = ((differs & LOW) + LOW) | differs;
    let (a, b) = (a ^ ZEROS, b ^ ZEROS);
    let no_digit = ((a & LOW) + BELOW_TEN) | a | ((b & LOW) + BELOW_TEN) | b;
    differs & no_digit & HIGH
}

/// Whether two lines mean the same, found piece by piece: what is the same is skipped, and of what is not only the words
/// up to the next plain one are read. `false` where that does not decide.
fn is_like_in_pieces(
    mut a: &[u8],
    mut b: &[u8],
    room: &mut Vec<u8>,
    other_room: &mut Vec<u8>,
) -> bool {
    let mut behind_word = false;
    loop {
        // Most lines are the very same, or have only other digits.
        let alike = digits_apart(a, b);
        if alike == a.len() && alike == b.len() {
            return true;
        }
        let from = last_plain_word(&a[..alike]);
        behind_word |= from > 0;
        (a, b) = (&a[from..], &b[from..]);
        let ends = (
            next_plain_word(a, alike - from),
            next_plain_word(b, alike - from),
        );
        let (end, other_end) = match ends {
            (Some(end), Some(other_end)) => (end, other_end),
            // What writes over the line does so over the pieces before, too.
            _ if writes_over(a) || writes_over(b) => return false,
            _ => (a.len(), b.len()),
        };
        let mean = |bytes: &[u8], out: &mut Vec<u8>| {
            out.clear();
            let mut normal = match behind_word {
                true => Normal::behind_word(),
                false => Normal::default(),
            };
            normal.take(bytes, true, out);
        };
        mean(&a[..end], room);
        mean(&b[..other_end], other_room);
        if room != other_room {
            return false;
        }
        (a, b) = (&a[end..], &b[other_end..]);
        if a.is_empty() && b.is_empty() {
            return true;
        }
        behind_word = true;
    }
}

/// The last place behind a plain word and a blank, from where on a line can be read by itself
/// ([`Normal::behind_word`]); 0 when there is none.
fn last_plain_word(start: &[u8]) -> usize {
    let mut end = start.len();
    while let Some(blank) = memrchr(b' ', &start[..end]) {
        if ends_plain_word(&start[..blank]) {
            let escapes = memchr(ESCAPE, &start[..blank]).is_some();
            return if escapes { 0 } else { blank + 1 };
        }
        end = blank;
    }
    0
}

/// The first such place behind `from`, with nothing before it that moves the cursor of a terminal.
fn next_plain_word(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let blank = at + memchr(b' ', &text[at..])?;
        if ends_plain_word(&text[..blank]) {
            return (!writes_over(&text[..blank])).then_some(blank + 1);
        }
        at = blank + 1;
    }
}

/// Whether there is something in a text that a terminal does not just write: a carriage return, unless it is the last
/// byte, or an escape sequence.
fn writes_over(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    memchr2(ESCAPE, b'\r', text).is_some()
}

/// Whether a text ends with a word that is written as it is: small letters behind a blank, that are neither an id nor the
/// unit of a number.
fn ends_plain_word(text: &[u8]) -> bool {
    const LENGTH: RangeInclusive<usize> = 4..=32;
    let letters = text.iter().rev();
    let length = letters.take_while(|byte| byte.is_ascii_lowercase()).count();
    let (before, word) = text.split_at(text.len() - length);
    LENGTH.contains(&length)
        && before.last().is_none_or(|byte| *byte == b' ')
        && word.iter().any(|letter| *letter > b'f')
        && !is_unit(word)
}

/// What is known of a line that is too long to be kept.
#[derive(Clone, Debug, Default)]
struct LongLine {
    normal: Normal,
    /// Not taken yet, because what follows decides what it means.
    rest: Vec<u8>,
    /// What it means, where that is not in the sum yet.
    out: Vec<u8>,
    sum: LineHash,
}

impl LongLine {
    fn take(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(PART) {
            self.rest.extend_from_slice(part);
            let taken = self.normal.take(&self.rest, false, &mut self.out);
            self.rest.drain(..taken);
            self.add(false);
        }
    }

    fn end(mut self) -> u64 {
        let rest = std::mem::take(&mut self.rest);
        self.normal.take(&rest, true, &mut self.out);
        self.add(true);
        self.sum.0
    }

    fn add(&mut self, last: bool) {
        if self.normal.was_cleared() {
            self.sum = LineHash::default();
        }
        let added = self.sum.add(&self.out, last);
        self.out.drain(..added);
    }
}

/// A sum of bytes that may come in parts: FNV-1a over words of eight bytes, with a turn so that
/// high bits reach low ones. Two hostile lines with one sum are taken for the same: no harm.
#[derive(Clone, Copy, Debug)]
struct LineHash(u64);

impl Default for LineHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl LineHash {
    /// Adds bytes, and returns how many of them: whole words, and the rest with the `last`.
    fn add(&mut self, bytes: &[u8], last: bool) -> usize {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !last {
            return bytes.len() - rest.len();
        }
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(word));
        self.word(rest.len() as u64);
        bytes.len()
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word)
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(29);
    }
}
