//! The parts of this installation and their versions.

use leptos::prelude::*;

use super::calendars::years;
use crate::page::About;
use crate::routes;
use crate::server_fns::fetch_about;
use crate::texts::phrases::bytes;
use crate::texts::upkeep::{self, UpkeepUi};
use crate::ui::base::rooted;
use crate::ui::components::notices::notices;
use crate::ui::components::{fact, page_head};
use crate::ui::context::{about_ui, calendars_ui, lang, ui};
use crate::ui::load;
use crate::upkeep::Upkeep;

/// The page.
pub(crate) fn page() -> AnyView {
    let data = load::ask(|| (), |()| fetch_about());
    view! {
        {page_head(about_ui().about.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

fn content(page: About) -> AnyView {
    let (ui, about) = (ui(), about_ui());
    let rows = page.calendars.iter().map(|calendar| {
        view! {
            <div>
                <dt><a href=rooted(routes::calendar(&calendar.name))>{calendar.name.clone()}</a></dt>
                <dd>{years(calendar)}</dd>
            </div>
        }
    });
    view! {
        {notices(page.notices)}
        <div class="grid">
            <section class="card">
                <h2>{ui.product}</h2>
                <dl class="facts">
                    {fact(ui.version, page.version)}
                    {fact(ui.database, page.database)}
                    {fact(about.tz_version, view! { {page.tz_version} " " <small class="muted">{about.tz_source(&page.tz_source)}</small> })}
                    {fact(about.default_zone, page.default_zone)}
                    {page.memory_limit_of_run.map(|of_run| {
                        fact(about.memory_limit, if of_run { about.memory_of_run } else { about.memory_of_process })
                    })}
                </dl>
            </section>
            {page.upkeep.as_ref().map(upkeep_card)}
            <section class="card">
                <h2>{calendars_ui().calendars}</h2>
                <dl class="facts">{rows.collect_view()}</dl>
            </section>
        </div>
    }
    .into_any()
}

/// Whether old history is deleted, and backups are made; for administrators.
fn upkeep_card(state: &Upkeep) -> AnyView {
    let (texts, lang) = (UpkeepUi::of(lang()), lang());
    view! {
        <section class="card">
            <h2>{texts.upkeep}</h2>
            <dl class="facts">
                {fact(texts.retention, upkeep::retention(lang, state))}
                {fact(texts.backup, upkeep::backup(lang, state))}
                {upkeep::database(lang, state).map(|size| fact(texts.database, size))}
                {state.disk_free_bytes.map(|free| fact(texts.disk, bytes(free)))}
            </dl>
        </section>
    }
    .into_any()
}
