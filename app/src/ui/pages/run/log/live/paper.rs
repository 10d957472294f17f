//! The lines on the page. New ones are added at the end, old ones removed at the top, and a line
//! is drawn again only when it has changed: the rest of the page never notices.

use leptos::prelude::*;
use leptos::tachys::view::Mountable;
use web_sys::{Element, HtmlPreElement};

use super::super::line::{Face, Marks, block, block_of, line};
use crate::run::log::{Line, Lines, Stream, matches};

/// Lines that are drawn at once; the rest waits for the next frame, so that the browser can answer
/// its reader in between.
const PER_FRAME: u64 = 250;
/// So near to the end counts as at the end, in pixels.
const NEAR: i32 = 24;

/// Lines and where they are drawn. In the list are the lines `first..=last`.
#[derive(Default)]
pub(super) struct Paper {
    pub(super) lines: Lines,
    face: Option<Face>,
    list: Option<HtmlPreElement>,
    first: u64,
    last: u64,
    /// Lines that were under way when they were drawn.
    open: [Option<u64>; 2],
    /// The words that the lines are drawn with, the lines that have them, and where the reader is.
    words: String,
    hits: Vec<u64>,
    current: Option<u64>,
    /// The line that the page's address names, and whether it has yet to be shown.
    linked: Option<u64>,
    wanted: bool,
    /// Up to where the first line of stderr was looked for; `None` where nobody wants it.
    fault: Option<u64>,
    /// How far the list was scrolled.
    top: i32,
}

/// What drawing brought.
#[derive(Default)]
pub(super) struct News {
    pub(super) last: u64,
    pub(super) gone: u64,
    pub(super) added: u64,
    pub(super) found: (usize, usize),
    /// The line of the page's address, where it was looked for: missing or not.
    pub(super) missing: Option<Option<u64>>,
    /// Whether the first line of stderr has been brought into sight.
    pub(super) fault: bool,
    /// Whether more is to be drawn.
    pub(super) more: bool,
}

impl Paper {
    pub(super) fn face(&self) -> Option<&Face> {
        self.face.as_ref()
    }

    /// The same list for another log.
    pub(super) fn blank(self, face: Face) -> Self {
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

    /// Draws into `list` from now on. What the server drew into it is taken over.
    pub(super) fn lay_on(&mut self, list: Option<HtmlPreElement>) {
        if self.list == list {
            return;
        }
        let drawn = list.as_ref().map_or(0, drawn_in);
        let (first, last) = (self.lines.gone() + 1, self.lines.last());
        if self.list.is_none() && self.last == 0 && drawn == last + 1 - first {
            (self.first, self.last) = (first, last);
            self.open = self.lines.open();
        } else {
            if let Some(list) = &list {
                list.set_text_content(None);
            }
            (self.first, self.last) = (first, first - 1);
        }
        self.list = list;
    }

    /// Wants a line to be shown; gives whether there is one.
    pub(super) fn want(&mut self, number: Option<u64>) -> bool {
        let before = std::mem::replace(&mut self.linked, number);
        self.redraw(before);
        self.wanted = number.is_some();
        self.wanted
    }

    /// Wants the first line of stderr to be shown, as soon as it is here.
    pub(super) fn want_fault(&mut self) {
        self.fault = Some(0);
    }

    /// Brings the page up to date.
    pub(super) fn paint(&mut self, words: &str, follow: bool, over: bool) -> News {
        let Some(list) = self.list.clone() else {
            return News::default();
        };
        let gone = self.lines.gone();
        self.make_room(&list, gone);
        let hits_gone = self.hits.partition_point(|number| *number <= gone);
        self.hits.drain(..hits_gone);
        for number in self.open {
            self.redraw(number);
        }
        if self.words != words {
            self.find(words);
        }
        let before = self.last;
        let end = self.lines.last().min(before + PER_FRAME);
        for number in before + 1..=end {
            if block_of(number) != block_of(number.max(2) - 1) || list.child_element_count() == 0 {
                block(Vec::new()).build().mount(&list, None);
            }
            if let Some(view) = self.draw(number)
                && let Some(block) = list.last_element_child()
            {
                view.build().mount(&block, None);
            }
        }
        self.last = end;
        self.open = self.lines.open();
        let missing = self.show_linked(over);
        let fault = self.show_fault();
        if follow && !fault {
            list.set_scroll_top(list.scroll_height());
            self.top = list.scroll_top();
        }
        News {
            last: self.lines.last(),
            gone,
            added: end - before,
            found: self.found(),
            missing,
            fault,
            more: end < self.lines.last(),
        }
    }

    /// Goes to another match; gives which one of how many it is.
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
        let before = self.current.replace(next);
        self.redraw(before);
        self.redraw(Some(next));
        self.bring(next);
        Some(self.found())
    }

    /// What scrolling says about following: `None` when nothing.
    pub(super) fn scrolled(&mut self) -> Option<bool> {
        let list = self.list.as_ref()?;
        let top = list.scroll_top();
        let before = std::mem::replace(&mut self.top, top);
        let near = list.scroll_height() - top - list.client_height() < NEAR;
        match top.cmp(&before) {
            // Lines that go at the top move the list, too, but leave its end where it is.
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

    /// Looks for other words.
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

    /// Shows the line that the page's address names, once.
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

    /// Shows the first line of stderr, once, where it is wanted.
    fn show_fault(&mut self) -> bool {
        let Some(looked) = self.fault else {
            return false;
        };
        let from = self.first.max(looked + 1);
        let mut drawn = (from..=self.last).filter_map(|number| self.lines.get(number));
        let Some(number) = drawn
            .find(|line| line.stream == Stream::Err)
            .map(|line| line.number)
        else {
            self.fault = Some(self.last);
            return false;
        };
        self.fault = None;
        self.bring_in_list(number);
        true
    }

    /// Removes lines that made room for newer ones: blocks of which none is left as a whole.
    fn make_room(&mut self, list: &HtmlPreElement, gone: u64) {
        while self.first <= gone {
            let end = (self.first..=gone)
                .take_while(|number| block_of(*number) == block_of(self.first))
                .last()
                .unwrap_or(self.first);
            let whole = block_of(end + 1) != block_of(end) || end >= self.last;
            if self.first <= self.last
                && let Some(block) = list.first_element_child()
            {
                if whole {
                    block.remove();
                } else {
                    for _ in self.first..=end {
                        if let Some(line) = block.first_element_child() {
                            line.remove();
                        }
                    }
                }
            }
            self.first = end + 1;
        }
        self.last = self.last.max(gone);
    }

    fn bring(&mut self, number: u64) {
        if let Some(element) = self.element(number) {
            element.scroll_into_view();
        }
        // So that this is not taken for the reader's scrolling.
        self.top = self.list.as_ref().map_or(0, |list| list.scroll_top());
    }

    /// The same within the list: a page that has just opened keeps its head in sight.
    fn bring_in_list(&mut self, number: u64) {
        if let Some(list) = &self.list
            && let Some(element) = self.element(number)
        {
            let below =
                element.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
            // Two lines of what came before are worth reading, too.
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

    /// A line as it is to be seen now.
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

/// How many lines stand in a list.
fn drawn_in(list: &HtmlPreElement) -> u64 {
    let mut lines = 0;
    let mut block = list.first_element_child();
    while let Some(one) = block {
        lines += u64::from(one.child_element_count());
        block = one.next_element_sibling();
    }
    lines
}
