//! Summaries: a list, what one of them would say now, and a form to add or change one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::listing::{Asked, asked, framed, table};
use crate::auth::Action;
use crate::channel::Channel;
use crate::id::SummaryId;
use crate::page::SummariesPage;
use crate::routes;
use crate::server_fns::{DeleteSummary, fetch_summaries};
use crate::summary::{Summary, SummaryPreview, Weekday};
use crate::texts::summaries;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, messages_ui, rules_ui, summaries_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let asked_for = Memo::new(move |_| {
        let query = query.read();
        let id = |name: &str| query.get(name).and_then(|id| id.parse::<SummaryId>().ok());
        (id("edit"), id("preview"))
    });
    let delete = Act::<DeleteSummary>::new();
    let data = load::ask(
        move || (asked_for.get(), delete.version().get()),
        |((edit, preview), _)| fetch_summaries(edit, preview),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(page, delete));
    // Without the preview, which is costly and which the form does not show.
    let edit = move || asked_for.get().0;
    let form = load::once(edit, |edit| fetch_summaries(edit, None), form);
    let page = view! { {list} {form} }.into_any();
    framed(summaries_ui().summaries, move || delete.error(), page)
}

fn content(page: SummariesPage, delete: Act<DeleteSummary>) -> AnyView {
    let (ui, words) = (ui(), summaries_ui());
    let clock = Clock::new(page.clock.clone());
    let admin = may(Action::Administer);
    let columns = [
        ui.name,
        words.summary_when,
        words.summary_scope,
        ui.channel,
        words.summary_next,
    ];
    let rows = page
        .summaries
        .iter()
        .map(|summary| row(summary, &clock, admin.then_some(delete)));
    let table = table(&columns, true, rows.collect(), words.summaries_empty);
    let preview = page
        .preview
        .as_ref()
        .map(|(name, preview)| shown(name, preview, &clock));
    view! {
        {preview}
        <section class="card flush summaries">{table}</section>
    }
    .into_any()
}

fn row(summary: &Summary, clock: &Clock, delete: Option<Act<DeleteSummary>>) -> AnyView {
    let (ui, words, lang) = (ui(), summaries_ui(), lang());
    let id = summary.id;
    let scope = match (&summary.owner, &summary.tag) {
        (Some(owner), _) => {
            view! { <span>{words.summary_owner} " " {owner.clone()}</span> }.into_any()
        }
        (None, Some(tag)) => view! { <span class="tag">{tag.clone()}</span> }.into_any(),
        (None, None) => view! { <span>{words.summary_all}</span> }.into_any(),
    };
    let channel = match &summary.channel {
        Some(name) => view! { <span class="break">{name.clone()}</span> }.into_any(),
        None => view! { <span class="muted">{messages_ui().channel_deleted}</span> }.into_any(),
    };
    let next = summary.next.map_or_else(
        || badge("off", icon::PAUSE, words.summary_off),
        |at| clock.exact(at),
    );
    let last = summary.last_sent_for.map(
        |at| view! { <small class="muted">{words.summary_last} " " {clock.exact(at)}</small> },
    );
    let label = |word: &str| format!("{word}: {}", summary.name);
    let change = delete.map(|delete| {
        let question = Asked::delete(words.summary_delete_confirm);
        view! {
            <a class="button small" href=rooted(format!("{}?edit={id}#change", routes::SUMMARIES))
                aria-label=label(words.summary_change)>
                {icon(icon::EDIT)} <span>{words.summary_change}</span>
            </a>
            {asked(delete, [("id", id.0.to_string()), ("version", summary.version.to_string())], &question)}
        }
    });
    view! {
        <tr>
            <th scope="row"><b class="break">{summary.name.clone()}</b></th>
            <td data-label=words.summary_when>
                <span>{summaries::sent_at(lang, summary.weekday, &summary.time)}</span>
                " " <small class="muted">{summary.zone.clone()}</small>
            </td>
            <td data-label=words.summary_scope>{scope}</td>
            <td data-label=ui.channel>{channel}</td>
            <td data-label=words.summary_next><div class="stack">{next} {last}</div></td>
            <td class="row-actions"><div>
                <a class="button small" href=rooted(format!("{}?preview={id}#preview", routes::SUMMARIES))
                    aria-label=label(words.summary_preview)>
                    {icon(icon::LIST)} <span>{words.summary_preview}</span>
                </a>
                {change}
            </div></td>
        </tr>
    }
    .into_any()
}

