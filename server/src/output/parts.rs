//! Kept output read from its beginning to its end, a block at a time.

use app::run::log::Stream;
use runner::output::{Header, Piece, WRAPPED, decode};

use super::page::stream_of;

/// A part of an output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Something that was written.
    Text {
        /// To which pipe.
        stream: Stream,
        /// Bytes, secrets masked; may end within a line.
        bytes: Vec<u8>,
    },
    /// Something that was not kept.
    Gap,
}

/// The parts of an output in their order.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// Blocks of the object that are still packed.
    packed: &'a [u8],
    /// Pieces of the last one that was unpacked.
    block: std::vec::IntoIter<Piece>,
    /// Pieces behind the blocks.
    plain: [&'a [Piece]; 2],
    /// Bytes of the log that were read or are missing.
    reached: u64,
    total: u64,
    /// Behind a gap.
    held: Option<Piece>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(packed: &'a [u8], plain: [&'a [Piece]; 2], total: u64) -> Self {
        Self {
            packed,
            block: Vec::new().into_iter(),
            plain,
            reached: 0,
            total,
            held: None,
        }
    }

    fn next_piece(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.block.next() {
                return Some(piece);
            }
            let Some(header) = Header::unwrap_frame(self.packed) else {
                break;
            };
            let body = &self.packed[WRAPPED..];
            // Behind a damaged block nothing is found any more; what is missing is a gap.
            let Some(pieces) = decode(&header, body) else {
                self.packed = &[];
                break;
            };
            self.packed = body.get(header.len as usize..).unwrap_or_default();
            self.block = pieces.into_iter();
        }
        let plain = self.plain.iter_mut().find(|pieces| !pieces.is_empty())?;
        let (first, rest) = plain.split_first()?;
        *plain = rest;
        Some(first.clone())
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        while let Some(mut piece) = self.held.take().or_else(|| self.next_piece()) {
            if piece.to() <= self.reached {
                continue;
            }
            if piece.from > self.reached {
                self.reached = piece.from;
                self.held = Some(piece);
                return Some(Part::Gap);
            }
            // The end in the row may begin within the last block.
            let known = usize::try_from(self.reached - piece.from).unwrap_or(usize::MAX);
            piece.bytes.drain(..known);
            self.reached += piece.bytes.len() as u64;
            return Some(Part::Text {
                stream: stream_of(piece.stream),
                bytes: piece.bytes,
            });
        }
        let missing = self.reached < self.total;
        self.reached = self.total.max(self.reached);
        missing.then_some(Part::Gap)
    }
}
