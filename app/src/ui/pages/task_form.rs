//! The form of a task: new, copied or edited. It posts to its own path, also without JavaScript.

mod action;
mod execution;
mod further;
mod limits;
mod parameters;
mod rows;
mod schedules;
mod tickets;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::not_found;
use crate::id::TaskId;
use crate::oncall::owner_of_rota;
use crate::page::TaskForm;
use crate::routes;
use crate::schedule::ScheduleDraft;
use crate::server_fns::fetch_task_form;
use crate::task::{Mode, TaskDraft};
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input, lines};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::preview::{Around, Typed, fault, preview};
use crate::ui::context::{plan_ui, rules_ui, ui};
use crate::ui::load;
use action::action;
use execution::execution;
use further::further;
use limits::limits;
use rows::Rows;
use tickets::tickets;

/// The page.
pub(crate) fn page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = params.read_untracked().get("id");
    let task = id.as_deref().and_then(|id| id.parse::<TaskId>().ok());
    if id.is_some() && task.is_none() {
        return not_found::page();
    }
    let copy = query
        .read_untracked()
        .get("copy")
        .and_then(|id| id.parse::<TaskId>().ok());
    // Fetched once: a form must not change while someone fills it in.
    let data = load::ask(|| (), move |()| fetch_task_form(task, copy));
    load::page(data, content)
}

fn content(form: TaskForm) -> AnyView {
    let ui = ui();
    let (title, action, back, submit) = match form.id {
        Some(id) => (
            ui.edit_task,
            routes::task_edit(id),
            routes::task(id),
            ui.save,
        ),
        None => (
            ui.new_task,
            routes::TASK_NEW.to_owned(),
            routes::TASKS.to_owned(),
            ui.create,
        ),
    };
    let faults = Faults(form.faults.clone());
    if !faults.0.is_empty() {
        show_fault();
    }
    let typed = |text: &str| RwSignal::new(text.to_owned());
    let draft = &form.draft;
    let around = Around {
        task: form.id,
        zone: typed(&draft.zone),
        starts_at: typed(&draft.starts_at),
        ends_at: typed(&draft.ends_at),
        tags: typed(&draft.tags.join(", ")),
    };
    view! {
        {page_head(title.to_owned(), ().into_any())}
        <form method="post" action=rooted(action) class="task-form">
            {form.version.map(|version| view! { <input type="hidden" name="version" value=version/> })}
            {form.error.clone().map(load::failure)}
            {(!faults.0.is_empty()).then(|| view! {
                <p class="notice is-bad" role="alert">{icon(icon::ALERT)} <span>{ui.faults_title}</span></p>
            })}
            {what(draft, form.calls, &faults)}
            {when(&form, around, &faults)}
            {messages(&form, around, &faults)}
            {limits(draft, around, &faults)}
            {tickets(&form, &faults)}
            {execution(&draft.execution, &form.pools, &faults)}
            <div class="save-bar">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {submit}</button>
                <a class="button" href=rooted(back)>{ui.cancel}</a>
            </div>
        </form>
    }
    .into_any()
}

/// Scrolls the first fault away from the edges, once the form is on the page: its text is below its field, where the
/// bar with the save button may cover it.
fn show_fault() {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| request_animation_frame(bring_fault));
}

#[cfg(feature = "hydrate")]
fn bring_fault() {
    let height = window().inner_height().ok().and_then(|it| it.as_f64());
    let field = document().query_selector(".task-form .field.is-bad");
    let (Some(height), Ok(Some(field))) = (height, field) else {
        return;
    };
    let place = field.get_bounding_client_rect();
    if place.height() > 0.0 {
        let middle = place.top() + place.height() / 2.0;
        window().scroll_by_with_x_and_y(0.0, middle - height / 2.0);
    }
}

fn what(draft: &TaskDraft, calls: bool, faults: &Faults) -> AnyView {
    let ui = ui();
    let modes = Mode::ALL.map(|mode| {
        let (name, help) = ui.mode_text(mode);
        view! {
            <label class="choice">
                <input type="radio" name="mode" value=mode.as_str() checked=draft.mode == mode/>
                <span><b>{name}</b> <small class="muted">{help}</small></span>
            </label>
        }
        .into_any()
    });
    view! {
        <section class="card">
            <h2>{ui.section_what}</h2>
            {input(Field {
                name: "name".into(), label: ui.field_name, value: draft.name.clone(), hint: ui.field_name_hint,
                required: true, first: true, ..Field::default()
            }, faults)}
            <div class="field" role="radiogroup" aria-label=ui.mode>
                <span class="label">{ui.mode}</span>
                <div class="choices">{modes.into_iter().collect_view()}</div>
                {faults.of("mode").0.map(|text| view! { <p class="fault">{icon(icon::ALERT)} <span>{text}</span></p> })}
            </div>
            <div class="needs-command">{action(draft, calls, faults)}</div>
        </section>
    }
    .into_any()
}

