//! `/api/v1/tickets`: what people are asked for until it is done.

use app::backend::{List, TicketDoors, Tickets};
use app::id::{TaskId, TicketId};
use app::ticket::{
    TicketAct, TicketDetail, TicketFeed, TicketLink, TicketQuery, TicketStats, TicketView,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Which tickets are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `open` (the default) for all that are not over, `acknowledged`, `snoozed`, `done`, `expired`, or `all`
    state: Option<String>,
    /// Only those of this person
    owner: Option<String>,
    /// Only those of this task
    #[param(value_type = Option<i64>)]
    task: Option<TaskId>,
    /// Only those of tasks with this tag
    tag: Option<String>,
    /// Only those that are escalated at least to this level, 0–100
    #[param(minimum = 0, maximum = 100)]
    level: Option<u32>,
    /// `newest` first (the default), `oldest`, or `level`: the most escalated first, of a level the oldest; the last two of
    /// tickets that are not over
    sort: Option<String>,
    /// `next` of the page before
    after: Option<String>,
    /// Rows, 1–200; 50 when absent
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A word that is left with a ticket.
#[derive(Deserialize, ToSchema, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Word {
    /// What was done, in a few words; may be empty
    word: String,
}

/// Until when a ticket rests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Until {
    /// A length (`30m`, `2h`), `tomorrow`, RFC 3339, or a time in the task's zone (`2026-11-22 09:00`, `09:00`)
    until: String,
}

/// To whom a ticket is handed over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct To {
    /// The person's name
    to: String,
}

/// A ticket that was handed over.
#[derive(Serialize, ToSchema)]
pub(super) struct Assigned {
    /// The ticket
    #[serde(flatten)]
    ticket: TicketView,
    /// What keeps its urges from reaching that person, such as a name that no one is known by
    warnings: Vec<String>,
}

/// Whose tickets a link leads to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct For {
    /// The person's name
    person: String,
}

/// Makes a link to the open tickets of a person, which works without an account for a week. Who has it acts in the
/// person's name. Operators make one for themselves, administrators for everybody.
#[utoipa::path(post, path = "/api/v1/tickets/link", tag = "tickets", request_body = For,
    responses((status = 201, body = TicketLink), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn link(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(body): Body<For>,
) -> Reply<(StatusCode, Json<TicketLink>)> {
    let link = service.ticket_link(&caller, &body.person).await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Makes the address of a calendar feed (iCalendar) of a person's open tickets, for programs that cannot sign in. Operators
/// make one for themselves, administrators for everybody.
#[utoipa::path(post, path = "/api/v1/tickets/feed", tag = "tickets", request_body = For,
    responses((status = 201, body = TicketFeed), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn feed(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(body): Body<For>,
) -> Reply<(StatusCode, Json<TicketFeed>)> {
    let feed = service.feed_address(&caller, &body.person).await?;
    Ok((StatusCode::CREATED, Json(feed)))
}

/// How long tickets of the last 90 days took to be taken and done: medians by owner, tag and hour.
#[utoipa::path(get, path = "/api/v1/tickets/stats", tag = "tickets",
    responses((status = 200, body = TicketStats)))]
pub(super) async fn stats(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<TicketStats>> {
    Ok(Json(service.ticket_stats(&caller).await?))
}

/// Tickets, newest first if nothing else is asked for.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(Which),
    responses((status = 200, body = List<TicketView>), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(which): Params<Which>,
) -> Reply<Json<List<TicketView>>> {
    let query = TicketQuery {
        state: which.state.unwrap_or_default(),
        owner: which.owner.unwrap_or_default(),
        task: which.task,
        tag: which.tag.unwrap_or_default(),
        level: which.level,
        sort: which.sort.unwrap_or_default(),
        after: which.after,
        limit: which.limit,
    };
    Ok(Json(service.ticket_list(&caller, &query).await?))
}

/// One ticket: who was asked when, and what happened to it.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "tickets",
    responses((status = 200, body = TicketDetail), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
) -> Reply<Json<TicketDetail>> {
    Ok(Json(service.ticket_get(&caller, id).await?))
}

/// Marks a ticket done, with a word. One that is done already is 409 `ticket.done`, which says by whom and when.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/done", tag = "tickets", request_body = Option<Word>,
    responses((status = 200, body = TicketView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn done(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
    body: Option<Body<Word>>,
) -> Reply<Json<TicketView>> {
    let word = body.map(|Body(body)| body.word).unwrap_or_default();
    let act = TicketAct::Done(word);
    Ok(Json(service.ticket_act(&caller, id, &act).await?))
}

/// Takes a ticket: it is the caller's from then on.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/acknowledge", tag = "tickets",
    responses((status = 200, body = TicketView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn acknowledge(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
) -> Reply<Json<TicketView>> {
    let act = TicketAct::Acknowledge;
    Ok(Json(service.ticket_act(&caller, id, &act).await?))
}

/// Snoozes a ticket until a time.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/snooze", tag = "tickets", request_body = Until,
    responses((status = 200, body = TicketView), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn snooze(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
    Body(body): Body<Until>,
) -> Reply<Json<TicketView>> {
    let act = TicketAct::Snooze(body.until);
    Ok(Json(service.ticket_act(&caller, id, &act).await?))
}

/// Hands a ticket over to a person.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/assign", tag = "tickets", request_body = To,
    responses((status = 200, body = Assigned), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn assign(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
    Body(body): Body<To>,
) -> Reply<Json<Assigned>> {
    let act = TicketAct::Assign(body.to);
    let ticket = service.ticket_act(&caller, id, &act).await?;
    let warnings = service.ticket_get(&caller, id).await?.warnings;
    Ok(Json(Assigned { ticket, warnings }))
}

/// Asks for a ticket again that is over.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reopen", tag = "tickets",
    responses((status = 200, body = TicketView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn reopen(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TicketId>,
) -> Reply<Json<TicketView>> {
    let act = TicketAct::Reopen;
    Ok(Json(service.ticket_act(&caller, id, &act).await?))
}
