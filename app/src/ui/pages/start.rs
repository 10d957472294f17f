//! The form for a manual start of a task with parameters or warnings. It posts to its own path, also without
//! JavaScript.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::not_found;
use crate::auth::Action;
use crate::id::{RunId, TaskId};
use crate::page::StartPage;
use crate::routes;
use crate::server_fns::fetch_start;
use crate::task::execution::{Parameter, ParameterKind};
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::{may, start_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let id = use_params_map().read_untracked().get("id");
    let Some(task) = id.and_then(|id| id.parse::<TaskId>().ok()) else {
        return not_found::page();
    };
    // Fetched once: a form must not change while someone fills it in.
    let again = use_query_map().read_untracked().get("again");
    let again = again.and_then(|id| id.parse::<RunId>().ok());
    let data = load::ask(|| (), move |()| fetch_start(task, again));
    load::page(data, content)
}

fn content(page: StartPage) -> AnyView {
    let (ui, start) = (ui(), start_ui());
    let faults = Faults(page.faults.clone());
    let title = format!("{} · {}", start.start_title, page.task_name);
    let overrides = page.form.overrides.clone();
    let fields = page.form.parameters.iter().map(|one| {
        let typed = page.typed.parameters.get(&one.name);
        parameter(one, typed.map_or("", String::as_str), &faults)
    });
    let parameters = (!page.form.parameters.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{start.start_parameters}</h2>
                <p class="muted">{start.start_parameters_text}</p>
                {fields.collect_view()}
            </section>
        }
    });
    view! {
        {page_head(title, ().into_any())}
        <form method="post" action=rooted(routes::task_run(page.task_id)) class="task-form start-form">
            <input type="hidden" name="idempotency_key" value=page.form.idempotency_key.clone()/>
            {page.error.clone().map(load::failure)}
            {(!faults.0.is_empty()).then(|| view! {
                <p class="notice is-bad" role="alert">{icon(icon::ALERT)} <span>{ui.faults_title}</span></p>
            })}
            {(!overrides.is_empty()).then(|| view! {
                <div class="notice is-warn">
                    {icon(icon::ALERT)}
                    <div>
                        <p>{start.start_overrides}</p>
                        <ul class="notes">{overrides.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                    </div>
                </div>
            })}
            {page.form.overlap.clone().map(|text| view! {
                <p class="notice is-warn">{icon(icon::CLOCK)} <span>{text}</span></p>
            })}
            {parameters}
            <section class="card">
                {input(Field {
                    name: "note".into(), label: start.start_note, value: page.typed.note.clone(),
                    hint: start.start_note_hint, ..Field::default()
                }, &faults)}
            </section>
            <div class="save-bar">
                {may(Action::Operate).then(|| view! {
                    <button type="submit" class="button primary">{icon(icon::PLAY)} {start.start_submit}</button>
                })}
                <a class="button" href=rooted(routes::task(page.task_id))>{ui.cancel}</a>
            </div>
        </form>
    }
    .into_any()
}

/// The field of a parameter. Unlike in other forms, its label is the task's own text.
fn parameter(one: &Parameter, typed: &str, faults: &Faults) -> AnyView {
    let start = start_ui();
    let name = one.field();
    let (fault, focus) = faults.of(&name);
    let described = format!("{name}-hint {name}-fault");
    let is_bad = fault.is_some();
    let invalid = is_bad.then_some("true");
    let required = one.required && one.default.is_empty();
    let control = if one.kind == ParameterKind::Choice {
        let chosen = if typed.is_empty() {
            &one.default
        } else {
            typed
        };
        let options = one.choices.iter().map(|choice| {
            view! { <option value=choice.clone() selected=choice.as_str() == chosen>{choice.clone()}</option> }
        });
        view! {
            <select
                id=name.clone() name=name.clone() required=required autofocus=focus
                aria-describedby=described aria-invalid=invalid
            >
                {one.default.is_empty().then(|| view! {
                    <option value="" selected=typed.is_empty()>{start.start_choose}</option>
                })}
                {options.collect_view()}
            </select>
        }
        .into_any()
    } else {
        let kind = match one.kind {
            // A date that the browser cannot parse is shown as typed.
            ParameterKind::Date if one.check(typed, crate::i18n::Lang::En).is_ok() => "date",
            ParameterKind::Secret => "password",
            _ => "text",
        };
        let mode = (one.kind == ParameterKind::Number).then_some("decimal");
        let complete = match one.kind {
            ParameterKind::Secret => "new-password",
            _ => "off",
        };
        view! {
            <input
                id=name.clone() name=name.clone() type=kind value=typed.to_owned() required=required
                autofocus=focus autocomplete=complete inputmode=mode spellcheck="false"
                placeholder=one.default.clone()
                aria-describedby=described aria-invalid=invalid
            />
        }
        .into_any()
    };
    let hint = match one.kind {
        ParameterKind::Number => start.start_kind_number,
        ParameterKind::Date => start.start_kind_date,
        ParameterKind::Secret => start.start_kind_secret,
        ParameterKind::Text | ParameterKind::Choice => "",
    };
    let default = (!one.default.is_empty() && one.kind != ParameterKind::Choice)
        .then(|| format!("{} {}", start.start_default, one.default));
    let hints = [
        Some(hint.to_owned()).filter(|hint| !hint.is_empty()),
        default,
        (!one.label.is_empty()).then(|| one.name.clone()),
    ];
    let hints: Vec<String> = hints.into_iter().flatten().collect();
    view! {
        <div class="field" class:is-bad=is_bad>
            <label for=name.clone()>
                {one.shown().to_owned()}
                {(!required).then(|| view! { <span class="optional">{ui().optional}</span> })}
            </label>
            {control}
            <p class="fault" id=format!("{name}-fault")>
                {fault.map(|text| view! { {icon(icon::ALERT)} <span>{text}</span> })}
            </p>
            <p class="hint" id=format!("{name}-hint")>{hints.join(" · ")}</p>
        </div>
    }
    .into_any()
}
