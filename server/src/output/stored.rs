//! Output of a run that has ended, or is active elsewhere: from its row and its object.

use std::sync::Arc;

use app::run::log::LogPage;
use chrono::{DateTime, Utc};
use runner::Stream;
use runner::output::{
    Block, Header, LogPieces, Piece, WRAPPED, boundary, decode, orphans, read_inline,
};

use super::page::{page, plain};
use super::parts::{Part, Parts};
use crate::store::StoredOutput;

/// Bytes of a piece of a plain text.
const PIECE: usize = 16 * 1024;

/// The stored output of a run.
#[derive(Debug)]
pub struct RunOutput {
    object: Option<Body>,
    /// The end, from the row.
    tail: Vec<Piece>,
    total: u64,
    dropped: u64,
    over: bool,
}

#[derive(Debug)]
enum Body {
    /// Blocks, as in the object.
    Blocks(Arc<Vec<u8>>),
    /// The text of an earlier version.
    Plain(Vec<Piece>),
}

impl RunOutput {
    /// Reads the row and the object. Texts without times get `at`.
    pub(super) fn new(
        stored: &StoredOutput,
        object: Option<Arc<Vec<u8>>>,
        at: DateTime<Utc>,
        over: bool,
    ) -> Self {
        let total = u64::try_from(stored.bytes).unwrap_or(0);
        let dropped = u64::try_from(stored.dropped).unwrap_or(0);
        let object = object.map(|bytes| {
            if Header::unwrap_frame(&bytes).is_some() {
                Body::Blocks(bytes)
            } else {
                Body::Plain(pieces_of(&bytes, 0, at))
            }
        });
        if let Some(Body::Plain(pieces)) = &object {
            // The line that replaces dropped output is part of the text, so positions are the text's.
            let length = pieces.last().map_or(0, Piece::to);
            return Self {
                object,
                tail: Vec::new(),
                total: length,
                dropped,
                over,
            };
        }
        let tail = read_inline(&stored.tail).unwrap_or_else(|| {
            let from = total.saturating_sub(stored.tail.len() as u64);
            pieces_of(&stored.tail, from, at)
        });
        let known = tail.last().map_or(0, Piece::to);
        Self {
            object,
            tail,
            total: total.max(known),
            dropped,
            over,
        }
    }

    /// Bytes written, and bytes dropped.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.total, self.dropped)
    }

    /// The log from a position on, at most `limit` bytes of text.
    #[must_use]
    pub fn page(&self, from: u64, limit: usize) -> LogPage {
        let from = from.min(self.total);
        LogPage {
            total_bytes: self.total,
            dropped_bytes: self.dropped,
            ..page(self.stretch(from, limit), from, limit)
        }
    }

    /// Everything stored, with a line in place of dropped output.
    #[must_use]
    pub fn plain(&self) -> Vec<u8> {
        let (mut text, mut reached) = (Vec::new(), 0);
        plain(&mut text, &mut reached, &self.stretch(0, usize::MAX));
        text
    }

    /// What is kept from its beginning, one part after the other; no more than a block of it is
    /// in memory unpacked.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        let (packed, plain): (&[u8], &[Piece]) = match &self.object {
            Some(Body::Blocks(bytes)) => (bytes, &[]),
            Some(Body::Plain(pieces)) => (&[], pieces),
            None => (&[], &[]),
        };
        Parts::new(packed, [plain, &self.tail], self.total)
    }

    /// Pieces from a position on, as many as `limit` bytes need.
    fn stretch(&self, from: u64, limit: usize) -> LogPieces {
        let (mut pieces, reached) = match &self.object {
            Some(Body::Blocks(bytes)) => match blocks(bytes, from, limit) {
                (pieces, Some(end)) => (pieces, end),
                // The object has more than is requested.
                (pieces, None) => {
                    let to = pieces.last().map_or(from, Piece::to);
                    return LogPieces {
                        pieces,
                        to,
                        over: false,
                    };
                }
            },
            Some(Body::Plain(pieces)) => (pieces.clone(), self.total),
            None => (Vec::new(), 0),
        };
        let beyond = self.tail.iter().filter(|piece| piece.to() > reached);
        pieces.extend(beyond.cloned());
        LogPieces {
            pieces,
            to: self.total,
            over: self.over,
        }
    }
}

/// The remaining output of a dead process: how many of the bytes are whole blocks, and the output as stored in a row,
/// without the object's name. `None` when there is none.
pub(super) fn survey(bytes: &[u8], inline_max: usize) -> Option<(usize, StoredOutput)> {
    let (mut place, mut reached, mut held) = (0, 0, 0);
    let mut last = Vec::new();
    while let Some(header) = Header::unwrap_frame(&bytes[place..]) {
        let Some(pieces) = decode(&header, &bytes[place + WRAPPED..]) else {
            break;
        };
        if header.from != reached {
            last.clear();
        }
        last.extend(pieces);
        let wanted = header.to.saturating_sub(inline_max as u64);
        last.retain(|piece: &Piece| piece.to() > wanted);
        held += header.to - header.from;
        reached = header.to;
        place += WRAPPED + header.len as usize;
    }
    let wanted = reached.saturating_sub(inline_max as u64);
    if let Some(first) = last.first_mut().filter(|piece| piece.from < wanted) {
        let cut = usize::try_from(wanted - first.from).ok()?;
        let cut = cut + orphans(&first.bytes[cut..]);
        first.bytes.drain(..cut);
        first.from += cut as u64;
    }
    // Many tiny pieces take more room than their content.
    let mut tail = Block::of(&last)?.inline()?;
    while tail.len() > 4 * inline_max {
        last.drain(..last.len().div_ceil(2));
        tail = Block::of(&last)?.inline()?;
    }
    let text: Vec<u8> = last.iter().flat_map(|piece| piece.bytes.clone()).collect();
    let stored = StoredOutput {
        excerpt: crate::text::excerpt(&text),
        bytes: i64::try_from(reached).ok()?,
        dropped: i64::try_from(reached - held).ok()?,
        tail,
        object: None,
    };
    Some((place, stored))
}

/// Pieces of an object; and where it ends, if that was reached.
fn blocks(mut bytes: &[u8], from: u64, limit: usize) -> (Vec<Piece>, Option<u64>) {
    let (mut pieces, mut found, mut end) = (Vec::new(), 0_u64, 0);
    while let Some(header) = Header::unwrap_frame(bytes) {
        if found >= limit as u64 {
            return (pieces, None);
        }
        let body = &bytes[WRAPPED..];
        if header.to > from {
            let Some(read) = decode(&header, body) else {
                tracing::error!("an object of output is damaged; what follows is lost");
                break;
            };
            found += header.to - header.from.max(from);
            pieces.extend(read);
        }
        end = header.to;
        bytes = body.get(header.len as usize..).unwrap_or_default();
    }
    (pieces, Some(end))
}

/// Pieces of a text without times.
fn pieces_of(mut text: &[u8], mut from: u64, at: DateTime<Utc>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(boundary(text, PIECE));
        pieces.push(Piece {
            from,
            at,
            stream: Stream::Out,
            bytes: piece.to_vec(),
        });
        from += piece.len() as u64;
        text = rest;
    }
    pieces
}
