//! The log without a browser: its first part, drawn once.

use leptos::prelude::*;

use super::Log;
use super::line::{Marks, TimeReference, block, block_of, line};
use crate::id::RunId;
use crate::page::RunPage;
use crate::run::log::Lines;
use crate::ui::context::lang;

/// A log without live updates.
#[derive(Clone, Copy)]
pub(super) struct LiveLog;

impl LiveLog {
    pub(super) const fn new() -> Self {
        Self
    }

    pub(super) const fn has(self, _: RunId) -> bool {
        false
    }

    pub(super) fn keep(self, _: Log, _: impl Fn() -> Option<RunPage> + 'static) {}

    pub(super) fn step(self, _: Log, _: bool) {}
}

/// The lines.
pub(super) fn lines(page: &RunPage) -> AnyView {
    let face = TimeReference {
        zone: page.clock.zone.clone(),
        start: page.run.started_at,
        lang: lang(),
    };
    let mut lines = Lines::default();
    if let Some(log) = &page.log {
        lines.feed(&log.items);
    }
    let all: Vec<_> = lines.iter().collect();
    let blocks = all
        .chunk_by(|one, next| block_of(one.number) == block_of(next.number))
        .map(|lines| {
            let lines = lines.iter().map(|one| line(one, &face, Marks::default()).0);
            block(lines.collect())
        });
    blocks.collect::<Vec<_>>().into_any()
}
