//! Reports the result of a control in a corner, without moving anything on the page.

use leptos::prelude::*;

use super::super::icon::{self, icon};
use super::Controls;
use crate::done::Done;
use crate::routes;
use crate::texts::phrases;
use crate::ui::base::rooted;
use crate::ui::context::{health_ui, lang};

impl Controls {
    /// Records the results of the controls. Only in the browser: without JavaScript the document that follows a
    /// control knows its result.
    pub(super) fn keep_word(self) {
        note(self.done, self.control.version(), move || {
            self.control.get()?.ok()
        });
        note(self.done, self.run.version(), move || {
            self.run.get()?.ok().map(Done::Started)
        });
        note(self.done, self.stop.version(), move || {
            self.stop.done().then_some(Done::Stopped)
        });
        // The next page must not show it.
        on_cleanup(move || {
            self.done.try_set(None);
        });
    }
}

/// Takes each result of an action; a failure replaces it, too.
fn note(
    done: RwSignal<Option<Done>>,
    version: RwSignal<usize>,
    outcome: impl Fn() -> Option<Done> + 'static,
) {
    Effect::new(move |before: Option<usize>| {
        let (now, outcome) = (version.get(), outcome());
        if before.is_some_and(|before| before != now) {
            done.set(outcome);
        }
        now
    });
}

/// The place of these reports.
pub(super) fn toasts(done: RwSignal<Option<Done>>) -> AnyView {
    view! { <div class="toasts" role="status">{move || done.get().map(toast)}</div> }.into_any()
}

fn toast(done: Done) -> AnyView {
    let text = health_ui();
    let (words, run) = match done {
        Done::Paused => (text.did_pause, None),
        Done::Closed => (text.did_close, None),
        Done::Restored => (text.did_restore, None),
        Done::Reopened => (text.did_reopen, None),
        Done::Urged => (text.did_urge, None),
        Done::Unurged => (text.did_unurge, None),
        Done::Stopped => (text.did_stop, None),
        Done::Saved => (text.did_save, None),
        Done::Created => (text.did_create, None),
        Done::Deleted => (text.did_delete, None),
        Done::Answered => (text.did_answer, None),
        Done::Started(run) => (text.run_started, Some(run)),
    };
    let link = run.map(|run| {
        let title = phrases::run_title(lang(), run.0);
        view! { " " <a href=rooted(routes::run(run))>{title}</a> }
    });
    view! { <p class="notice is-ok toast">{icon(icon::CHECK)} <span>{words} {link}</span></p> }
        .into_any()
}
