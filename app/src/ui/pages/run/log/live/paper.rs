//! The lines on the page. New ones are added at the end, old ones removed at the top, and a line is redrawn only when
//! it has changed: the rest of the page is not affected.
//!
//! All blocks are in the list from the start, empty ones with their approximate height; the reader's position decides
//! which are filled first.

mod blocks;
mod find;

use std::collections::VecDeque;

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::{Element, HtmlPreElement};

use super::super::line::{Marks, TimeReference, line};
use crate::run::log::Lines;
use blocks::{Block, drawn_in};

/// Distance from the end that counts as being at the end, in pixels.
const NEAR: i32 = 24;

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
    /// The block that is laid out because the list was scrolled to one of its lines.
    shown: Option<Element>,
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

    fn bring(&mut self, number: u64) {
        if let Some(element) = self.element(number) {
            self.show_block_of(&element);
            element.scroll_into_view();
        }
        // So that this does not count as scrolling by the reader.
        self.top = self.list.as_ref().map_or(0, |list| list.scroll_top());
    }

    /// The same within the list: a page that has just opened keeps its top in view.
    fn bring_in_list(&mut self, number: u64) {
        if let Some(list) = self.list.clone()
            && let Some(element) = self.element(number)
        {
            self.show_block_of(&element);
            let below =
                element.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
            // Two lines of context before it.
            let lead = 2.0 * element.get_bounding_client_rect().height();
            list.set_scroll_top(list.scroll_top().saturating_add((below - lead) as i32));
            self.top = list.scroll_top();
        }
    }

    /// Lays out the block of a line, also while it is out of sight: the line's place depends on its real height.
    fn show_block_of(&mut self, line: &Element) {
        if let Some(before) = self.shown.take() {
            before.set_class_name("block");
        }
        if let Some(block) = line.parent_element() {
            block.set_class_name("block is-shown");
            self.shown = Some(block);
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
