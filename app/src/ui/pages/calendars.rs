//! Calendars of working days: a list, and a form to add one.

use leptos::prelude::*;

use super::listing::{Asked, asked, framed, table};
use crate::auth::Action;
use crate::calendar::{Calendar, CalendarImported};
use crate::page::CalendarsPage;
use crate::routes;
use crate::server_fns::{DeleteCalendar, RefreshCalendar, fetch_calendars};
use crate::texts::calendars;
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::controls::{button, fold_after};
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::context::{calendars_ui, lang, may, ui};
use crate::ui::load;

/// The actions of a calendar's row.
#[derive(Clone, Copy)]
struct RowActions {
    refresh: Act<RefreshCalendar>,
    delete: Act<DeleteCalendar>,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let desk = RowActions {
        refresh: Act::new(),
        delete: Act::new(),
    };
    fold_after(move || desk.delete.version().get());
    let data = load::ask(
        move || (desk.refresh.version().get(), desk.delete.version().get()),
        |_| fetch_calendars(),
    );
    let error = move || desk.refresh.error().or_else(|| desk.delete.error());
    let taken = move || match desk.refresh.get() {
        Some(Ok(imported)) => Some(outcome(&imported)),
        _ => None,
    };
    let page = view! {
        <div aria-live="polite">{taken}</div>
        {load::page(data, move |page| content(page, desk))}
        {load::once(|| (), |()| fetch_calendars(), form)}
    };
    framed(calendars_ui().calendars, error, page.into_any())
}

/// The result of an update, with the entries that could not be used.
fn outcome(imported: &CalendarImported) -> AnyView {
    let words = calendars::imported(lang(), imported.days, imported.ignored.len());
    let name = imported.calendar.name.clone();
    imported_box(
        std::iter::once(format!("{name}: {words}"))
            .chain(imported.ignored.iter().cloned())
            .collect(),
    )
}

/// The first line, with the others below it as a list.
pub(super) fn imported_box(mut lines: Vec<String>) -> AnyView {
    let rest = lines.split_off(lines.len().min(1));
    let rest = (!rest.is_empty()).then(|| {
        let rest = rest
            .into_iter()
            .map(|line| view! { <li>{visible(&line)}</li> });
        view! { <ul class="ignored">{rest.collect_view()}</ul> }
    });
    view! {
        <div class="notice is-ok" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{lines.pop().unwrap_or_default()}</p>
                {rest}
            </div>
        </div>
    }
    .into_any()
}

fn content(page: CalendarsPage, desk: RowActions) -> AnyView {
    let (ui, words) = (ui(), calendars_ui());
    let admin = may(Action::Administer);
    let rows = page
        .calendars
        .iter()
        .map(|calendar| row(calendar, admin.then_some(desk)));
    let columns = [ui.name, words.years, words.source, words.used_by];
    // The built-in one always exists.
    let table = table(&columns, admin, rows.collect(), "");
    view! {
        <section class="card flush">{table}</section>
    }
    .into_any()
}

/// The years with data as text: `2024–2026, 2028`.
pub(super) fn years(calendar: &Calendar) -> String {
    if calendar.years.is_empty() {
        return calendars_ui().no_years.to_owned();
    }
    let runs = calendar.years.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.filter_map(|run| match (run.first(), run.last()) {
        (Some(first), Some(last)) if first != last => Some(format!("{first}–{last}")),
        (Some(only), _) => Some(only.to_string()),
        _ => None,
    });
    runs.collect::<Vec<_>>().join(lang().pick("、", ", "))
}

fn row(calendar: &Calendar, desk: Option<RowActions>) -> AnyView {
    let (words, lang) = (calendars_ui(), lang());
    let source = calendar.source_url.clone().map_or_else(
        || view! { <span class="muted">{words.no_source}</span> }.into_any(),
        |url| view! { <code class="break">{url}</code> }.into_any(),
    );
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=rooted(routes::calendar(&calendar.name))>{calendar.name.clone()}</a>
                {calendar.builtin.then(|| view! { <span class="people"><span class="tag">{words.builtin}</span></span> })}
            </th>
            <td data-label=words.years>{years(calendar)}</td>
            <td data-label=words.source>{source}</td>
            <td data-label=words.used_by>{calendars::schedules_using(lang, calendar.used_by)}</td>
            {desk.map(|desk| view! {
                <td class="row-actions"><div>{refresh(calendar, desk)} {delete(calendar, desk)}</div></td>
            })}
        </tr>
    }
    .into_any()
}

fn refresh(calendar: &Calendar, desk: RowActions) -> Option<AnyView> {
    let word = calendars_ui().refresh;
    calendar.source_url.as_ref().map(|_| {
        let name = calendar.name.clone();
        let label = format!("{word}: {name}");
        view! {
            <ActForm action=desk.refresh>
                <input type="hidden" name="name" value=name/>
                {button("button small", icon::DOWNLOAD, word, label, desk.refresh.pending())}
            </ActForm>
        }
        .into_any()
    })
}

/// Offered if the server would not refuse: for an unused calendar, or a changed built-in one.
fn delete(calendar: &Calendar, desk: RowActions) -> Option<AnyView> {
    let words = calendars_ui();
    let question = if calendar.builtin {
        calendar.updated_at?;
        Asked {
            word: words.back_to_builtin,
            glyph: icon::UNDO,
            question: words.back_to_builtin_confirm,
            yes: words.back_to_builtin,
        }
    } else if calendar.used_by == 0 {
        Asked::delete(words.calendar_delete_confirm)
    } else {
        return None;
    };
    let fields = [
        ("name", calendar.name.clone()),
        ("version", calendar.version.to_string()),
    ];
    Some(asked(desk.delete, fields, &question))
}

fn form(page: CalendarsPage) -> AnyView {
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (draft, faults, error) = (&page.draft, &Faults(page.faults), page.error);
    let (ui, words) = (ui(), calendars_ui());
    view! {
        <form method="post" action=rooted(routes::CALENDARS) class="card">
            <h2>{words.add_calendar}</h2>
            {error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.name, value: draft.name.clone(), required: true,
                    hint: words.calendar_name_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "source_url".into(), label: words.source, value: draft.source_url.clone(), kind: "url",
                    hint: words.source_hint, mono: true, ..Field::default()
                }, faults)}
            </div>
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        </form>
    }
    .into_any()
}
