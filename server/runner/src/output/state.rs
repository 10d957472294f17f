//! The in-memory state of the log of an active run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::carry::{TrailingBytes, boundary, orphans};
use super::frame::Block;
use super::mask::Masker;
use super::pieces::Shown;
use super::ring::{PLACE_COST, Ring};
use crate::order::Stream;

/// A block is finished when it contains this much.
const BLOCK: usize = 64 * 1024;
/// Bytes of the start that messages show.
const FIRST: usize = 4 * 1024;

/// The mutable part of a log.
#[derive(Debug)]
pub(super) struct LogState {
    pub(super) masker: Option<Arc<Masker>>,
    carries: [TrailingBytes; 2],
    pub(super) ring: Ring,
    /// Bytes of blocks that may still go to the file.
    quota: usize,
    /// Whether output still belongs to the beginning, which goes to the file.
    head: bool,
    /// Up to where blocks are finished. While `head`, the ring has everything after it.
    head_to: u64,
    /// Pieces after that.
    unsealed_pieces: usize,
    /// Finished blocks waiting to be written to the file.
    pub(super) sealed: VecDeque<Arc<Block>>,
    /// Up to where the file has finished blocks.
    pub(super) written: u64,
    /// Since when an unfinished block has been waiting.
    pub(super) unwritten_since: Option<Instant>,
    /// Whether something was written to the file, or is being written.
    pub(super) filed: bool,
    /// The first bytes.
    first: Vec<u8>,
    pub(super) closed: bool,
}

impl LogState {
    pub(super) fn new(quota: usize) -> Self {
        Self {
            masker: None,
            carries: Default::default(),
            ring: Ring::default(),
            quota,
            head: quota > 0,
            head_to: 0,
            unsealed_pieces: 0,
            sealed: VecDeque::new(),
            written: 0,
            unwritten_since: None,
            filed: false,
            first: Vec::new(),
            closed: false,
        }
    }

    /// Adds what was read; returns whether a block was finished.
    pub(super) fn take(&mut self, stream: Stream, at: DateTime<Utc>, bytes: &[u8]) -> bool {
        let mut carry = std::mem::take(&mut self.carries[stream as usize]);
        let kept = carry.take(self.masker.as_deref(), bytes);
        let sealed = self.keep(stream, at, &kept);
        drop(kept);
        self.carries[stream as usize] = carry;
        sealed
    }

    /// No more input.
    pub(super) fn end(&mut self, at: DateTime<Utc>) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        for stream in [Stream::Out, Stream::Err] {
            let held = self.carries[stream as usize].end(self.masker.as_deref());
            self.keep(stream, at, &held);
        }
    }

    fn keep(&mut self, stream: Stream, at: DateTime<Utc>, mut bytes: &[u8]) -> bool {
        let first = FIRST.saturating_sub(self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..first]);
        let mut sealed = false;
        while self.head && !bytes.is_empty() {
            let part = boundary(bytes, BLOCK);
            self.unsealed_pieces += self.ring.push(at, stream, &bytes[..part]);
            bytes = &bytes[part..];
            let waiting = self.ring.end() - self.head_to;
            let cost = waiting + (self.unsealed_pieces * PLACE_COST) as u64;
            if cost >= BLOCK as u64 {
                self.seal();
                sealed = true;
            } else if self.unwritten_since.is_none() {
                self.unwritten_since = Some(Instant::now());
            }
        }
        if !bytes.is_empty() {
            self.ring.push(at, stream, bytes);
        }
        sealed
    }

    /// The part that is not in a finished block yet.
    pub(super) fn unsealed(&self) -> Option<Block> {
        self.head
            .then(|| self.ring.pieces(self.head_to, u64::MAX, usize::MAX))
            .and_then(|pieces| Block::of(&pieces))
    }

    fn seal(&mut self) {
        if let Some(block) = self.unsealed() {
            self.quota = self.quota.saturating_sub(block.cost());
            self.head = self.quota > 0;
            self.head_to = block.to;
            self.sealed.push_back(Arc::new(block));
        }
        self.unsealed_pieces = 0;
        self.unwritten_since = None;
    }

    /// A block was written to the file.
    pub(super) fn landed(&mut self, block: &Arc<Block>) {
        // It was removed if the disk was given up meanwhile.
        if self
            .sealed
            .front()
            .is_some_and(|first| Arc::ptr_eq(first, block))
        {
            self.sealed.pop_front();
            self.written = block.to;
        }
    }

    /// Nothing more goes to the file. What is still in memory stays.
    pub(super) fn give_up(&mut self) {
        self.head = false;
        self.sealed.clear();
        self.head_to = self.written;
        self.unwritten_since = None;
    }

    /// Where the beginning ends.
    pub(super) fn head_to(&self) -> u64 {
        self.head_to
    }

    /// Bytes between beginning and end that are not stored.
    pub(super) fn gap(&self) -> u64 {
        let start = self.ring.start();
        if start <= self.head_to {
            return 0;
        }
        start - self.head_to + self.ring.orphans()
    }

    /// The whole log in the form stored in a row, if it is that short.
    pub(super) fn whole(&self, max: usize) -> Option<Vec<u8>> {
        if self.ring.end() == 0 {
            return Some(Vec::new());
        }
        if self.ring.end() > max as u64 || self.ring.start() > 0 {
            return None;
        }
        // Many tiny pieces take more room than their content.
        Block::of(&self.ring.pieces(0, u64::MAX, usize::MAX))
            .and_then(|block| block.inline())
            .filter(|bytes| bytes.len() <= 4 * max)
    }

    /// The last bytes in the form stored in a row beside an object, and where they start.
    pub(super) fn tail(&self, max: usize) -> (u64, Vec<u8>) {
        let end = self.ring.end();
        let mut text = max as u64;
        loop {
            let from = end.saturating_sub(text).max(self.ring.start());
            let mut pieces = self.ring.pieces(from, u64::MAX, usize::MAX);
            if let Some(first) = pieces.first_mut().filter(|_| from > 0) {
                let lost = orphans(&first.bytes);
                first.bytes.drain(..lost);
                first.from += lost as u64;
            }
            let Some(block) = Block::of(&pieces) else {
                return (end, Vec::new());
            };
            match block.inline() {
                Some(bytes) if bytes.len() <= 4 * max => return (block.from, bytes),
                // Many tiny pieces take more room than their content.
                _ => text /= 2,
            }
        }
    }

    /// Makes blocks of everything that is in memory and not in the file.
    pub(super) fn seal_tail(&mut self) {
        let pieces = self.ring.pieces(self.head_to, u64::MAX, usize::MAX);
        let (mut begin, mut length) = (0, 0);
        for (index, piece) in pieces.iter().enumerate() {
            length += piece.bytes.len() + PLACE_COST;
            if length >= BLOCK || index + 1 == pieces.len() {
                let block = Block::of(&pieces[begin..=index]);
                self.sealed.extend(block.map(Arc::new));
                (begin, length) = (index + 1, 0);
            }
        }
        self.head = false;
        self.unwritten_since = None;
    }

    /// What messages may show: the whole log, or both ends.
    pub(super) fn shown(&self) -> Shown {
        Shown::of(
            self.first.clone(),
            &self.ring.pieces(0, u64::MAX, usize::MAX),
        )
    }
}
