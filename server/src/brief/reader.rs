//! The lines of one stream of a log, numbered as the run's page numbers the lines of both.
//!
//! The two pipes of a command have no order between them, so a stream is compared with the same
//! stream of another run. Numbers count both, as `app::run::log::Lines` does: a line has its number
//! from its first character, and each stream has its own line under way.

use app::run::log::Stream;
use memchr::{memchr, memchr_iter};

use super::line::{Line, RAW_MAX};
use crate::output::Part;

/// What comes next of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// A line.
    Line,
    /// What follows was not kept; of both streams nothing more is read.
    Gap,
    /// Nothing.
    End,
}

/// Reads the lines of a stream.
#[derive(Debug)]
pub(super) struct Reader<I> {
    parts: I,
    wanted: Stream,
    /// The part under way, and how much of it was read.
    part: Vec<u8>,
    at: usize,
    /// Lines so far, of both streams.
    lines: u64,
    /// Whether the line under way of the wanted stream, and of the other one, has its number.
    open: [bool; 2],
    /// Bytes that may still be read.
    left: usize,
    /// Whether something of the other stream was met.
    pub(super) met_other: bool,
    over: Option<Next>,
}

impl<I: Iterator<Item = Part>> Reader<I> {
    /// Reads at most `limit` bytes of both streams together.
    pub(super) fn new(parts: I, wanted: Stream, limit: usize) -> Self {
        Self {
            parts,
            wanted,
            part: Vec::new(),
            at: 0,
            lines: 0,
            open: [false; 2],
            left: limit,
            met_other: false,
            over: None,
        }
    }

    /// The number that the next line would have.
    pub(super) fn next_number(&self) -> u64 {
        self.lines + 1
    }

    /// The next line where all of it is at hand and no long one: it is read without a copy.
    pub(super) fn whole_line(&self) -> Option<&[u8]> {
        let rest = self.part.get(self.at..).filter(|_| !self.open[0])?;
        let line = &rest[..memchr(b'\n', rest)?];
        (line.len() <= RAW_MAX).then_some(line)
    }

    /// Goes past such a line.
    pub(super) fn skip(&mut self, length: usize) {
        self.at += length + 1;
        self.lines += 1;
    }

    /// Reads the next line.
    pub(super) fn next(&mut self, line: &mut Line) -> Next {
        line.clear(0);
        loop {
            let rest = &self.part[self.at..];
            if rest.is_empty() {
                if let Some(over) = self.over {
                    return over;
                }
                if let Some(over) = self.read_part() {
                    self.over = Some(over);
                    // The last line need not have an end.
                    if std::mem::take(&mut self.open[0]) {
                        return Next::Line;
                    }
                    return over;
                }
                continue;
            }
            if !self.open[0] {
                self.open[0] = true;
                self.lines += 1;
                line.number = self.lines;
            }
            let end = memchr(b'\n', rest);
            line.push(&rest[..end.unwrap_or(rest.len())]);
            match end {
                Some(end) => {
                    self.at += end + 1;
                    self.open[0] = false;
                    return Next::Line;
                }
                None => self.at = self.part.len(),
            }
        }
    }

    /// Reads on to the next part of the wanted stream; how it is over, where there is none.
    fn read_part(&mut self) -> Option<Next> {
        loop {
            match self.parts.next() {
                None => return Some(Next::End),
                Some(Part::Gap) => return Some(Next::Gap),
                Some(Part::Text { stream, bytes }) => {
                    let Some(left) = self.left.checked_sub(bytes.len()) else {
                        return Some(Next::Gap);
                    };
                    self.left = left;
                    if stream == self.wanted {
                        (self.part, self.at) = (bytes, 0);
                        return None;
                    }
                    self.met_other = true;
                    self.count_other(&bytes);
                }
            }
        }
    }

    fn count_other(&mut self, bytes: &[u8]) {
        let ends = memchr_iter(b'\n', bytes).count() as u64;
        let goes_on = bytes.last().is_some_and(|last| *last != b'\n');
        let begun = if self.open[1] { ends.min(1) } else { 0 };
        let continued = self.open[1] && ends == 0;
        self.lines += ends - begun + u64::from(goes_on && !continued);
        self.open[1] = continued || goes_on;
    }
}
