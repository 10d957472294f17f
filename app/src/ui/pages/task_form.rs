//! The form of a task: new, copied or under edit. It posts to its own path, also without JavaScript.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::not_found;
use crate::id::TaskId;
use crate::page::TaskForm;
use crate::routes;
use crate::server_fns::fetch_task_form;
use crate::task::{Mode, TaskDraft};
use crate::ui::components::cycle::{Typed, preview, words};
use crate::ui::components::field::{Faults, Field, input, select, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::{lang, ui};
use crate::ui::load;

/// Cycles that people want most.
const PRESETS: [&str; 6] = [
    "*/5 * * * *",
    "0 * * * *",
    "0 9 * * *",
    "0 9 * * 1-5",
    "0 9 * * 1",
    "0 9 1 * *",
];

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
    // Asked once: a form must not change under the hands of the one who fills it in.
    let data = Resource::new(|| (), move |()| fetch_task_form(task, copy));
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
    let typed = |text: &str| RwSignal::new(text.to_owned());
    let draft = &form.draft;
    let (zone, starts_at, ends_at) = (
        typed(&draft.zone),
        typed(&draft.starts_at),
        typed(&draft.ends_at),
    );
    let work = Typed {
        cron: typed(&draft.cron),
        zone,
        starts_at,
        ends_at,
    };
    let urge = Typed {
        cron: typed(&draft.urge_cron),
        zone,
        starts_at,
        ends_at,
    };
    view! {
        {page_head(title.to_owned(), ().into_any())}
        <form method="post" action=action class="task-form">
            {form.error.clone().map(load::failure)}
            {(!faults.0.is_empty()).then(|| view! {
                <p class="notice is-bad" role="alert">{icon(icon::ALERT)} <span>{ui.faults_title}</span></p>
            })}
            {what(draft, &faults)}
            {when(&form, work, urge, &faults)}
            {tell(&form, &faults)}
            {limits(draft, work, &faults)}
            <div class="save-bar">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {submit}</button>
                <a class="button" href=back>{ui.cancel}</a>
            </div>
        </form>
    }
    .into_any()
}

fn what(draft: &TaskDraft, faults: &Faults) -> AnyView {
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
                name: "name", label: ui.field_name, value: draft.name.clone(), hint: ui.field_name_hint,
                required: true, first: true, ..Field::default()
            }, faults)}
            <div class="field" role="radiogroup" aria-label=ui.mode>
                <span class="label">{ui.mode}</span>
                <div class="choices">{modes.into_iter().collect_view()}</div>
                {faults.of("mode").0.map(|text| view! { <p class="fault">{icon(icon::ALERT)} <span>{text}</span></p> })}
            </div>
            <div class="needs-command">
                {text_area("command", ui.command, ui.field_command_hint, &draft.command, faults)}
            </div>
        </section>
    }
    .into_any()
}

fn when(form: &TaskForm, work: Typed, urge: Typed, faults: &Faults) -> AnyView {
    let (ui, draft) = (ui(), &form.draft);
    let (work_node, urge_node) = (NodeRef::new(), NodeRef::new());
    keep_in_step(work, work_node);
    keep_in_step(urge, urge_node);
    let zones = form
        .zones
        .iter()
        .map(|zone| view! { <option value=zone.clone()></option> });
    let cycles = PRESETS.map(|cron| view! { <option value=cron>{words(cron, lang())}</option> });
    view! {
        <section class="card">
            <h2>{ui.section_when}</h2>
            <datalist id="zones">{zones.collect_view()}</datalist>
            <datalist id="cycles">{cycles.into_iter().collect_view()}</datalist>
            <div class="columns">
                <div>
                    {input(Field {
                        name: "cron", label: ui.cycle, value: draft.cron.clone(), hint: ui.field_cron_hint,
                        required: true, mono: true, list: Some("cycles"), typed: Some(work.cron),
                        node: work_node, live_fault: Some(work.fault()), ..Field::default()
                    }, faults)}
                    {presets(work, work_node)}
                    {input(Field {
                        name: "zone", label: ui.zone, value: draft.zone.clone(), hint: ui.field_zone_hint,
                        list: Some("zones"), typed: Some(work.zone), ..Field::default()
                    }, faults)}
                </div>
                {preview(work, form.preview.clone())}
            </div>
            <div class="columns">
                <div>
                    {input(Field {
                        name: "urge_cron", label: ui.urge_cycle, value: draft.urge_cron.clone(),
                        hint: ui.field_urge_hint, mono: true, placeholder: Some("*/30 9-18 * * *"), list: Some("cycles"), typed: Some(urge.cron),
                        node: urge_node, live_fault: Some(urge.fault()), ..Field::default()
                    }, faults)}
                    <label class="check">
                        <input type="checkbox" name="urging" value="true" checked=draft.urging/>
                        <span>{ui.field_urging}</span>
                    </label>
                </div>
                {preview(urge, form.urge_preview.clone())}
            </div>
        </section>
    }
    .into_any()
}

