//! The ring buffer that holds the end of a log in memory.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::carry::{boundary, orphans};
use super::frame::Piece;
use crate::order::Stream;

/// Bytes that are kept, including what it costs to store where pieces start.
const CAP: usize = 256 * 1024;
/// The longest piece.
const PIECE_MAX: usize = 16 * 1024;
/// What one stream writes within this time becomes one piece.
const TOGETHER: TimeDelta = TimeDelta::milliseconds(50);
/// Memory that one position takes.
pub(super) const PLACE_COST: usize = size_of::<Place>();

#[derive(Debug)]
struct Place {
    from: u64,
    at: DateTime<Utc>,
    stream: Stream,
}

/// The last bytes of a log.
#[derive(Debug, Default)]
pub(super) struct Ring {
    bytes: VecDeque<u8>,
    places: VecDeque<Place>,
    end: u64,
}

impl Ring {
    /// Bytes of the log before the part that is kept.
    pub(super) fn start(&self) -> u64 {
        self.end - self.bytes.len() as u64
    }

    /// Length of the log in bytes.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Adds bytes; returns how many pieces they start.
    pub(super) fn push(&mut self, at: DateTime<Utc>, stream: Stream, mut bytes: &[u8]) -> usize {
        if bytes.len() > CAP {
            // Only its end will be kept, so only that is copied.
            let skipped = bytes.len() - CAP;
            self.end += skipped as u64;
            self.bytes.clear();
            self.places.clear();
            bytes = &bytes[skipped..];
        }
        let mut begun = 0;
        while !bytes.is_empty() {
            let room = self.room_in_last(at, stream);
            let joins = room >= bytes.len();
            let length = if joins {
                bytes.len()
            } else {
                boundary(bytes, PIECE_MAX)
            };
            let (piece, rest) = bytes.split_at(length);
            self.make_room(length + PLACE_COST);
            // Making room may have removed the last piece.
            if !joins || self.places.is_empty() {
                self.places.push_back(Place {
                    from: self.end,
                    at,
                    stream,
                });
                begun += 1;
            }
            self.bytes.extend(piece);
            self.end += length as u64;
            bytes = rest;
        }
        begun
    }

    /// How many bytes may be added to the last piece.
    fn room_in_last(&self, at: DateTime<Utc>, stream: Stream) -> usize {
        let Some(last) = self.places.back() else {
            return 0;
        };
        let since = at - last.at;
        if last.stream != stream || since < TimeDelta::zero() || since >= TOGETHER {
            return 0;
        }
        let length = usize::try_from(self.end - last.from).unwrap_or(usize::MAX);
        PIECE_MAX.saturating_sub(length)
    }

    fn make_room(&mut self, length: usize) {
        loop {
            let cost = self.bytes.len() + self.places.len() * PLACE_COST + length;
            let over = cost.saturating_sub(CAP).min(self.bytes.len());
            if over == 0 {
                return;
            }
            let start = self.start();
            let first_end = self.places.get(1).map_or(self.end, |next| next.from);
            let first = usize::try_from(first_end - start).unwrap_or(usize::MAX);
            if first <= over {
                self.bytes.drain(..first);
                self.places.pop_front();
            } else {
                self.bytes.drain(..over);
                if let Some(place) = self.places.front_mut() {
                    place.from = start + over as u64;
                }
            }
        }
    }

    /// Bytes at the start of the kept part that belong to a dropped character.
    pub(super) fn orphans(&self) -> u64 {
        let first_end = self.places.get(1).map_or(self.end, |next| next.from);
        let length = usize::try_from(first_end - self.start()).unwrap_or(usize::MAX);
        orphans(&self.copy(0..length.min(3))) as u64
    }

    /// Copies whole slices: byte by byte takes a hundred times as long.
    fn copy(&self, range: std::ops::Range<usize>) -> Vec<u8> {
        let (front, back) = self.bytes.as_slices();
        let cut = |slice: &[u8], shift: usize| {
            let place = |at: usize| at.saturating_sub(shift).min(slice.len());
            slice[place(range.start)..place(range.end)].to_vec()
        };
        let mut bytes = cut(front, 0);
        bytes.extend(cut(back, front.len()));
        bytes
    }

