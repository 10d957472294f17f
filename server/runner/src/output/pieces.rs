//! What is read of a log: pieces, and both ends of it for messages.

use super::frame::Piece;

/// Pieces of a log from a position on, as far as they were read.
#[derive(Debug, Default)]
pub struct LogPieces {
    /// In order; where one does not start at the end of the previous one, output is missing.
    pub pieces: Vec<Piece>,
    /// Up to where this page covers the log: between the last piece and here is a gap.
    pub to: u64,
    /// Whether nothing will be added after `to`.
    pub over: bool,
}

/// What a message may show of a log: all of a short one, otherwise both ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// Its beginning.
    pub head: Vec<u8>,
    /// Bytes between the two.
    pub omitted: u64,
    /// The end behind them.
    pub tail: Vec<u8>,
}

impl Shown {
    /// A beginning, and the pieces that are left in memory, which may overlap with it.
    pub(super) fn of(head: Vec<u8>, pieces: &[Piece]) -> Self {
        let mut shown = Self {
            head,
            ..Self::default()
        };
        let mut reached = shown.head.len() as u64;
        for piece in pieces {
            if piece.to() <= reached {
                continue;
            }
            // Only the beginning and the first piece may have something between them: memory has no gaps.
            shown.omitted += piece.from.saturating_sub(reached);
            let known = usize::try_from(reached.saturating_sub(piece.from)).unwrap_or(usize::MAX);
            let rest = piece.bytes.get(known..).unwrap_or_default();
            shown.tail.extend_from_slice(rest);
            reached = piece.to();
        }
        shown
    }
}

/// A text that is at hand as a whole.
impl From<Vec<u8>> for Shown {
    fn from(whole: Vec<u8>) -> Self {
        Self {
            head: whole,
            ..Self::default()
        }
    }
}

/// A closed log.
#[derive(Debug)]
pub struct Closed {
    /// Its length in bytes.
    pub total: u64,
    /// Bytes dropped in the middle.
    pub gap: u64,
    /// Where the dropped part starts.
    pub head_to: u64,
    /// The whole log, when it is short.
    pub whole: Option<Vec<u8>>,
    /// Where the part of the end that goes into the row starts.
    pub tail_from: u64,
    /// That part.
    pub tail: Vec<u8>,
    /// What messages may show.
    pub shown: Shown,
    /// Whether a file may exist.
    pub filed: bool,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::order::Stream;

    fn piece(from: u64, text: &str) -> Piece {
        Piece {
            from,
            at: DateTime::UNIX_EPOCH,
            stream: Stream::Out,
            bytes: text.into(),
        }
    }

    #[test]
    fn both_ends_are_shown_and_what_is_between_is_counted() {
        for (head, pieces, omitted, tail) in [
            ("", vec![], 0, ""),
            ("abcd", vec![piece(0, "ab"), piece(2, "cd")], 0, ""),
            ("abcd", vec![piece(0, "abc"), piece(3, "def")], 0, "ef"),
            ("abcd", vec![piece(4, "ef"), piece(6, "gh")], 0, "efgh"),
            ("abcd", vec![piece(9, "jk"), piece(11, "l")], 5, "jkl"),
        ] {
            let shown = Shown::of(head.into(), &pieces);
            let expected = Shown {
                head: head.into(),
                omitted,
                tail: tail.into(),
            };
            assert_eq!(shown, expected);
        }
    }
}
