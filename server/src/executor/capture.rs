//! Output in bounded memory: the head and the tail in full, the middle counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use app::run::log::Stream;

/// Bytes kept from the start.
const HEAD_MAX: usize = 256 * 1024;
/// Bytes kept from the end.
const TAIL_MAX: usize = 256 * 1024;

/// What a command wrote, both pipes in the order in which they were read.
#[derive(Debug, Default)]
pub struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    closed: bool,
}

impl Capture {
    /// Takes a piece; after [`Capture::close`] it is thrown away.
    pub fn push(&mut self, mut piece: &[u8]) {
        if self.closed {
            return;
        }
        self.total += piece.len() as u64;
        let room = HEAD_MAX - self.head.len();
        let (head, rest) = piece.split_at(room.min(piece.len()));
        self.head.extend_from_slice(head);
        piece = rest;
        if piece.len() >= TAIL_MAX {
            self.tail.clear();
            piece = &piece[piece.len() - TAIL_MAX..];
        }
        let over = (self.tail.len() + piece.len()).saturating_sub(TAIL_MAX);
        self.tail.drain(..over);
        self.tail.extend(piece);
    }

    /// Bytes left out between head and tail.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.total - self.head.len() as u64 - self.tail.len() as u64
    }

    /// All that is kept, with a line in place of what is not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        if self.dropped() > 0 {
            bytes.extend_from_slice(gap(self.dropped()).as_bytes());
        }
        let (front, back) = self.tail.as_slices();
        bytes.extend_from_slice(front);
        bytes.extend_from_slice(back);
        bytes
    }
}

/// The line in place of what was left out.
fn gap(dropped: u64) -> String {
    format!("\n[… {dropped} bytes left out / 省略 {dropped} 字节 …]\n")
}

/// A capture that is written by two readers and read by pages.
#[derive(Clone, Debug, Default)]
pub struct SharedCapture(Arc<Mutex<Capture>>);

impl SharedCapture {
    fn lock(&self) -> std::sync::MutexGuard<'_, Capture> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a piece.
    pub fn push(&self, _stream: Stream, piece: &[u8]) {
        self.lock().push(piece);
    }

    /// All that is kept so far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().bytes()
    }

    /// Takes no more, and gives all that is kept.
    #[must_use]
    pub fn close(&self) -> Vec<u8> {
        let mut capture = self.lock();
        capture.closed = true;
        capture.bytes()
    }

    /// Bytes written, and bytes left out.
    #[must_use]
    pub fn counts(&self) -> (i64, i64) {
        let capture = self.lock();
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        (whole(capture.total), whole(capture.dropped()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_output_is_kept_whole() {
        let mut capture = Capture::default();
        capture.push(b"one ");
        capture.push(b"two");
        assert_eq!(capture.bytes(), b"one two");
        assert_eq!(capture.dropped(), 0);
    }

    #[test]
    fn of_long_output_both_ends_are_kept_and_the_middle_is_counted() {
        for piece in [1, 4096, 1_000_000] {
            let mut capture = Capture::default();
            let all: Vec<u8> = (0..3_000_000_u32)
                .map(|n| n.to_le_bytes()[(n % 3) as usize])
                .collect();
            for part in all.chunks(piece) {
                capture.push(part);
            }
            let bytes = capture.bytes();
            assert_eq!(bytes[..HEAD_MAX], all[..HEAD_MAX]);
            assert_eq!(bytes[bytes.len() - TAIL_MAX..], all[all.len() - TAIL_MAX..]);
            assert_eq!(
                capture.dropped() as usize,
                all.len() - HEAD_MAX - TAIL_MAX,
                "pieces of {piece}"
            );
        }
    }

    #[test]
    fn nothing_is_taken_after_the_end() {
        let shared = SharedCapture::default();
        shared.push(Stream::Out, b"a");
        assert_eq!(shared.close(), b"a");
        shared.push(Stream::Err, b"b");
        assert_eq!(shared.counts(), (1, 0));
    }
}
