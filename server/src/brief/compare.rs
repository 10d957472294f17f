//! Where two outputs first differ.
//!
//! Not by a diff crate: `similar` and `imara-diff` need both texts in memory as a whole and find
//! the shortest edit, which for two unlike outputs of 8 MiB takes seconds or is given up by the clock.
//! Here both are read once, side by side; where two lines differ, a window of lines finds where they
//! go together again, so that a line more on one side does not make all lines behind it differ.

use std::thread::Scope;

use app::run::log::Stream;

use super::line::{Line, mean_the_same};
use super::reader::{Next, Reader};
use super::show::show;
use crate::output::Part;

/// Bytes of an output that are compared; what is kept by default is a little more than half of it.
pub const COMPARED_MAX: usize = 16 * 1024 * 1024;
/// Lines of each side in which it is looked for where the outputs go together again.
const WINDOW: usize = 64;
/// Lines of each side that are shown.
pub const SHOWN_LINES: usize = 3;
/// Parts of an output that are handed over at once: each time costs as much as comparing some lines.
const BATCH: usize = 8;
/// Batches that are unpacked before they are needed.
const AHEAD: usize = 2;
/// Bytes of a line in the window.
const HEAD: usize = 4 * 1024;

/// What became of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// Both wrote the same.
    Same,
    /// Neither wrote anything.
    Silent,
    /// The same, as far as both were kept.
    SameAsKept,
    /// Here they first differ.
    Differs {
        /// Of the first output.
        this: Side,
        /// Of the other one.
        other: Side,
    },
    /// Of one output not even the beginning is kept.
    NotKept {
        /// Whether it is the first one.
        this: bool,
    },
}

/// One side of a difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    /// The number of the line at which it is, also where no line of this side is part of it.
    pub at: u64,
    /// Its first lines, as number and text.
    pub lines: Vec<(u64, String)>,
}

/// Compares an output with another one. Each is asked for up to two times, once for each stream, and read on a thread of
/// its own: unpacking takes about as long as comparing.
pub fn compare<A, B>(this: impl Fn() -> A, other: impl Fn() -> B) -> Comparison
where
    A: Iterator<Item = Part> + Send,
    B: Iterator<Item = Part> + Send,
{
    let (mut partial, mut silent) = (false, true);
    let mut found: Vec<(Side, Side)> = Vec::new();
    for stream in [Stream::Out, Stream::Err] {
        let (difference, met_other) = std::thread::scope(|scope| {
            let mut pair = Pair {
                this: Reader::new(read_ahead(scope, this()), stream, COMPARED_MAX),
                other: Reader::new(read_ahead(scope, other()), stream, COMPARED_MAX),
            };
            let difference = pair.first_difference();
            (difference, pair.this.met_other || pair.other.met_other)
        });
        match difference {
            Found::Nothing { lines } => silent &= lines == 0,
            Found::Gap => partial = true,
            Found::NotKept { this } => return Comparison::NotKept { this },
            Found::Difference(this, other) => found.push((this, other)),
        }
        if found.is_empty() && !partial && !met_other {
            break;
        }
    }
    match first_of(found) {
        Some((this, other)) => Comparison::Differs { this, other },
        None if partial => Comparison::SameAsKept,
        None if silent => Comparison::Silent,
        None => Comparison::Same,
    }
}

/// The parts of an output, read by a thread that is at most [`AHEAD`] batches of them ahead, and ends when they are dropped.
fn read_ahead<'scope, I>(
    scope: &'scope Scope<'scope, '_>,
    mut parts: I,
) -> impl Iterator<Item = Part> + use<I>
where
    I: Iterator<Item = Part> + Send + 'scope,
{
    let (sender, receiver) = std::sync::mpsc::sync_channel(AHEAD);
    scope.spawn(move || {
        loop {
            let batch: Vec<Part> = parts.by_ref().take(BATCH).collect();
            // Where no one takes it, the comparison is over.
            if batch.is_empty() || sender.send(batch).is_err() {
                break;
            }
        }
    });
    receiver.into_iter().flatten()
}

/// Of the differences of both streams the one that is first in the first output. Where one stream
/// has lines more and the other one lines missing, both belong together: an error in place of a
/// result.
fn first_of(found: Vec<(Side, Side)>) -> Option<(Side, Side)> {
    let mut found = found.into_iter();
    let (mut first, second) = (found.next()?, found.next());
    if let Some(mut second) = second {
        if second.0.at < first.0.at {
            std::mem::swap(&mut first, &mut second);
        }
        if first.1.lines.is_empty() && second.0.lines.is_empty() {
            first.1 = second.1;
        } else if first.0.lines.is_empty() && second.1.lines.is_empty() {
            first.0 = second.0;
        }
    }
    Some(first)
}

enum Found {
    Nothing { lines: u64 },
    Gap,
    NotKept { this: bool },
    Difference(Side, Side),
}

