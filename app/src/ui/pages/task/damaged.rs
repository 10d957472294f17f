//! The page of a task whose row cannot be read: what is wrong, and what can be done all the same.

use leptos::prelude::*;

use crate::auth::Action;
use crate::routes;
use crate::task::{DamagedTask, TaskState};
use crate::ui::base::rooted;
use crate::ui::components::controls::Controls;
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{may, ui};

pub(super) fn content(task: DamagedTask, controls: Controls) -> AnyView {
    let ui = ui();
    let (id, state) = (task.id, task.state);
    let name = match task.name.is_empty() {
        true => format!("#{id}"),
        false => task.name,
    };
    let verb = |verb, glyph, word: &'static str| {
        controls.verb(id, verb, "button", glyph, word, word.to_owned())
    };
    let is_open = state != Some(TaskState::Closed);
    let pauses = is_open && state != Some(TaskState::Paused);
    let bar = may(Action::Operate).then(|| {
        view! {
            <div class="controls" role="group" aria-label=ui.controls>
                {pauses.then(|| verb("pause", icon::PAUSE, ui.pause))}
                {is_open.then(|| verb("close", icon::DONE, ui.close))}
                {may(Action::Edit).then(|| view! {
                    <div class="controls-end">{controls.delete(id, task.version)}</div>
                })}
            </div>
        }
    });
    view! {
        <leptos_meta::Title text=name.clone()/>
        <p class="crumbs"><a href=rooted(routes::TASKS)>{ui.tasks}</a></p>
        <div class="page-head"><div>
            <h1>{name}</h1>
            <p class="lead">{state.map(|state| ui.task_state(state))}</p>
        </div></div>
        <div class="notice is-bad">
            {icon(icon::ALERT)}
            <div>
                <p>{task.problem}</p>
                <p class="muted">{task.next}</p>
            </div>
        </div>
        {bar}
        {controls.outcome()}
    }
    .into_any()
}
