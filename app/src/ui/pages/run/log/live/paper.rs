//! The lines on the page. New ones are added at the end, old ones removed at the top, and a line is redrawn only when
//! it has changed: the rest of the page is not affected.
//!
//! All blocks are in the list from the start, empty ones with their approximate height; the reader's position decides
//! which are filled first.

use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::{Element, HtmlPreElement};

use super::super::line::{Marks, TimeReference, block, block_of, block_start, line};
use crate::run::log::{Line, Lines, Stream, matches};

/// Milliseconds of drawing after which the rest waits for the next frame, so that the browser stays responsive.
const PER_FRAME: f64 = 12.0;
/// Blocks that are drawn while newer ones that may replace them are on their way.
const AHEAD: usize = 2;
/// Distance from the end that counts as being at the end, in pixels.
const NEAR: i32 = 24;

/// A block in the list.
struct Block {
    element: Element,
    /// Its first line that is not drawn yet.
    next: u64,
}

/// Lines and where they are drawn. The list has the blocks of the lines `first..=last`.
#[derive(Default)]
pub(super) struct LogView {
    pub(super) lines: Lines,
    face: Option<TimeReference>,
    list: Option<HtmlPreElement>,
    first: u64,
    last: u64,
    blocks: VecDeque<Block>,
    /// The line at the reader's position, as far as known: drawing starts around it.
    focus: u64,
    /// Lines that were unfinished when they were drawn.
    open: [Option<u64>; 2],
    /// The words that are highlighted, the lines that have them, and the current match.
    words: String,
    hits: Vec<u64>,
    current: Option<u64>,
    /// The line in the page's address, and whether it has yet to be shown.
    linked: Option<u64>,
    wanted: bool,
    /// How far the first line of stderr was searched; `None` if it is not needed.
    fault: Option<u64>,
    /// How far the list was scrolled.
    top: i32,
}

/// Results of drawing.
#[derive(Default)]
pub(super) struct DrawResult {
    pub(super) last: u64,
    pub(super) gone: u64,
    pub(super) added: u64,
    pub(super) found: (usize, usize),
    /// The line of the page's address, if it was looked up: missing or not.
    pub(super) missing: Option<Option<u64>>,
    /// Whether the first line of stderr was scrolled into view.
    pub(super) fault: bool,
    /// Whether more has to be drawn.
    pub(super) more: bool,
}

impl LogView {
    pub(super) fn face(&self) -> Option<&TimeReference> {
        self.face.as_ref()
    }

    /// The same list for another log.
    pub(super) fn blank(self, face: TimeReference) -> Self {
        if let Some(list) = &self.list {
            list.set_text_content(None);
        }
        Self {
            face: Some(face),
            list: self.list,
            first: 1,
            ..Self::default()
        }
    }

    /// Draws into `list` from now on, keeping what the server drew into it.
    pub(super) fn lay_on(&mut self, list: Option<HtmlPreElement>) {
        if self.list == list {
            return;
        }
        let (first, last) = (self.lines.gone() + 1, self.lines.last());
        let drawn = list.as_ref().map(|list| drawn_in(list, first));
        let (blocks, next) = drawn.unwrap_or_else(|| (VecDeque::new(), first));
        if self.list.is_none() && self.last == 0 && next == last + 1 {
            (self.first, self.last) = (first, last);
            self.blocks = blocks;
            self.open = self.lines.open();
        } else {
            self.blocks.clear();
            if let Some(list) = &list {
                list.set_text_content(None);
            }
            (self.first, self.last) = (first, first - 1);
        }
        self.list = list;
    }

    /// Requests that a line be shown; returns whether it exists.
    pub(super) fn want(&mut self, number: Option<u64>) -> bool {
        let before = std::mem::replace(&mut self.linked, number);
        self.redraw(before);
        self.wanted = number.is_some();
        self.wanted
    }

    /// Requests that the first line of stderr be shown, as soon as it arrives.
    pub(super) fn want_fault(&mut self) {
        self.fault = Some(0);
    }

