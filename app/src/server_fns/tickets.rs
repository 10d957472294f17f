//! The page of tickets.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::error::AppError;
use crate::id::TicketId;
use crate::page::{TicketAddress, TicketsPage};
use crate::ticket::TicketQuery;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    auth::Action,
    backend::{Caller, List, SharedBackend, backend, caller, with_status},
    error::ErrorKind,
    id::TaskId,
    page::sort_for,
    server_fns::forms::Posted,
    ticket::{TicketDetail, TicketState, TicketView},
    time::Stamp,
};

/// A ticket with its history, whose times are readable: the browser reads none in text form.
#[cfg(feature = "ssr")]
async fn detail(
    backend: &SharedBackend,
    caller: &Caller,
    id: TicketId,
) -> Result<TicketDetail, AppError> {
    let mut shown = backend.ticket_get(caller, id).await?;
    let zone = backend.zone_rules(caller, &shown.ticket.zone).await?;
    for entry in &mut shown.history {
        if let Ok(at) = chrono::DateTime::parse_from_rfc3339(&entry.detail) {
            entry.detail = zone.full(Stamp(at.to_utc()));
        }
    }
    Ok(shown)
}

/// The latest ticket of a task, if it has opened any.
#[cfg(feature = "ssr")]
pub(super) async fn latest(
    backend: &SharedBackend,
    caller: &Caller,
    task: TaskId,
) -> Result<Option<TicketDetail>, AppError> {
    let query = TicketQuery {
        task: Some(task),
        state: "all".to_owned(),
        limit: Some(1),
        ..TicketQuery::default()
    };
    let listed = backend.ticket_list(caller, &query).await?;
    match listed.items.first() {
        Some(ticket) => detail(backend, caller, ticket.id).await.map(Some),
        None => Ok(None),
    }
}

/// The page of tickets, one of them with its history, and how quickly tickets were answered. A question with faults is answered on the page, with the
/// fault.
#[server(prefix = "/fn", endpoint = "tickets_page", input = Wire, output = Wire)]
pub async fn fetch_tickets(
    query: TicketQuery,
    shown: Option<TicketId>,
    stats: bool,
) -> Result<TicketsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let answer = with_status(backend.ticket_list(&caller, &query).await);
    let (list, mut error) = match answer {
        Err(error) if error.kind == ErrorKind::Invalid => {
            let nothing = List {
                items: Vec::new(),
                next: None,
            };
            (nothing, Some(error))
        }
        answer => (answer?, None),
    };
    if let Some(Posted::Tickets(refused)) = use_context::<Posted>() {
        error = Some(refused);
    }
    let shown = match shown {
        Some(id) => Some(with_status(detail(&backend, &caller, id).await)?),
        None => None,
    };
    let task = match query.task {
        Some(id) => Some((
            id,
            with_status(backend.task_get(&caller, id).await)?
                .name
                .clone(),
        )),
        None => None,
    };
    let stats = match stats {
        true => Some(with_status(backend.ticket_stats(&caller).await)?),
        false => None,
    };
    let may_assign = caller
        .principal
        .as_ref()
        .is_some_and(|who| who.can(Action::Operate));
    let people = match may_assign {
        true => with_status(backend.people_known(&caller).await)?,
        false => Vec::new(),
    };
    let mut items = list.items;
    let reader = caller
        .principal
        .as_ref()
        .map_or("", |who| who.name.as_str());
    // The reader's own come first however many newer ones there are; on later pages they stand among the others. Not of
    // those that are over: one's own would be looked for among all that there ever were.
    let word = query.state.trim();
    let is_open = word.is_empty() || TicketState::OPEN.iter().any(|one| one.as_str() == word);
    let is_first = query.owner.is_empty() && query.after.is_none() && list.next.is_some();
    if error.is_none() && is_open && is_first {
        let own = TicketQuery {
            owner: reader.to_owned(),
            ..query.clone()
        };
        let own = with_status(backend.ticket_list(&caller, &own).await)?.items;
        let new = own
            .into_iter()
            .filter(|one| !items.iter().any(|known| known.id == one.id));
        let new: Vec<TicketView> = new.collect();
        items.extend(new);
    }
    sort_for(&mut items, reader);
    Ok(TicketsPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        query,
        task,
        items,
        next: list.next,
        shown,
        stats,
        oncall: with_status(backend.rota_list(&caller).await)?,
        people,
        error,
    })
}

/// The address that was just made, in the answer to the form that made it; none anywhere else.
#[server(prefix = "/fn", endpoint = "ticket_address", input = Wire, output = Wire)]
pub async fn fetch_ticket_address() -> Result<Option<TicketAddress>, AppError> {
    Ok(match use_context::<Posted>() {
        Some(Posted::TicketAddress(made)) => Some(made),
        _ => None,
    })
}
