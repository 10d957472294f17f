//! 立即执行, with parameters or warnings first where there are any.

use leptos::prelude::*;

use super::super::icon::{self, icon};
use super::Controls;
use crate::id::TaskId;
use crate::routes;
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
        view! {
            <a class=class href=rooted(routes::task_run(id)) aria-label=label(word)>
                {icon(icon::PLAY)} <span>{word}</span>
            </a>
        }
        .into_any()
    }
}