/// What a summary would say now.
fn shown(name: &str, preview: &SummaryPreview, clock: &Clock) -> AnyView {
    view! {
        <section class="card" id="preview">
            <h2>{summaries::preview_of(lang(), name)}</h2>
            <p class="muted">{clock.exact(preview.from)} " – " {clock.exact(preview.to)}</p>
            <pre class="code" tabindex="0"><code>{visible(&preview.text)}</code></pre>
        </section>
    }
    .into_any()
}

/// One form for both: it adds a summary, or changes the one it was opened for.
fn form(page: SummariesPage) -> AnyView {
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (ui, words) = (ui(), summaries_ui());
    if page.channels.is_empty() {
        return view! {
            <p class="card"><a href=rooted(routes::CHANNELS)>{words.summary_no_channels}</a></p>
        }
        .into_any();
    }
    let stored = page
        .summaries
        .iter()
        .find(|one| Some(one.id) == page.editing);
    let version = stored.map_or(0, |summary| summary.version);
    let (draft, faults) = (page.draft, Faults(page.faults));
    let heading = match page.editing {
        Some(_) => summaries::change_summary(lang(), &draft.name),
        None => words.add_summary.to_owned(),
    };
    let submit = match page.editing {
        Some(_) => view! {
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                <a class="button" href=rooted(routes::SUMMARIES)>{ui.cancel}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        }
        .into_any(),
    };
    let zone = match (page.editing, draft.zone.is_empty()) {
        (None, true) => page.clock.zone.name.clone(),
        _ => draft.zone.clone(),
    };
    let text = |name: &'static str, label, hint, value: &str| Field {
        name: name.into(),
        label,
        hint,
        value: value.to_owned(),
        ..Field::default()
    };
    view! {
        <form method="post" action=rooted(routes::SUMMARIES) id="change" class="card">
            <h2>{heading}</h2>
            {page.error.map(load::failure)}
            {page.editing.map(|id| view! {
                <input type="hidden" name="id" value=id.0/>
                <input type="hidden" name="version" value=version/>
            })}
            <div class="columns">
                {input(Field { required: true, ..text("name", ui.name, "", &draft.name) }, &faults)}
                {select("channel_id", ui.channel, "", channels(&page.channels, draft.channel_id), &faults)}
            </div>
            <div class="columns">
                {select("weekday", words.summary_repeats, "", days(&draft.weekday), &faults)}
                {input(Field {
                    required: true, placeholder: Some("09:00"),
                    ..text("time", words.summary_time, words.summary_time_hint, &draft.time)
                }, &faults)}
                {input(text("zone", ui.zone, words.summary_zone_hint, &zone), &faults)}
            </div>
            <div class="columns">
                {input(text("owner", words.summary_owner, words.summary_owner_hint, &draft.owner), &faults)}
                {input(text("tag", words.summary_tag, words.summary_tag_hint, &draft.tag), &faults)}
            </div>
            {check("send_when_empty".to_owned(), words.summary_send_when_empty, draft.send_when_empty, None)}
            {check("enabled".to_owned(), words.summary_enabled, draft.enabled, None)}
            {submit}
        </form>
    }
    .into_any()
}

fn channels(channels: &[Channel], chosen: Option<i64>) -> Vec<(String, String, bool)> {
    let option = |channel: &Channel| {
        let is_chosen = chosen == Some(channel.id.0);
        (channel.id.to_string(), channel.name.clone(), is_chosen)
    };
    let none = (
        String::new(),
        rules_ui().choose_channel.to_owned(),
        chosen.is_none(),
    );
    std::iter::once(none)
        .chain(channels.iter().map(option))
        .collect()
}

fn days(chosen: &str) -> Vec<(String, String, bool)> {
    let daily = summaries_ui().summary_daily.to_owned();
    let mut options = vec![(String::new(), daily, chosen.is_empty())];
    options.extend(Weekday::ALL.iter().map(|day| {
        let code = day.as_str();
        (
            code.to_owned(),
            day.words(lang()).to_owned(),
            chosen == code,
        )
    }));
    options
}
