//! 立即执行, with parameters or warnings first where there are any.

use leptos::prelude::*;

use super::super::icon::{self, icon};
use super::{Controls, button};
use crate::id::TaskId;
use crate::routes;
use crate::run::Run;
use crate::ui::act::ActForm;
use crate::ui::base::rooted;
use crate::ui::context::{start_ui, ui};

impl Controls {
    /// Starts a task at once, or leads to the start form first.
    pub(crate) fn start(
        self,
        id: TaskId,
        asks: bool,
        class: &'static str,
        label: impl Fn(&'static str) -> String,
    ) -> AnyView {
        if !asks {
            return self.run_button(id, class, label(ui().run_now));
        }
        let word = start_ui().start_open;
        form_link(routes::task_run(id), class, word, label(word))
    }

    /// Starts the task of a run once more, with the same parameters if it has any.
    pub(crate) fn start_again(self, run: &Run, asks: bool) -> AnyView {
        let (start, task) = (start_ui(), run.task_id);
        if !asks {
            let pending = self.run.pending();
            return view! {
                <ActForm action=self.run>
                    <input type="hidden" name="id" value=task.0/>
                    {button("button", icon::PLAY, start.start_again, start.start_again.to_owned(), pending)}
                </ActForm>
            }
            .into_any();
        }
        let word = start.start_again_open;
        form_link(
            routes::task_run_again(task, run.id),
            "button",
            word,
            word.to_owned(),
        )
    }
}

/// A link to the form for a start.
fn form_link(to: String, class: &'static str, word: &'static str, label: String) -> AnyView {
    view! {
        <a class=class href=rooted(to) aria-label=label>
            {icon(icon::PLAY)} <span>{word}</span>
        </a>
    }
    .into_any()
}
