//! One calendar: a year of days, and the import of days from a text.

mod year;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::calendars::{imported_box, years};
use crate::auth::Action;
use crate::calendar::Calendar;
use crate::error::AppError;
use crate::page::CalendarPage;
use crate::routes;
use crate::server_fns::{SetCalendarSource, fetch_calendar};
use crate::texts::calendars;
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::choice::check;
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::time::Clock;
use crate::ui::context::{calendars_ui, lang, may, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let name = params.read().get("name").unwrap_or_default();
        let year = query.read().get("year").and_then(|year| year.parse().ok());
        (name, year)
    });
    let source = Act::<SetCalendarSource>::new();
    let data = load::ask(
        move || (asked.get(), source.version().get()),
        |((name, year), _)| fetch_calendar(name, year),
    );
    let error = Signal::derive(move || source.error());
    // Again after one's own change of the source, which makes a version.
    let forms = load::once(
        move || (asked.get(), source.version().get()),
        |((name, year), _)| fetch_calendar(name, year),
        move |page: CalendarPage| {
            let admin = may(Action::Administer);
            let calendar = &page.days.calendar;
            view! {
                {admin.then(|| import(&page))}
                {admin.then(|| change_source(calendar, source))}
            }
            .into_any()
        },
    );
    view! {
        {load::page(data, move |page| content(page, error))}
        {forms}
    }
    .into_any()
}

fn content(page: CalendarPage, error: Signal<Option<AppError>>) -> AnyView {
    let (words, lang) = (calendars_ui(), lang());
    let calendar = &page.days.calendar;
    let title = calendars::calendar_year(lang, &calendar.name, page.year);
    let no_data = (!calendar.years.contains(&page.year)).then(|| {
        view! {
            <p class="notice is-warn">{icon(icon::ALERT)} <span>{words.year_without_data}</span></p>
        }
    });
    let notices = [&calendar.warning, &calendar.refresh_fault];
    let warning = notices.into_iter().flatten().map(|text| {
        view! { <p class="notice is-warn">{icon(icon::ALERT)} <span>{text.clone()}</span></p> }
    });
    let warning = warning.collect_view();
    let clock = Clock::new(page.clock.clone());
    let refreshed = calendar.refreshed_at.map(|at| {
        view! { <span class="muted">{words.refreshed} " " {clock.exact(at)}</span> }
    });
    let outcome = page
        .outcome
        .as_ref()
        .map(|text| imported_box(text.lines().map(str::to_owned).collect()));
    view! {
        <leptos_meta::Title text=title.clone()/>
        <p class="crumbs">
            <a href=rooted(routes::ADMIN)>{ui().nav_admin}</a> {icon(icon::CHEVRON)}
            <a href=rooted(routes::CALENDARS)>{words.calendars}</a>
        </p>
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="lead">
                    {calendar.builtin.then(|| view! { <span class="tag">{words.builtin}</span> })}
                    <span class="muted">{words.years} ": " {years(calendar)}</span>
                    " " {refreshed}
                </p>
            </div>
            {year_links(&calendar.name, page.year)}
        </div>
        {load::notice(error)}
        {outcome}
        {warning}
        {no_data}
        {year::year(page.year, &page.days.days, &page.clock)}
    }
    .into_any()
}

fn year_links(name: &str, year: i32) -> AnyView {
    let words = calendars_ui();
    let link = |year: i32| format!("{}?year={year}", routes::calendar(name));
    view! {
        <nav class="page-actions controls" aria-label=words.years>
            <a class="button" href=rooted(link(year - 1))>
                <span class="back">{icon(icon::CHEVRON)}</span> <span class="sr">{words.previous_year}</span> {year - 1}
            </a>
            <a class="button" href=rooted(link(year + 1))>
                {year + 1} <span class="sr">{words.next_year}</span> {icon(icon::CHEVRON)}
            </a>
        </nav>
    }
    .into_any()
}

/// Posts to the page itself, also without JavaScript; the answer is the page with the result.
fn import(page: &CalendarPage) -> AnyView {
    let words = calendars_ui();
    let faults = Faults(page.faults.clone());
    let draft = &page.import;
    let action = format!(
        "{}?year={}",
        routes::calendar(&page.days.calendar.name),
        page.year
    );
    view! {
        <form method="post" action=rooted(action) class="card">
            <h2>{words.import}</h2>
            {page.error.clone().map(load::failure)}
            <input type="hidden" name="version" value=page.days.calendar.version/>
            {text_area("text", words.import_text, words.import_hint, &draft.text, &faults)}
            <div class="checks">
                {check("as_work_days".to_owned(), words.import_as_work, draft.as_work_days, None)}
                {check("replace_years".to_owned(), words.import_replace, draft.replace_years, None)}
            </div>
            <button type="submit" class="button primary">{icon(icon::DOWNLOAD)} {words.import_submit}</button>
        </form>
    }
    .into_any()
}

fn change_source(calendar: &Calendar, action: Act<SetCalendarSource>) -> AnyView {
    let words = calendars_ui();
    let (name, url, version) = (
        calendar.name.clone(),
        calendar.source_url.clone().unwrap_or_default(),
        calendar.version,
    );
    view! {
        <section class="card">
            <h2>{words.change_source}</h2>
            <ActForm action=action>
                <input type="hidden" name="name" value=name/>
                <input type="hidden" name="version" value=version/>
                <div class="field">
                    <label for="source_url">{words.source}</label>
                    <input
                        id="source_url" name="source_url" type="url" class="mono" value=url autocomplete="off"
                        aria-describedby="source_url-hint"
                    />
                    <p class="hint" id="source_url-hint">{words.source_hint}</p>
                </div>
                <p class="after-field">
                    {button("button", icon::CHECK, ui().save, ui().save.to_owned(), action.pending())}
                </p>
            </ActForm>
        </section>
    }
    .into_any()
}