fn when(form: &TaskForm, around: Around, faults: &Faults) -> AnyView {
    let (ui, draft) = (ui(), &form.draft);
    let rows = Rows::new(&draft.work_schedules());
    let work = Typed {
        schedules: rows.drafts(),
        around,
    };
    let urge_cron = RwSignal::new(draft.urge_cron.clone());
    let urge_draft = move || ScheduleDraft::plain(&urge_cron.get());
    let urge = Typed {
        schedules: Signal::derive(move || vec![urge_draft()]),
        around,
    };
    let zones = form
        .zones
        .iter()
        .map(|zone| view! { <option value=zone.clone()></option> });
    view! {
        <section class="card">
            <h2>{ui.section_when}</h2>
            <datalist id="zones">{zones.collect_view()}</datalist>
            <div class="columns">
                <div>
                    {schedules::schedules(rows, &form.calendars, faults)}
                    {input(Field {
                        name: "zone".into(), label: ui.zone, value: draft.zone.clone(), hint: ui.field_zone_hint,
                        list: Some("zones"), typed: Some(around.zone),
                        live_fault: Some(zone_fault(form, around)), ..Field::default()
                    }, faults)}
                </div>
                {preview(work, form.preview.clone())}
            </div>
            <div class="columns">
                <div>
                    {input(Field {
                        name: "urge_cron".into(), label: ui.urge_cycle, value: draft.urge_cron.clone(),
                        hint: ui.field_urge_hint, mono: true, placeholder: Some("*/30 9-18 * * *"),
                        list: Some("cycles"), typed: Some(urge_cron), live_fault: Some(fault(urge_draft)),
                        ..Field::default()
                    }, faults)}
                    {check("urging".to_owned(), ui.field_urging, draft.urging, None)}
                </div>
                {preview(urge, form.urge_preview.clone())}
            </div>
        </section>
    }
    .into_any()
}

/// Reports a zone that further typing cannot make valid.
fn zone_fault(form: &TaskForm, around: Around) -> Signal<Option<String>> {
    let text = plan_ui().zone_unknown;
    let sent = form.draft.zone.clone();
    let zones: Vec<String> = form.zones.iter().map(|zone| zone.to_lowercase()).collect();
    Signal::derive(move || {
        let typed = around.zone.get();
        let zone = typed.trim().to_lowercase();
        let known = zones.iter().any(|one| one.starts_with(&zone));
        (typed != sent && !known).then(|| text.to_owned())
    })
}

fn messages(form: &TaskForm, around: Around, faults: &Faults) -> AnyView {
    let (ui, draft, robot_again) = (ui(), &form.draft, form.robot_again);
    let rotas = form.rotas.iter();
    let rotas = rotas.map(|name| view! { <option value=owner_of_rota(name)></option> });
    let none = (
        String::new(),
        ui.no_channel.to_owned(),
        draft.channel_id.is_none(),
    );
    let channels = form.channels.iter().map(|channel| {
        let words = format!("{} · {}", channel.name, ui.channel_kind(channel.kind));
        (
            channel.id.to_string(),
            words,
            draft.channel_id == Some(channel.id.0),
        )
    });
    view! {
        <section class="card">
            <h2>{ui.section_notifications}</h2>
            <datalist id="rotas">{rotas.collect_view()}</datalist>
            <div class="columns">
                {input(Field {
                    name: "owners".into(), label: ui.owners, value: draft.owners.join(", "),
                    hint: ui.field_owners_hint, list: Some("rotas"), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "nickname".into(), label: ui.nickname, value: draft.nickname.clone(),
                    hint: ui.field_nickname_hint, ..Field::default()
                }, faults)}
                {select("channel_id", ui.channel, "", std::iter::once(none).chain(channels).collect(), faults)}
                {input(Field {
                    name: "tags".into(), label: ui.tags, value: draft.tags.join(", "),
                    hint: ui.field_tags_hint, typed: Some(around.tags), ..Field::default()
                }, faults)}
            </div>
            <details class="fold" open=robot_again || faults.under("robot")>
                <summary>{rules_ui().robot_unfold}</summary>
                <div class="columns">
                    {input(Field {
                        name: "robot".into(), label: rules_ui().robot, value: draft.robot.clone(), mono: true,
                        hint: if robot_again { rules_ui().robot_again } else { rules_ui().robot_hint },
                        ..Field::default()
                    }, faults)}
                    {input(Field {
                        name: "robot_secret".into(), label: rules_ui().robot_secret, kind: "password",
                        hint: rules_ui().robot_secret_hint, autocomplete: "new-password", ..Field::default()
                    }, faults)}
                </div>
            </details>
            {further(form, faults)}
            {lines("runbook", (ui.runbook, ui.field_runbook_hint), &draft.runbook, false, faults)}
        </section>
    }
    .into_any()
}
