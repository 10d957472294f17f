//! Turns stored pieces into a page of the log.

use app::run::log::{LogItem, LogPage};
use app::time::Stamp;

use super::carry::boundary;
use super::frame::Piece;
use super::readable;
use crate::text::omitted_line;

/// Pieces of a log from a position on, as far as they were read.
#[derive(Debug, Default)]
pub(super) struct LogPieces {
    /// In order; where one does not start at the end of the previous one, output is missing.
    pub(super) pieces: Vec<Piece>,
    /// Up to where this page covers the log: between the last piece and here is a gap.
    pub(super) to: u64,
    /// Whether nothing will be added after `to`.
    pub(super) over: bool,
}

/// Makes a page of at most `limit` bytes of text, and of at least one character if there is any.
pub(super) fn page(stretch: LogPieces, from: u64, limit: usize) -> LogPage {
    let mut page = LogPage {
        next: from,
        ..LogPage::default()
    };
    let mut left = limit.max(4);
    for mut piece in stretch.pieces {
        if piece.to() <= page.next {
            continue;
        }
        // Less than the longest character: another one could be cut.
        if left < 4 {
            return page;
        }
        if piece.from > page.next {
            page.items.push(LogItem::Gap {
                from: page.next,
                to: piece.from,
            });
            page.next = piece.from;
        } else if piece.from < page.next {
            let known = usize::try_from(page.next - piece.from).unwrap_or(usize::MAX);
            piece.bytes.drain(..known);
            piece.from = page.next;
        }
        let length = boundary(&piece.bytes, left);
        let is_cut = length < piece.bytes.len();
        let to = piece.from + length as u64;
        page.items.push(LogItem::Text {
            from: piece.from,
            to,
            at: Stamp(piece.at),
            stream: piece.stream,
            text: readable(&piece.bytes[..length]).into_owned(),
        });
        page.next = to;
        left -= length.min(left);
        if is_cut {
            return page;
        }
    }
    if page.next < stretch.to {
        page.items.push(LogItem::Gap {
            from: page.next,
            to: stretch.to,
        });
        page.next = stretch.to;
    }
    page.over = stretch.over;
    page
}

/// Appends pieces to a plain text that is complete up to `reached`, with a line for each gap.
pub(super) fn plain(text: &mut Vec<u8>, reached: &mut u64, stretch: &LogPieces) {
    for piece in &stretch.pieces {
        if piece.to() <= *reached {
            continue;
        }
        if piece.from > *reached {
            text.extend_from_slice(omitted_line(piece.from - *reached).as_bytes());
            *reached = piece.from;
        }
        let known = usize::try_from(*reached - piece.from).unwrap_or(usize::MAX);
        text.extend_from_slice(piece.bytes.get(known..).unwrap_or_default());
        *reached = piece.to();
    }
    if stretch.to > *reached {
        text.extend_from_slice(omitted_line(stretch.to - *reached).as_bytes());
        *reached = stretch.to;
    }
}
