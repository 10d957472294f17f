//! The blocks of the list: room for all lines from the start, filled around the reader's position first.

use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::{Element, HtmlPreElement};

use super::super::super::line::{block, block_of, block_start};
use super::LogView;

/// Milliseconds of drawing after which the rest waits for the next frame, so that the browser stays responsive.
const PER_FRAME: f64 = 12.0;
/// Blocks that are drawn while newer ones that may replace them are on their way.
const AHEAD: usize = 2;

/// A block in the list.
pub(super) struct Block {
    element: Element,
    /// Its first line that is not drawn yet.
    next: u64,
}

impl LogView {
    /// Removes lines that were dropped for newer ones: blocks without any remaining line.
    pub(super) fn make_room(&mut self, gone: u64) {
        while self.first <= gone {
            let all = block_start(block_of(self.first) + 1) - 1;
            let end = all.min(gone);
            if end == all || end >= self.last {
                if let Some(block) = self.blocks.pop_front() {
                    block.element.remove();
                }
            } else if let Some(block) = self.blocks.front_mut() {
                for _ in self.first..block.next.min(end + 1) {
                    if let Some(line) = block.element.first_element_child() {
                        line.remove();
                    }
                }
                block.next = block.next.max(end + 1);
            }
            self.first = end + 1;
        }
        self.last = self.last.max(gone);
    }

    /// Adds the blocks of all lines to the list, new ones empty.
    pub(super) fn lay(&mut self, list: &HtmlPreElement) {
        let mut start = match self.blocks.len() as u64 {
            0 => self.first,
            blocks => block_start(block_of(self.first) + blocks),
        };
        while start <= self.last {
            block(Vec::new()).build().mount(list, None);
            let Some(element) = list.last_element_child() else {
                return;
            };
            self.blocks.push_back(Block {
                element,
                next: start,
            });
            start = block_start(block_of(start) + 1);
        }
    }

    /// Fills blocks, those around the focus first, as long as there is time; returns whether more has to be filled in
    /// the next frame.
    pub(super) fn fill_blocks(&mut self, list: &HtmlPreElement, hold: bool) -> bool {
        let began = now();
        let mut filled = 0;
        while let Some(at) = self.nearest_open() {
            if hold && filled >= AHEAD {
                return false;
            }
            if filled > 0 && now() - began >= PER_FRAME {
                return true;
            }
            self.fill(list, at);
            filled += 1;
        }
        false
    }

    /// The block nearest to the focus that is not completely drawn.
    fn nearest_open(&self) -> Option<usize> {
        let focus = self.place(self.focus.min(self.last))?;
        (0..self.blocks.len())
            .filter(|at| self.blocks[*at].next <= self.end_of(*at))
            .min_by_key(|at| at.abs_diff(focus))
    }

    /// The block of a line, even if the line does not exist yet; lines before the first one belong to the first
    /// block. `None` without blocks.
    fn place(&self, number: u64) -> Option<usize> {
        if self.blocks.is_empty() {
            return None;
        }
        let block = block_of(number.max(self.first)) - block_of(self.first);
        usize::try_from(block)
            .ok()
            .filter(|at| *at < self.blocks.len())
    }

    /// The last line of a block.
    fn end_of(&self, at: usize) -> u64 {
        let next = block_start(block_of(self.first) + at as u64 + 1);
        self.last.min(next - 1)
    }

    /// Draws the missing lines of a block.
    fn fill(&mut self, list: &HtmlPreElement, at: usize) {
        let end = self.end_of(at);
        let Some(Block { element, next }) = self.blocks.get(at) else {
            return;
        };
        let (element, from) = (element.clone(), *next);
        if from > end {
            return;
        }
        // An empty block is filled outside the document, which then changes only once.
        let empty = element.child_element_count() == 0;
        let behind = element.next_sibling();
        if empty {
            element.remove();
        }
        for number in from..=end {
            if let Some(view) = self.draw(number) {
                view.build().mount(&element, None);
            }
        }
        if empty {
            // Both are in the list: this cannot fail.
            let _ = list.insert_before(&element, behind.as_ref());
        }
        if let Some(block) = self.blocks.get_mut(at) {
            block.next = end + 1;
        }
    }

    /// Draws the block of a line that is to be shown, if it is not drawn yet.
    pub(super) fn reveal(&mut self, number: u64) {
        self.focus = number;
        if let Some(list) = self.list.clone()
            && let Some(at) = self.place(number)
        {
            self.fill(&list, at);
        }
    }
}

/// The blocks in a list whose first line is `first`, and the number of the next line.
pub(super) fn drawn_in(list: &HtmlPreElement, first: u64) -> (VecDeque<Block>, u64) {
    let (mut blocks, mut next) = (VecDeque::new(), first);
    let mut block = list.first_element_child();
    while let Some(element) = block {
        block = element.next_element_sibling();
        next += u64::from(element.child_element_count());
        blocks.push_back(Block { element, next });
    }
    (blocks, next)
}

/// Milliseconds of a monotonic clock.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
