//! Converts the pieces of a log to numbered lines.
//!
//! The streams alternate, even within a line: each has its own unfinished line. A line is placed where its first
//! character was written. The number of lines and their text are bounded; older ones are dropped for newer ones, and
//! numbering continues.

use std::collections::VecDeque;

use super::{LogItem, Stream};
use crate::ansi::{Row, Screen, ScreenStep};
use crate::time::Stamp;

/// Lines that are kept.
pub const MAX_LINES: usize = 20_000;
/// Bytes of text that are kept, approximately: unfinished lines are not counted.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The overhead of a line besides its text.
const LINE_BYTES: usize = 64;

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// The position of its first character in the log, as precisely as known.
    pub offset: u64,
    /// When its first character was read.
    pub at: Option<Stamp>,
    /// The stream it was written to.
    pub stream: Stream,
    /// Its content.
    pub body: Body,
}

/// The content of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Text.
    Text(Row),
    /// A gap: so many bytes are missing here.
    Gap(u64),
}

impl Line {
    /// The text; `None` for a gap.
    #[must_use]
    pub const fn row(&self) -> Option<&Row> {
        match &self.body {
            Body::Text(row) => Some(row),
            Body::Gap(_) => None,
        }
    }

    fn weight(&self) -> usize {
        LINE_BYTES + self.row().map_or(0, Row::bytes)
    }
}

/// One stream's terminal, and the number of its unfinished line.
#[derive(Clone, Debug, Default)]
struct Source {
    screen: Screen,
    open: Option<u64>,
}

/// The lines of a log so far.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    sources: [Source; 2],
    lines: VecDeque<Line>,
    /// Lines that were dropped for newer ones.
    gone: u64,
    /// Bytes of the finished lines.
    weight: usize,
}

impl Lines {
    /// Adds the next pieces.
    pub fn feed(&mut self, items: &[LogItem]) {
        for item in items {
            match item {
                LogItem::Text {
                    from,
                    to,
                    at,
                    stream,
                    text,
                } => self.text(*from, *to, *at, *stream, text),
                LogItem::Gap { from, to } => self.gap(*from, *to),
            }
        }
        for source in 0..self.sources.len() {
            if let Some(number) = self.sources[source].open {
                let row = self.sources[source].screen.row();
                self.set(number, row);
            }
        }
    }

    /// Lines that were dropped for newer ones: the first line that is kept has the next number.
    #[must_use]
    pub const fn gone(&self) -> u64 {
        self.gone
    }

    /// The number of the last line; 0 when there is none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.gone + self.lines.len() as u64
    }

    /// A line by its number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Line> {
        self.lines.get(self.index(number)?)
    }

    /// The lines that are kept.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter()
    }

    /// The numbers of the unfinished lines, which may still change.
    #[must_use]
    pub fn open(&self) -> [Option<u64>; 2] {
        [self.sources[0].open, self.sources[1].open]
    }

    fn text(&mut self, from: u64, to: u64, at: Stamp, stream: Stream, text: &str) {
        let source = usize::from(stream == Stream::Err);
        for (index, c) in text.char_indices() {
            let step = self.sources[source].screen.write(c);
            if step == ScreenStep::Nothing {
                continue;
            }
            let number = match self.sources[source].open {
                Some(number) => number,
                None => {
                    // Masking and repairing change lengths, so the piece's end limits the position.
                    let offset = (from + index as u64).min(to);
                    let number = self.last() + 1;
                    self.sources[source].open = Some(number);
                    self.push(Line {
                        number,
                        offset,
                        at: Some(at),
                        stream,
                        body: Body::Text(Row::default()),
                    });
                    number
                }
            };
            if step == ScreenStep::End {
                self.end(source, number);
            }
        }
    }

    fn end(&mut self, source: usize, number: u64) {
        let row = self.sources[source].screen.take();
        self.sources[source].open = None;
        self.set(number, row);
        self.weight += self.get(number).map_or(0, Line::weight);
        self.make_room();
    }

    /// The missing part may have ended lines and changed colours: both streams start anew.
    fn gap(&mut self, from: u64, to: u64) {
        for source in 0..self.sources.len() {
            if let Some(number) = self.sources[source].open {
                self.end(source, number);
            }
            self.sources[source] = Source::default();
        }
        self.push(Line {
            number: self.last() + 1,
            offset: from,
            at: None,
            stream: Stream::Out,
            body: Body::Gap(to.saturating_sub(from)),
        });
        self.weight += LINE_BYTES;
    }

    fn push(&mut self, line: Line) {
        self.lines.push_back(line);
        self.make_room();
    }

    fn make_room(&mut self) {
        while self.lines.len() > MAX_LINES || (self.weight > MAX_BYTES && self.lines.len() > 1) {
            let Some(line) = self.lines.pop_front() else {
                return;
            };
            self.gone += 1;
            let under_way = self
                .sources
                .iter_mut()
                .find(|source| source.open == Some(line.number));
            match under_way {
                // What it becomes later is a line of its own.
                Some(source) => {
                    source.open = None;
                    source.screen.take();
                }
                None => self.weight -= line.weight(),
            }
        }
    }

    fn set(&mut self, number: u64, row: Row) {
        if let Some(line) = self.index(number).and_then(|at| self.lines.get_mut(at)) {
            line.body = Body::Text(row);
        }
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.gone + 1)?).ok()
    }
}

#[cfg(test)]
mod tests;
