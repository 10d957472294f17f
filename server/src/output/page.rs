//! Turns stored pieces into a page of the log.

use app::run::log::{LogItem, LogPage, Stream};
use app::time::Stamp;
use runner::output::{LogPieces, Shown, boundary};

use super::readable;
use crate::text::omitted_line;

/// The pipe, as pages name it.
pub(super) fn stream_of(stream: runner::Stream) -> Stream {
    match stream {
        runner::Stream::Out => Stream::Out,
        runner::Stream::Err => Stream::Err,
    }
}

/// The pipe, as the runner names it.
pub(super) fn stream_for(stream: Stream) -> runner::Stream {
    match stream {
        Stream::Out => runner::Stream::Out,
        Stream::Err => runner::Stream::Err,
    }
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
            stream: stream_of(piece.stream),
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

/// What is at hand of a log as one text, with a line for what is between both ends.
pub(super) fn shown_text(shown: &Shown) -> Vec<u8> {
    let mut text = shown.head.clone();
    if shown.omitted > 0 {
        text.extend_from_slice(omitted_line(shown.omitted).as_bytes());
    }
    text.extend_from_slice(&shown.tail);
    text
}
