//! One calendar: a year of days, and days taken over from a text.

mod year;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::calendars::{imported_box, years};
use crate::auth::Action;
use crate::calendar::Calendar;
use crate::error::AppError;
use crate::i18n::ui::days;
use crate::page::CalendarPage;
use crate::routes;
use crate::server_fns::{SetCalendarSource, fetch_calendar};
use crate::ui::act::{Act, ActForm};
use crate::ui::components::choice::check;
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{days_ui, lang, may, ui};
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
    load::page(data, move |page| content(page, source, error))
}

fn content(
    page: CalendarPage,
    source: Act<SetCalendarSource>,
    error: Signal<Option<AppError>>,
) -> AnyView {
    let (days, lang) = (days_ui(), lang());
    let calendar = &page.days.calendar;
    let admin = may(Action::Administer);
    let title = days::calendar_year(lang, &calendar.name, page.year);
    let no_data = (!calendar.years.contains(&page.year)).then(|| {
        view! {
            <p class="notice is-warn">{icon(icon::ALERT)} <span>{days.year_without_data}</span></p>
        }
    });
    let warning = calendar.warning.clone().map(|text| {
        view! { <p class="notice is-warn">{icon(icon::ALERT)} <span>{text}</span></p> }
    });
    let outcome = page
        .outcome
        .as_ref()
        .map(|text| imported_box(text.lines().map(str::to_owned).collect()));
    view! {
        <leptos_meta::Title text=title.clone()/>
        <p class="crumbs">
            <a href=routes::ADMIN>{ui().nav_admin}</a> {icon(icon::CHEVRON)}
            <a href=routes::CALENDARS>{days.calendars}</a>
        </p>
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="lead">
                    {calendar.builtin.then(|| view! { <span class="tag">{days.builtin}</span> })}
                    <span class="muted">{days.years} ": " {years(calendar)}</span>
                </p>
            </div>
            {year_links(&calendar.name, page.year)}
        </div>
        {load::notice(error)}
        {outcome}
        {warning}
        {no_data}
        {year::year(page.year, &page.days.days, &page.clock)}
        {admin.then(|| import(&page))}
        {admin.then(|| change_source(calendar, source))}
    }
    .into_any()
}

fn year_links(name: &str, year: i32) -> AnyView {
    let days = days_ui();
    let link = |year: i32| format!("{}?year={year}", routes::calendar(name));
    view! {
        <nav class="page-actions controls" aria-label=days.years>
            <a class="button" href=link(year - 1)>
                <span class="back">{icon(icon::CHEVRON)}</span> <span class="sr">{days.previous_year}</span> {year - 1}
            </a>
            <a class="button" href=link(year + 1)>
                {year + 1} <span class="sr">{days.next_year}</span> {icon(icon::CHEVRON)}
            </a>
        </nav>
    }
    .into_any()
}

/// Posts to the page itself, also without JavaScript; the answer is the page with the outcome.
fn import(page: &CalendarPage) -> AnyView {
    let days = days_ui();
    let faults = Faults(page.faults.clone());
    let draft = &page.import;
    let action = format!(
        "{}?year={}",
        routes::calendar(&page.days.calendar.name),
        page.year
    );
    view! {
        <form method="post" action=action class="card">
            <h2>{days.import}</h2>
            {page.error.clone().map(load::failure)}
            {text_area("text", days.import_text, days.import_hint, &draft.text, &faults)}
            <div class="checks">
                {check("as_work_days".to_owned(), days.import_as_work, draft.as_work_days, None)}
                {check("replace_years".to_owned(), days.import_replace, draft.replace_years, None)}
            </div>
            <button type="submit" class="button primary">{icon(icon::DOWNLOAD)} {days.import_submit}</button>
        </form>
    }
    .into_any()
}

fn change_source(calendar: &Calendar, action: Act<SetCalendarSource>) -> AnyView {
    let days = days_ui();
    let (name, url) = (
        calendar.name.clone(),
        calendar.source_url.clone().unwrap_or_default(),
    );
    view! {
        <section class="card">
            <h2>{days.change_source}</h2>
            <ActForm action=action>
                <input type="hidden" name="name" value=name/>
                <div class="field">
                    <label for="source_url">{days.source}</label>
                    <input
                        id="source_url" name="source_url" type="url" class="mono" value=url autocomplete="off"
                        aria-describedby="source_url-hint"
                    />
                    <p class="hint" id="source_url-hint">{days.source_hint}</p>
                </div>
                <p class="after-field">
                    {button("button", icon::CHECK, days.save, days.save.to_owned(), action.pending())}
                </p>
            </ActForm>
        </section>
    }
    .into_any()
}
