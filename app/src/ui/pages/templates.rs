//! The templates of a channel: for which events there is one, and a form to try, save and delete one. The form posts
//! to the page itself, also without JavaScript; a preview is the page with the result.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::auth::Action;
use crate::channel::{ALL_EVENTS, NAMED, Template, TemplateKey, TemplatePreview, TemplateVariable};
use crate::error::AppError;
use crate::id::ChannelId;
use crate::message::Event;
use crate::page::{TemplateForm, TemplatesPage};
use crate::routes;
use crate::server_fns::{fetch_template_preview, fetch_templates};
use crate::texts::channels::templates_of;
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::context::{channels_ui, lang, may, ui};
use crate::ui::load;

/// A pause in typing after which the server is asked.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(350);

/// The page.
pub(crate) fn page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let id = params
            .read()
            .get("id")
            .and_then(|id| id.parse::<i64>().ok());
        let query = query.read();
        // The form for a new one asks for its name alone.
        let named = query.get("name").map(|name| {
            let name = name.trim();
            format!("{NAMED}{}", name.strip_prefix(NAMED).unwrap_or(name))
        });
        (
            ChannelId(id.unwrap_or(0)),
            named.or_else(|| query.get("event")),
        )
    });
    let data = load::ask(
        move || asked.get(),
        |(channel, event)| fetch_templates(channel, event),
    );
    load::page(data, content)
}

fn content(page: TemplatesPage) -> AnyView {
    let words = channels_ui();
    let title = templates_of(lang(), &page.channel.name);
    let named = page.templates.iter().map(|template| &template.event);
    let named = named.filter(|event| event.starts_with(NAMED)).cloned();
    let keys: Vec<String> = std::iter::once(ALL_EVENTS.to_owned())
        .chain(named)
        .chain(Template::events().map(|event| event.as_str().to_owned()))
        .collect();
    let rows: Vec<AnyView> = keys.iter().map(|key| row(&page, key)).collect();
    view! {
        <leptos_meta::Title text=title.clone()/>
        <p class="crumbs">
            <a href=rooted(routes::ADMIN)>{ui().nav_admin}</a> {icon(icon::CHEVRON)}
            <a href=rooted(routes::CHANNELS)>{ui().channels}</a>
        </p>
        <div class="page-head"><h1>{title}</h1></div>
        {may(Action::Administer).then(|| form(&page))}
        <section class="card flush">
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">{words.template_event}</th>
                        <th scope="col">{words.template}</th>
                        <th scope="col"><span class="sr">{ui().actions}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
        {may(Action::Administer).then(|| add_named(&page))}
        {variables(&page.variables)}
    }
    .into_any()
}

/// The name of an event, or of all.
fn name(event: &str) -> String {
    match event {
        ALL_EVENTS => channels_ui().template_all.to_owned(),
        named if named.starts_with(NAMED) => channels_ui().template_named.to_owned(),
        code => Event::text(code, lang()),
    }
}

/// Asks for the name of a new template, whose form opens then; without JavaScript, too.
fn add_named(page: &TemplatesPage) -> AnyView {
    let words = channels_ui();
    let name = Field {
        name: "name".into(),
        label: words.template_name,
        hint: words.template_name_hint,
        required: true,
        ..Field::default()
    };
    view! {
        <form method="get" action=rooted(routes::templates(page.channel.id)) class="card" autocomplete="off">
            <h2>{words.template_add}</h2>
            {input(name, &Faults::default())}
            <p class="controls">
                <button type="submit" class="button">{icon(icon::PLUS)} {words.template_add}</button>
            </p>
        </form>
    }
    .into_any()
}

fn row(page: &TemplatesPage, event: &str) -> AnyView {
    let words = channels_ui();
    let is_own = page
        .templates
        .iter()
        .any(|template| template.event == event);
    let state = if is_own {
        words.template_own
    } else {
        words.template_built_in
    };
    let href = routes::template_of(page.channel.id, event);
    let label = format!("{}: {}", words.change, name(event));
    view! {
        <tr>
            <th scope="row">{name(event)} " " <code>{event.to_owned()}</code></th>
            <td data-label=words.template>{state}</td>
            <td class="row-actions"><div>
                <a class="button small" href=rooted(href) aria-label=label>{icon(icon::EDIT)} <span>{words.change}</span></a>
            </div></td>
        </tr>
    }
    .into_any()
}

