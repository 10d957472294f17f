//! Buttons that act at once: small forms over server functions, which also work without JavaScript.

mod pause;
mod start;
mod toast;

use leptos::prelude::*;

use super::icon::{self, icon};
use crate::done::Done;
use crate::id::{RunId, TaskId};
use crate::server_fns::{ControlTask, DeleteTask, RunTask, StopRun};
use crate::task::{Task, TaskState};
use crate::ui::act::{Act, ActForm};
use crate::ui::context::{said, ui};
use crate::ui::load::notice;

/// The controls of tasks and runs on a page.
#[derive(Clone, Copy)]
pub(crate) struct Controls {
    control: Act<ControlTask>,
    run: Act<RunTask>,
    stop: Act<StopRun>,
    delete: Act<DeleteTask>,
    /// The last action.
    done: RwSignal<Option<Done>>,
}

impl Controls {
    /// For one page.
    pub(crate) fn new() -> Self {
        let controls = Self {
            control: Act::new(),
            run: Act::new(),
            stop: Act::new(),
            delete: Act::new(),
            done: said(),
        };
        controls.keep_word();
        controls
    }

    /// Changes with every control that was used; pages then fetch again. Of deletions only those that were refused
    /// count.
    pub(crate) fn version(self) -> usize {
        let refused = self.delete.error().is_some();
        let delete = if refused {
            self.delete.version().get()
        } else {
            0
        };
        self.control.version().get() + self.run.version().get() + self.stop.version().get() + delete
    }

    /// Whether the task is being or has been deleted: its page has nothing left to request, even if the notice of the
    /// deletion arrives before the answer.
    pub(crate) fn leaving(self) -> bool {
        self.delete.pending().get() || self.delete.done()
    }

    /// Failures of the controls, and their results.
    pub(crate) fn outcome(self) -> AnyView {
        let error = Signal::derive(move || {
            let error = self.control.error().or_else(|| self.run.error());
            error
                .or_else(|| self.stop.error())
                .or_else(|| self.delete.error())
        });
        view! {
            {notice(error)}
            {toast::toasts(self.done)}
        }
        .into_any()
    }

    /// 立即执行.
    fn run_button(self, id: TaskId, class: &'static str, label: String) -> AnyView {
        let pending = self.run.pending();
        view! {
            <ActForm action=self.run>
                <input type="hidden" name="id" value=id.0/>
                {button(class, icon::PLAY, ui().run_now, label, pending)}
            </ActForm>
        }
        .into_any()
    }

    /// 停止.
    pub(crate) fn stop_button(self, id: RunId) -> AnyView {
        self.stop_by(id, ui().stop)
    }

    /// Stops an active run, or cancels a waiting one; `word` is the label.
    pub(crate) fn stop_by(self, id: RunId, word: &'static str) -> AnyView {
        let pending = self.stop.pending();
        view! {
            <ActForm action=self.stop>
                <input type="hidden" name="id" value=id.0/>
                {button("button danger", icon::STOP, word, word.to_owned(), pending)}
            </ActForm>
        }
        .into_any()
    }

    /// A control without further input.
    pub(crate) fn verb(
        self,
        id: TaskId,
        verb: &'static str,
        class: &'static str,
        glyph: &'static str,
        word: &'static str,
        label: String,
    ) -> AnyView {
        let pending = self.control.pending();
        view! {
            <ActForm action=self.control>
                <input type="hidden" name="id" value=id.0/>
                <input type="hidden" name="verb" value=verb/>
                {button(class, glyph, word, label, pending)}
            </ActForm>
        }
        .into_any()
    }

    /// 暂停 for an active task, 恢复 for another.
    pub(crate) fn pause_or_restore(
        self,
        id: TaskId,
        state: TaskState,
        class: &'static str,
        label: impl Fn(&'static str) -> String,
    ) -> AnyView {
        let ui = ui();
        match state {
            TaskState::Active => {
                self.verb(id, "pause", class, icon::PAUSE, ui.pause, label(ui.pause))
            }
            TaskState::Paused => self.verb(
                id,
                "restore",
                class,
                icon::PLAY,
                ui.resume,
                label(ui.resume),
            ),
            TaskState::Closed => self.verb(
                id,
                "reopen",
                class,
                icon::UNDO,
                ui.restore,
                label(ui.restore),
            ),
        }
    }

    /// 加急: with a field for a new chase schedule.
    pub(crate) fn urge(self, task: &Task) -> AnyView {
        let ui = ui();
        let (id, pending) = (task.id.0, self.control.pending());
        let known = task.urge_cron.clone();
        let required = known.is_none();
        let hint = if known.is_some() {
            ui.urge_keep
        } else {
            ui.field_urge_hint
        };
        let placeholder = known.unwrap_or_else(|| "*/30 9-18 * * *".to_owned());
        view! {
            <details class="unfold">
                <summary class="button">{icon(icon::BELL)} {ui.urge}</summary>
                <div class="unfolded">
                    <ActForm action=self.control>
                        <input type="hidden" name="id" value=id/>
                        <input type="hidden" name="verb" value="urge"/>
                        <label for="new-urge">{ui.new_urge_cycle}</label>
                        <input
                            id="new-urge" name="urge_cron" class="mono" placeholder=placeholder
                            required=required autocomplete="off" aria-describedby="new-urge-hint"
                        />
                        <p id="new-urge-hint" class="hint">{hint}</p>
                        {button("button primary", icon::BELL, ui.urge, ui.urge.to_owned(), pending)}
                    </ActForm>
                </div>
            </details>
        }
        .into_any()
    }

    /// 删除: asks for confirmation, without JavaScript.
    pub(crate) fn delete(self, id: TaskId, version: i64) -> AnyView {
        let ui = ui();
        let pending = self.delete.pending();
        view! {
            <details class="unfold">
                <summary class="button danger">{icon(icon::TRASH)} {ui.delete}</summary>
                <div class="unfolded">
                    <p>{ui.delete_confirm}</p>
                    <ActForm action=self.delete>
                        <input type="hidden" name="id" value=id.0/>
                        <input type="hidden" name="version" value=version/>
                        {button("button danger solid", icon::TRASH, ui.delete_yes, ui.delete_yes.to_owned(), pending)}
                    </ActForm>
                </div>
            </details>
        }
        .into_any()
    }
}

/// A submit button that shows when its action is in progress.
pub(crate) fn button(
    class: &'static str,
    glyph: &'static str,
    word: &'static str,
    label: String,
    pending: Memo<bool>,
) -> AnyView {
    view! {
        <button type="submit" class=class aria-label=label disabled=move || pending.get() aria-busy=move || pending.get().then_some("true")>
            {icon(glyph)} <span>{word}</span>
        </button>
    }
    .into_any()
}

/// Closes what is unfolded each time an action returns: rows move up, and the confirmation of a deletion must not
/// stay open on the next row.
pub(crate) fn fold_after(version: impl Fn() -> usize + 'static) {
    Effect::new(move |before: Option<usize>| {
        let now = version();
        if before.is_some_and(|before| before != now) {
            fold_all();
        }
        now
    });
}

#[cfg(feature = "hydrate")]
fn fold_all() {
    let open = || document().query_selector("details.unfold[open]").ok()?;
    while let Some(unfolded) = open() {
        // A remaining attribute would be found again and again.
        if unfolded.remove_attribute("open").is_err() {
            break;
        }
    }
}

#[cfg(not(feature = "hydrate"))]
fn fold_all() {}