    /// The kept part of a range, at most `limit` bytes of it. If its beginning was dropped, the rest starts with a
    /// whole character.
    pub(super) fn pieces(&self, from: u64, to: u64, limit: usize) -> Vec<Piece> {
        let start = self.start();
        let to = to
            .min(self.end)
            .min(from.max(start).saturating_add(limit as u64));
        let mut pieces = Vec::new();
        let first = self.places.partition_point(|place| place.from <= from);
        for index in first.saturating_sub(1)..self.places.len() {
            let place = &self.places[index];
            let end = self
                .places
                .get(index + 1)
                .map_or(self.end, |next| next.from);
            let (mut begin, end) = (place.from.max(from), end.min(to));
            if begin >= end {
                if place.from >= to {
                    break;
                }
                continue;
            }
            let offset = |place: u64| usize::try_from(place - start).unwrap_or(usize::MAX);
            let mut bytes = self.copy(offset(begin)..offset(end));
            if begin == start && from < start {
                let lost = orphans(&bytes);
                bytes.drain(..lost);
                begin += lost as u64;
            }
            if !bytes.is_empty() {
                pieces.push(Piece {
                    from: begin,
                    at: place.at,
                    stream: place.stream,
                    bytes,
                });
            }
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).expect("an instant")
    }

    proptest! {
        #[test]
        fn the_end_is_kept_and_memory_is_bounded(
            pushes in prop::collection::vec((0_i64..100, any::<bool>(), prop_oneof![1_usize..40, 1_usize..400_000]), 1..40),
        ) {
            let mut ring = Ring::default();
            let (mut all, mut now) = (Vec::new(), 0);
            for (wait, err, length) in pushes {
                now += wait;
                let bytes: Vec<u8> = (0..length).map(|n| b'a' + (n % 26) as u8).collect();
                ring.push(at(now), if err { Stream::Err } else { Stream::Out }, &bytes);
                all.extend_from_slice(&bytes);
                prop_assert!(ring.bytes.len() + ring.places.len() * PLACE_COST <= CAP + PIECE_MAX);
            }
            prop_assert_eq!(ring.end(), all.len() as u64);
            prop_assert!(all.len() - ring.bytes.len() == 0 || ring.bytes.len() > CAP / 4);
            let pieces = ring.pieces(0, u64::MAX, usize::MAX);
            let mut next = ring.start();
            for piece in &pieces {
                prop_assert_eq!(piece.from, next);
                prop_assert!(piece.bytes.len() <= PIECE_MAX);
                next = piece.to();
                let range = piece.from as usize..next as usize;
                prop_assert_eq!(&piece.bytes[..], &all[range]);
            }
            prop_assert_eq!(next, ring.end());
        }
    }

    #[test]
    fn what_comes_close_together_is_one_piece() {
        let mut ring = Ring::default();
        ring.push(at(0), Stream::Out, b"a");
        ring.push(at(49), Stream::Out, b"b");
        ring.push(at(49), Stream::Err, b"c");
        ring.push(at(50), Stream::Out, b"d");
        ring.push(at(100), Stream::Out, b"e");
        // The clock was set back.
        ring.push(at(10), Stream::Out, b"f");
        let texts: Vec<Vec<u8>> = ring
            .pieces(0, u64::MAX, usize::MAX)
            .into_iter()
            .map(|piece| piece.bytes)
            .collect();
        assert_eq!(texts, [&b"ab"[..], b"c", b"d", b"e", b"f"]);
        assert_eq!(ring.pieces(1, 4, 2).len(), 2);
    }

    #[test]
    fn alternating_single_bytes_take_no_more_memory() {
        let mut ring = Ring::default();
        for n in 0..300_000_i64 {
            ring.push(
                at(n),
                if n % 2 == 0 { Stream::Out } else { Stream::Err },
                b"x",
            );
        }
        assert!(ring.bytes.len() + ring.places.len() * PLACE_COST <= CAP);
        assert_eq!(ring.end(), 300_000);
    }
}
