//! Finding lines: matches of the reader's words, the line in the page's address, the first line of stderr.

use super::LogView;
use crate::run::log::{Line, Stream, matches};

impl LogView {
    /// Requests that a line be shown; returns whether it exists.
    pub(in super::super) fn want(&mut self, number: Option<u64>) -> bool {
        let before = std::mem::replace(&mut self.linked, number);
        self.redraw(before);
        self.wanted = number.is_some();
        self.wanted
    }

    /// Requests that the first line of stderr be shown, as soon as it arrives.
    pub(in super::super) fn want_fault(&mut self) {
        self.fault = Some(0);
    }

    /// Moves to another match; returns its number and the total.
    pub(in super::super) fn step(&mut self, forward: bool) -> Option<(usize, usize)> {
        let next = match (self.current, forward) {
            (Some(now), true) => self.hits.iter().find(|number| **number > now),
            (Some(now), false) => self.hits.iter().rev().find(|number| **number < now),
            (None, _) => None,
        };
        let ends = if forward {
            self.hits.first()
        } else {
            self.hits.last()
        };
        let next = *next.or(ends)?;
        self.reveal(next);
        let before = self.current.replace(next);
        self.redraw(before);
        self.redraw(Some(next));
        self.bring(next);
        Some(self.found())
    }

    pub(super) fn found(&self) -> (usize, usize) {
        let at = self
            .current
            .and_then(|number| self.hits.binary_search(&number).ok());
        (at.map_or(0, |at| at + 1), self.hits.len())
    }

    /// Searches for other words.
    pub(super) fn find(&mut self, words: &str) {
        words.clone_into(&mut self.words);
        self.current = None;
        let hit = |line: &&Line| {
            line.row()
                .is_some_and(|row| !matches(row, words).is_empty())
        };
        let hits = self.lines.iter().filter(hit).map(|line| line.number);
        let before = std::mem::replace(&mut self.hits, hits.collect());
        for number in before {
            if self.hits.binary_search(&number).is_err() {
                self.redraw(Some(number));
            }
        }
        for at in 0..self.hits.len() {
            self.redraw(Some(self.hits[at]));
        }
    }

    /// Shows the line in the page's address, once.
    pub(super) fn show_linked(&mut self, over: bool) -> Option<Option<u64>> {
        let number = self.linked.filter(|_| self.wanted)?;
        let here = (self.first..=self.last).contains(&number);
        if here {
            self.redraw(Some(number));
            self.bring(number);
        } else if number >= self.first && !(over && number > self.lines.last()) {
            return None;
        }
        self.wanted = false;
        Some(Some(number).filter(|_| !here))
    }

    /// The first line of stderr, if requested and available.
    pub(super) fn find_fault(&mut self) -> Option<u64> {
        let from = self.first.max(self.fault? + 1);
        let mut laid = (from..=self.last).filter_map(|number| self.lines.get(number));
        let found = laid
            .find(|line| line.stream == Stream::Err)
            .map(|line| line.number);
        if found.is_none() {
            self.fault = Some(self.last);
        }
        found
    }
}