fn tell(form: &TaskForm, faults: &Faults) -> AnyView {
    let (ui, draft) = (ui(), &form.draft);
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
            <h2>{ui.section_tell}</h2>
            <div class="columns">
                {input(Field {
                    name: "owners", label: ui.owners, value: draft.owners.join(", "),
                    hint: ui.field_owners_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "nickname", label: ui.nickname, value: draft.nickname.clone(),
                    hint: ui.field_nickname_hint, ..Field::default()
                }, faults)}
                {select("channel_id", ui.channel, "", std::iter::once(none).chain(channels).collect(), faults)}
                {input(Field {
                    name: "tags", label: ui.tags, value: draft.tags.join(", "),
                    hint: ui.field_tags_hint, ..Field::default()
                }, faults)}
            </div>
        </section>
    }
    .into_any()
}

fn limits(draft: &TaskDraft, typed: Typed, faults: &Faults) -> AnyView {
    let ui = ui();
    view! {
        <section class="card">
            <h2>{ui.section_limits}</h2>
            <div class="columns">
                {input(Field {
                    name: "starts_at", label: ui.field_starts, value: draft.starts_at.clone(),
                    kind: moment_kind(&draft.starts_at), hint: ui.field_window_hint,
                    typed: Some(typed.starts_at), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "ends_at", label: ui.field_ends, value: draft.ends_at.clone(),
                    kind: moment_kind(&draft.ends_at), hint: ui.field_window_hint,
                    typed: Some(typed.ends_at), ..Field::default()
                }, faults)}
                {input(Field {
                    name: "timeout", label: ui.timeout, value: draft.timeout.clone(),
                    hint: ui.field_timeout_hint, ..Field::default()
                }, faults)}
            </div>
        </section>
    }
    .into_any()
}

/// The browser's date field drops what it cannot read; such a text gets a plain field instead.
fn moment_kind(value: &str) -> &'static str {
    let shape: String = value
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    match shape.as_str() {
        "" | "0000-00-00T00:00" | "0000-00-00T00:00:00" => "datetime-local",
        _ => "text",
    }
}

/// What was typed before the page became alive counts, too.
fn keep_in_step(typed: Typed, node: NodeRef<leptos::html::Input>) {
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            let text = input.value();
            if typed.cron.get_untracked() != text {
                typed.cron.set(text);
            }
        }
    });
}

/// Buttons that fill in a cycle: only once the page is alive, since they need JavaScript.
fn presets(typed: Typed, node: NodeRef<leptos::html::Input>) -> AnyView {
    let (ui, lang) = (ui(), lang());
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let choose = move |cron: &'static str| {
        if let Some(input) = node.get_untracked() {
            input.set_value(cron);
        }
        typed.cron.set(cron.to_owned());
    };
    view! {
        <Show when=move || alive.get()>
            <div class="presets" role="group" aria-label=ui.presets>
                {PRESETS.map(|cron| view! {
                    <button type="button" class="chip" title=cron on:click=move |_| choose(cron)>{words(cron, lang)}</button>
                }).into_iter().collect_view()}
            </div>
        </Show>
    }
    .into_any()
}