fn form(page: &TemplatesPage) -> AnyView {
    let words = channels_ui();
    let faults = Faults(page.faults.clone());
    let is_stored = page
        .templates
        .iter()
        .any(|template| template.event == page.event);
    let is_named = page.event.starts_with(NAMED);
    let delete = is_stored.then(|| {
        let words = match is_named {
            true => words.template_remove,
            false => words.template_delete,
        };
        view! {
            <button type="submit" class="button danger" name="act" value="delete" formnovalidate>
                {icon(icon::TRASH)} {words}
            </button>
        }
    });
    // A name that no template may have is shown with its fault, to be corrected.
    let event = if is_named && TemplateKey::read(&page.event).is_none() {
        let field = Field {
            name: "event".into(),
            label: words.template_name,
            hint: words.template_name_hint,
            value: page.event.clone(),
            required: true,
            ..Field::default()
        };
        input(field, &faults)
    } else {
        view! { <input type="hidden" name="event" value=page.event.clone()/> }.into_any()
    };
    let field = |name: &'static str, label, hint, value: &str| {
        let field = Field {
            name: name.into(),
            label,
            hint,
            value: value.to_owned(),
            ..Field::default()
        };
        input(field, &faults)
    };
    let typed = RwSignal::new(page.form.clone());
    let shown = RwSignal::new(page.preview.clone().map(Ok));
    follow(page.channel.id, page.event.clone(), typed, shown);
    let set = move |put: fn(&mut TemplateForm, String)| {
        move |event: leptos::ev::Event| {
            typed.update(|form| put(form, event_target_value(&event)));
        }
    };
    view! {
        <form method="post" action=rooted(routes::templates(page.channel.id)) class="card template-form" autocomplete="off">
            <h2>{name(&page.event)} " " <code>{page.event.clone()}</code></h2>
            {page.error.clone().map(load::failure)}
            {event}
            <input type="hidden" name="version" value=page.form.version/>
            <div on:input=set(|form, text| form.body = text)>
                {text_area("body", words.template, words.template_hint, &page.form.body, &faults)}
            </div>
            <div class="columns">
                <div on:input=set(|form, text| form.task = text)>
                    {field("task", words.template_task, words.template_task_hint, &page.form.task)}
                </div>
                <div on:input=set(|form, text| form.run = text)>
                    {field("run", words.template_run, words.template_run_hint, &page.form.run)}
                </div>
            </div>
            <p class="controls">
                <button type="submit" class="button" name="act" value="preview">{icon(icon::SEARCH)} {words.template_preview}</button>
                <button type="submit" class="button primary" name="act" value="save">{icon(icon::CHECK)} {ui().save}</button>
                {delete}
            </p>
        </form>
        <div aria-live="polite">{move || shown.get().map(|shown| match shown {
            Ok(made) => preview(&made),
            Err(error) => refused(&error),
        })}</div>
    }
    .into_any()
}

/// What the server says to what was typed: what the template makes, or what is wrong.
type Shown = RwSignal<Option<Result<TemplatePreview, AppError>>>;

/// Asks the server after every pause in typing; answers to older input are dropped.
fn follow(channel: ChannelId, event: String, typed: RwSignal<TemplateForm>, shown: Shown) {
    let asked = StoredValue::new(0_u32);
    Effect::new(move |before: Option<TemplateForm>| {
        let form = typed.get();
        if before.is_some_and(|before| before != form) {
            asked.update_value(|count| *count += 1);
            let turn = asked.get_value();
            let (event, form) = (event.clone(), form.clone());
            set_timeout(
                move || {
                    if asked.try_get_value() == Some(turn) {
                        ask((channel, event, form), (turn, asked), shown);
                    }
                },
                PAUSE,
            );
        }
        form
    });
}

fn ask(
    (channel, event, form): (ChannelId, String, TemplateForm),
    (turn, asked): (u32, StoredValue<u32>),
    shown: Shown,
) {
    leptos::task::spawn_local(async move {
        let answer = fetch_template_preview(channel, event, form).await;
        // The page may have been left.
        if asked.try_get_value() == Some(turn) {
            shown.try_set(Some(answer.and_then(|answer| answer)));
        }
    });
}

/// Why nothing is shown, each fault with the name of its field.
fn refused(error: &AppError) -> AnyView {
    let words = channels_ui();
    if error.fields.is_empty() {
        return load::failure(error.clone()).into_any();
    }
    let faults = error.fields.iter().map(|fault| {
        let label = match fault.field.as_str() {
            "task" => words.template_task,
            "run" => words.template_run,
            _ => words.template,
        };
        view! { <p class="break">{label} ": " {visible(&fault.message)}</p> }
    });
    view! { <section class="card"><h2>{words.template_preview}</h2> {faults.collect_view()}</section> }
        .into_any()
}

/// What a template makes, and the request around it.
fn preview(preview: &TemplatePreview) -> AnyView {
    let words = channels_ui();
    let with = preview.run_id.map(|run| {
        view! { <a href=rooted(routes::run(run))>"#" {run.0}</a> }
    });
    let made_by = preview.template.clone();
    let made_by = made_by.map(|key| view! { " " <code>{key}</code> });
    view! {
        <section class="card">
            <h2>{words.template_preview} ": " {name(&preview.event)} " " {with} {made_by}</h2>
            <pre class="answer">{visible(&preview.text)}</pre>
            <details class="sent">
                <summary>{words.would_send}</summary>
                <pre>{visible(&preview.sent)}</pre>
            </details>
        </section>
    }
    .into_any()
}

fn variables(all: &[TemplateVariable]) -> AnyView {
    let words = channels_ui();
    let rows = all.iter().map(|variable| {
        view! {
            <tr>
                <th scope="row"><code>{variable.name.clone()}</code></th>
                <td data-label=words.template_meaning>{variable.meaning.clone()}</td>
                <td data-label=words.template_example><code class="break">{visible(&variable.example)}</code></td>
            </tr>
        }
    });
    view! {
        <section class="card flush">
            <details class="padded">
                <summary>{words.template_variables}</summary>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">{words.template_variable}</th>
                            <th scope="col">{words.template_meaning}</th>
                            <th scope="col">{words.template_example}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}