    /// Updates the page. With `hold`, blocks outside the view wait: more lines are on their way, and may replace
    /// them.
    pub(super) fn paint(
        &mut self,
        words: &str,
        follow: bool,
        over: bool,
        hold: bool,
    ) -> DrawResult {
        let Some(list) = self.list.clone() else {
            return DrawResult::default();
        };
        let gone = self.lines.gone();
        self.make_room(gone);
        let hits_gone = self.hits.partition_point(|number| *number <= gone);
        self.hits.drain(..hits_gone);
        for number in self.open {
            self.redraw(number);
        }
        if self.words != words {
            self.find(words);
        }
        let before = self.last;
        self.last = self.lines.last().max(before);
        self.lay(&list);
        self.open = self.lines.open();
        let fault = self.find_fault();
        let linked = self.linked.filter(|_| self.wanted);
        if let Some(number) = linked.or(fault).or(follow.then_some(self.last)) {
            self.focus = number;
        }
        let more = self.fill_blocks(&list, hold);
        let missing = self.show_linked(over);
        if let Some(number) = fault {
            self.fault = None;
            self.bring_in_list(number);
        }
        let fault = fault.is_some();
        if follow && !fault {
            list.set_scroll_top(list.scroll_height());
            self.top = list.scroll_top();
        }
        DrawResult {
            last: self.lines.last(),
            gone,
            added: self.last - before,
            found: self.found(),
            missing,
            fault,
            more,
        }
    }

    /// Moves to another match; returns its number and the total.
    pub(super) fn step(&mut self, forward: bool) -> Option<(usize, usize)> {
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

    /// The effect of scrolling on following: `None` if there is none.
    pub(super) fn scrolled(&mut self) -> Option<bool> {
        let list = self.list.as_ref()?;
        let top = list.scroll_top();
        let before = std::mem::replace(&mut self.top, top);
        let near = list.scroll_height() - top - list.client_height() < NEAR;
        match top.cmp(&before) {
            // Lines removed at the top also move the list, but not its end.
            std::cmp::Ordering::Less if !near => Some(false),
            std::cmp::Ordering::Greater if near => Some(true),
            _ => None,
        }
    }

    fn found(&self) -> (usize, usize) {
        let at = self
            .current
            .and_then(|number| self.hits.binary_search(&number).ok());
        (at.map_or(0, |at| at + 1), self.hits.len())
    }

    /// Searches for other words.
    fn find(&mut self, words: &str) {
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
    fn show_linked(&mut self, over: bool) -> Option<Option<u64>> {
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
    fn find_fault(&mut self) -> Option<u64> {
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

    /// Removes lines that were dropped for newer ones: blocks without any remaining line.
    fn make_room(&mut self, gone: u64) {
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
    fn lay(&mut self, list: &HtmlPreElement) {
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
    fn fill_blocks(&mut self, list: &HtmlPreElement, hold: bool) -> bool {
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
    fn reveal(&mut self, number: u64) {
        self.focus = number;
        if let Some(list) = self.list.clone()
            && let Some(at) = self.place(number)
        {
            self.fill(&list, at);
        }
    }

    fn bring(&mut self, number: u64) {
        if let Some(element) = self.element(number) {
            element.scroll_into_view();
        }
        // So that this does not count as scrolling by the reader.
        self.top = self.list.as_ref().map_or(0, |list| list.scroll_top());
    }

    /// The same within the list: a page that has just opened keeps its top in view.
    fn bring_in_list(&mut self, number: u64) {
        if let Some(list) = &self.list
            && let Some(element) = self.element(number)
        {
            let below =
                element.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
            // Two lines of context before it.
            let lead = 2.0 * element.get_bounding_client_rect().height();
            list.set_scroll_top(list.scroll_top().saturating_add((below - lead) as i32));
            self.top = list.scroll_top();
        }
    }

    fn element(&self, number: u64) -> Option<Element> {
        (self.first..=self.last)
            .contains(&number)
            .then(|| document().get_element_by_id(&format!("L{number}")))?
    }

    fn redraw(&mut self, number: Option<u64>) {
        if let Some(number) = number
            && let Some(old) = self.element(number)
            && let Some(block) = old.parent_element()
            && let Some(view) = self.draw(number)
        {
            view.build().mount(&block, Some(old.as_ref()));
            old.remove();
        }
    }

    /// A line in its current form.
    fn draw(&mut self, number: u64) -> Option<AnyView> {
        let marks = Marks {
            words: &self.words,
            current: self.current == Some(number),
            linked: self.linked == Some(number),
        };
        let (view, hit) = line(self.lines.get(number)?, self.face.as_ref()?, marks);
        match (self.hits.binary_search(&number), hit) {
            (Err(at), true) => self.hits.insert(at, number),
            (Ok(at), false) => {
                self.hits.remove(at);
            }
            _ => {}
        }
        Some(view)
    }
}

/// The blocks in a list whose first line is `first`, and the number of the next line.
fn drawn_in(list: &HtmlPreElement, first: u64) -> (VecDeque<Block>, u64) {
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
