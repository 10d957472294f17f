//! One line of output, in bounded memory however long it is.

use memchr::{memchr, memrchr};

use super::normal::{ESCAPE, Normal};
use super::words::is_unit;

/// Bytes of a line that are kept as they are; a longer one is known by a sum of what it means.
const RAW_MAX: usize = 16 * 1024;
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
        self.meaning(room);
        let mut sum = LineHash::default();
        sum.add(room, true);
        sum.0
    }

    /// Whether another line means the same.
    pub(super) fn is_like(&self, other: &Self, rooms: &mut [Vec<u8>; 2]) -> bool {
        let [room, other_room] = rooms;
        if self.long.is_some() || other.long.is_some() {
            return self.sum(room) == other.sum(other_room);
        }
        // Most lines are the very same, or have only other digits.
        let alike = digits_apart(&self.raw, &other.raw);
        if alike == self.raw.len() && alike == other.raw.len() {
            return true;
        }
        let from = behind_word(&self.raw[..alike]);
        let state = || match from {
            0 => Normal::default(),
            _ => Normal::behind_word(),
        };
        room.clear();
        other_room.clear();
        state().take(&self.raw[from..], true, room);
        state().take(&other.raw[from..], true, other_room);
        room == other_room
    }

    fn meaning(&self, room: &mut Vec<u8>) {
        room.clear();
        Normal::default().take(&self.raw, true, room);
    }
}

/// How many bytes at the start of two lines are the same, but that a digit may be another one. That
/// makes no difference to what they mean: nothing depends on which digit it is.
fn digits_apart(a: &[u8], b: &[u8]) -> usize {
    const WIDTH: usize = 16;
    let same = |(a, b): (&u8, &u8)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    // Whole blocks first, without a way out in between, so that they are compared at once.
    let blocks = a.chunks_exact(WIDTH).zip(b.chunks_exact(WIDTH));
    let whole = blocks
        .take_while(|(a, b)| a.iter().zip(*b).fold(true, |all, pair| all & same(pair)))
        .count()
        * WIDTH;
    let rest = a[whole..].iter().zip(&b[whole..]);
    whole + rest.take_while(|pair| same(*pair)).count()
}

/// The last place behind a plain word and a blank, from where on a line can be read by itself
/// ([`Normal::behind_word`]); 0 when there is none.
fn behind_word(start: &[u8]) -> usize {
    const WORD_MIN: usize = 4;
    let mut end = start.len();
    while let Some(blank) = memrchr(b' ', &start[..end]) {
        let letters = start[..blank].iter().rev();
        let length = letters.take_while(|byte| byte.is_ascii_lowercase()).count();
        let word = &start[blank - length..blank];
        let is_whole = start[..blank - length]
            .last()
            .is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        if length >= WORD_MIN && is_whole && !is_unit(word) {
            let escapes = memchr(ESCAPE, &start[..blank]).is_some();
            return if escapes { 0 } else { blank + 1 };
        }
        end = blank;
    }
    0
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