struct Pair<A, B> {
    this: Reader<A>,
    other: Reader<B>,
}

impl<A: Iterator<Item = Part>, B: Iterator<Item = Part>> Pair<A, B> {
    fn first_difference(&mut self) -> Found {
        let (mut this, mut other) = (Line::default(), Line::default());
        let mut rooms = [Vec::new(), Vec::new()];
        let mut lines = 0;
        loop {
            lines += self.skip_alike(&mut rooms);
            match (self.this.next(&mut this), self.other.next(&mut other)) {
                (Next::End, Next::End) => return Found::Nothing { lines },
                (Next::Gap, _) if self.this.next_number() == 1 => {
                    return Found::NotKept { this: true };
                }
                (_, Next::Gap) if self.other.next_number() == 1 => {
                    return Found::NotKept { this: false };
                }
                (Next::Gap, _) | (_, Next::Gap) => return Found::Gap,
                (Next::Line, Next::Line) if this.is_like(&other, &mut rooms) => lines += 1,
                (this_next, other_next) => {
                    let this = Window::read(&mut self.this, &mut this, this_next);
                    let other = Window::read(&mut self.other, &mut other, other_next);
                    return difference(this, other);
                }
            }
        }
    }
}

impl<A: Iterator<Item = Part>, B: Iterator<Item = Part>> Pair<A, B> {
    /// Goes past lines that mean the same, as long as both sides have them at hand, and returns how many they were.
    fn skip_alike(&mut self, rooms: &mut [Vec<u8>; 2]) -> u64 {
        let mut lines = 0;
        while let (Some(line), Some(other)) = (self.this.whole_line(), self.other.whole_line()) {
            let lengths = (line.len(), other.len());
            if !mean_the_same(line, other, rooms) {
                break;
            }
            self.this.skip(lengths.0);
            self.other.skip(lengths.1);
            lines += 1;
        }
        lines
    }
}

/// Lines from the first one that differs on.
struct Window {
    /// The number of the first line, or of the one that would be it.
    at: u64,
    /// Each with its meaning.
    lines: Vec<(Seen, u64)>,
    /// Whether the last one is the output's last.
    to_end: bool,
}

/// A line, as far as it may be shown.
pub(super) struct Seen {
    pub(super) number: u64,
    pub(super) head: Vec<u8>,
}

impl Window {
    fn read<I: Iterator<Item = Part>>(
        reader: &mut Reader<I>,
        line: &mut Line,
        mut next: Next,
    ) -> Self {
        let at = if next == Next::Line {
            line.number
        } else {
            reader.next_number()
        };
        let (mut lines, mut room) = (Vec::new(), Vec::new());
        while next == Next::Line {
            let head = line.head();
            let seen = Seen {
                number: line.number,
                head: head[..head.len().min(HEAD)].to_vec(),
            };
            lines.push((seen, line.sum(&mut room)));
            if lines.len() == WINDOW {
                break;
            }
            next = reader.next(line);
        }
        Self {
            at,
            lines,
            to_end: next == Next::End,
        }
    }

    fn sum(&self, at: usize) -> Option<u64> {
        self.lines.get(at).map(|(_, sum)| *sum)
    }

    fn side(self, length: usize) -> (u64, Vec<Seen>) {
        let lines = self.lines.into_iter().take(length.min(SHOWN_LINES));
        (self.at, lines.map(|(seen, _)| seen).collect())
    }
}

/// The lines of both sides up to where they go together again; all, where they do not.
fn difference(this: Window, other: Window) -> Found {
    let (mut of_this, mut of_other) = (this.lines.len(), other.lines.len());
    'found: for skipped in 1..=this.lines.len() + other.lines.len() {
        for skip in skipped.saturating_sub(other.lines.len())..=skipped.min(this.lines.len()) {
            let skip_other = skipped - skip;
            if go_together(&this, skip, &other, skip_other) {
                (of_this, of_other) = (skip, skip_other);
                break 'found;
            }
        }
    }
    let ((at, this), (other_at, other)) = (this.side(of_this), other.side(of_other));
    let (this, other) = show(&this, &other);
    Found::Difference(
        Side { at, lines: this },
        Side {
            at: other_at,
            lines: other,
        },
    )
}

/// Whether two lines of both sides follow each other alike, or both outputs end here.
fn go_together(this: &Window, at: usize, other: &Window, other_at: usize) -> bool {
    let same = |ahead: usize| match (this.sum(at + ahead), other.sum(other_at + ahead)) {
        (Some(sum), Some(other)) => sum == other,
        (None, None) => this.to_end && other.to_end,
        // Behind one window nothing is known.
        (None, Some(_)) => !this.to_end,
        (Some(_), None) => !other.to_end,
    };
    let known = this.sum(at).is_some() && other.sum(other_at).is_some();
    let ends = this.sum(at).is_none() && other.sum(other_at).is_none();
    (known || ends) && same(0) && (ends || same(1))
}
