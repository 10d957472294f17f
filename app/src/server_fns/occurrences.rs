//! The planned firings of a task.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::error::AppError;
use crate::id::TaskId;
use crate::page::OccurrencesPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    occurrence::{OccurrenceQuery, OccurrenceState},
};

/// Upcoming firings on the first page.
#[cfg(feature = "ssr")]
const UPCOMING: u32 = 20;

/// The planned firings: filtered by state, from a cursor on, with the answer to "why at that time?".
#[server(prefix = "/fn", endpoint = "occurrences_page", input = Wire, output = Wire)]
pub async fn fetch_occurrences(
    id: TaskId,
    #[server(default)] state: Option<String>,
    #[server(default)] after: Option<String>,
    #[server(default)] at: Option<String>,
) -> Result<OccurrencesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let task = with_status(backend.task_get(&caller, id).await)?;
    let query = OccurrenceQuery {
        state: with_status(OccurrenceQuery::read_state(state.as_deref(), caller.lang))?,
        after: after.filter(|after| !after.is_empty()),
        limit: None,
    };
    let list = with_status(backend.task_occurrences(&caller, id, &query).await)?;
    let to_come = query.after.is_none() && query.state.is_none_or(OccurrenceState::can_be_to_come);
    let mut upcoming = if to_come {
        backend.task_upcoming(&caller, id, UPCOMING).await?
    } else {
        Vec::new()
    };
    if let Some(state) = query.state {
        upcoming.retain(|one| one.state == state);
    }
    let at = at.unwrap_or_default().trim().to_owned();
    // A query that cannot be answered is reported at its field; the page is shown all the same.
    let (explanation, explain_error) = if at.is_empty() {
        (None, None)
    } else {
        match backend.task_explain(&caller, id, &at).await {
            Ok(explanation) => (Some(explanation), None),
            Err(error) => (None, Some(error)),
        }
    };
    let clock = super::read::clock(&backend, &caller, &task.zone).await?;
    // Firings planned ahead are listed among the upcoming ones.
    let mut items = list.items;
    items.retain(|one| one.state != OccurrenceState::Planned || one.due_at <= clock.now);
    Ok(OccurrencesPage {
        clock,
        task: task.task,
        query,
        upcoming,
        items,
        next: list.next,
        at,
        explanation,
        explain_error,
    })
}
