//! What this installation is made of.

use leptos::prelude::*;

use super::calendars::years;
use crate::page::About;
use crate::routes;
use crate::server_fns::fetch_about;
use crate::ui::components::notices::notices;
use crate::ui::components::{fact, page_head};
use crate::ui::context::{days_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let data = load::ask(|| (), |()| fetch_about());
    view! {
        {page_head(days_ui().about.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

fn content(page: About) -> AnyView {
    let (ui, days) = (ui(), days_ui());
    let rows = page.calendars.iter().map(|calendar| {
        view! {
            <div>
                <dt><a href=routes::calendar(&calendar.name)>{calendar.name.clone()}</a></dt>
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
                    {fact(days.tz_version, view! { {page.tz_version} " " <small class="muted">{days.tz_source(&page.tz_source)}</small> })}
                    {fact(days.default_zone, page.default_zone)}
                    {page.memory_limit_of_run.map(|of_run| {
                        fact(days.memory_limit, if of_run { days.memory_of_run } else { days.memory_of_process })
                    })}
                </dl>
            </section>
            <section class="card">
                <h2>{days.calendars}</h2>
                <dl class="facts">{rows.collect_view()}</dl>
            </section>
        </div>
    }
    .into_any()
}
