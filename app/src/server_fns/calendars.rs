//! The pages of calendars and their controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::calendar::CalendarImported;
use crate::error::AppError;
use crate::page::{CalendarPage, CalendarsPage};
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    calendar::{CalendarDraft, CalendarImport},
    server_fns::forms::{Posted, sent, split},
    texts::calendars,
};

/// Years that a calendar's page shows; others would be typing errors.
#[cfg(feature = "ssr")]
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// The calendars page.
#[server(prefix = "/fn", endpoint = "calendars_page", input = Wire, output = Wire)]
pub async fn fetch_calendars() -> Result<CalendarsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let form = sent(|posted| match posted {
        Posted::Calendar(draft, error) => Some((draft, error)),
        _ => None,
    });
    Ok(CalendarsPage {
        calendars: with_status(backend.calendar_list(&caller).await)?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        draft: form.draft,
        faults: form.faults,
        error: form.error,
    })
}

/// One calendar's page: one year of it, by default the current one.
#[server(prefix = "/fn", endpoint = "calendar_page", input = Wire, output = Wire)]
pub async fn fetch_calendar(
    name: String,
    #[server(default)] year: Option<i32>,
) -> Result<CalendarPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let clock = super::read::clock(&backend, &caller, &backend.default_zone()).await?;
    let today = clock.zone.local(clock.now);
    let present = today.get(..4).and_then(|year| year.parse().ok());
    let year = year
        .filter(|year| YEARS.contains(year))
        .or(present)
        .unwrap_or(*YEARS.start());
    let (import, outcome, posted) = match use_context::<Posted>() {
        Some(Posted::CalendarImport(_, Ok(imported))) => {
            let mut lines = vec![calendars::imported(
                caller.lang,
                imported.days,
                imported.ignored.len(),
            )];
            lines.extend(imported.ignored);
            (CalendarImport::default(), Some(lines.join("\n")), None)
        }
        Some(Posted::CalendarImport(import, Err(error))) => (import, None, Some(error)),
        _ => (CalendarImport::default(), None, None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(CalendarPage {
        days: with_status(backend.calendar_get(&caller, &name, Some(year)).await)?,
        clock,
        year,
        import,
        outcome,
        faults,
        error,
    })
}

/// Removes a calendar; the built-in one goes back to the data that came with the product. Only while it has the version that was read.
#[server(prefix = "/fn", endpoint = "calendar_delete", output = Wire)]
pub async fn delete_calendar(name: String, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .calendar_delete(&caller()?, &name, Some(version))
            .await,
    )
}

/// Imports days from the calendar's URL.
#[server(prefix = "/fn", endpoint = "calendar_refresh", output = Wire)]
pub async fn refresh_calendar(name: String) -> Result<CalendarImported, AppError> {
    with_status(backend()?.calendar_refresh(&caller()?, &name, None).await)
}

/// Changes where a calendar is updated from, if it still has the version that was read; empty for none.
#[server(prefix = "/fn", endpoint = "calendar_source", output = Wire)]
pub async fn set_calendar_source(
    name: String,
    version: i64,
    #[server(default)] source_url: String,
) -> Result<(), AppError> {
    let draft = CalendarDraft {
        name: name.clone(),
        source_url,
    };
    with_status(
        backend()?
            .calendar_update(&caller()?, &name, Some(version), &draft)
            .await
            .map(|_| ()),
    )
}
