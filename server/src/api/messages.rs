//! `/api/v1/messages`: what was sent, what waits, and what was given up.

use app::backend::{List, Messages};
use app::id::{ChannelId, MessageId, TaskId};
use app::message::{Message, MessageQuery};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};
use crate::service::{ResendReport, ResendRequest};

/// Query of the history of messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct History {
    /// `pending`, `waiting`, `sending`, `sent`, `dead` or `withdrawn`; all when absent.
    state: Option<String>,
    /// A code of an event; all when absent.
    event: Option<String>,
    /// Only messages about this task: its name or its ID.
    task: Option<String>,
    /// Only messages to this channel.
    #[param(value_type = Option<i64>)]
    channel: Option<ChannelId>,
    /// Only messages that were caused then or later: RFC 3339, or a time or a date in the server's default zone.
    from: Option<String>,
    /// Only messages that were caused earlier; a date alone includes that day.
    to: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1–200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Messages of all tasks, newest first.
#[utoipa::path(get, path = "/api/v1/messages", tag = "messages", params(History),
    responses((status = 200, body = List<Message>), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Params(history): Params<History>,
) -> Reply<Json<List<Message>>> {
    let query = MessageQuery {
        state: history.state.unwrap_or_default(),
        event: history.event.unwrap_or_default(),
        task: history.task.unwrap_or_default(),
        channel: history.channel,
        from: history.from.unwrap_or_default(),
        to: history.to.unwrap_or_default(),
        after: history.after.unwrap_or_default(),
        limit: history.limit,
    };
    Ok(Json(service.message_history(&caller, &query).await?))
}

/// One message.
#[utoipa::path(get, path = "/api/v1/messages/{id}", tag = "messages",
    responses((status = 200, body = Message), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<MessageId>,
) -> Reply<Json<Message>> {
    Ok(Json(service.message_get(&caller, id).await?))
}

/// Which messages are sent again: those of `ids`, or those that match. At most 1,000.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ResendBody {
    /// These messages.
    #[schema(value_type = Vec<i64>)]
    ids: Vec<MessageId>,
    /// `dead`, or absent: others are not sent again.
    state: Option<String>,
    /// Only those to this channel.
    #[schema(value_type = Option<i64>)]
    channel: Option<ChannelId>,
    /// Only those about this task.
    #[schema(value_type = Option<i64>)]
    task: Option<TaskId>,
    /// Only those of this event.
    event: Option<String>,
    /// How many of those that match, the newest ones; 100 when absent.
    limit: Option<u32>,
    /// Whether they are only counted.
    dry_run: bool,
}

/// Sends messages again that were given up, the oldest first; their attempts count from zero.
#[utoipa::path(post, path = "/api/v1/messages/resend", tag = "messages", request_body = ResendBody,
    responses((status = 200, body = ResendReport), (status = 422, body = Problem)))]
pub(super) async fn resend_all(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(body): Body<ResendBody>,
) -> Reply<Json<ResendReport>> {
    let request = ResendRequest {
        ids: body.ids,
        query: MessageQuery {
            state: body.state.unwrap_or_default(),
            event: body.event.unwrap_or_default(),
            task: body.task.map(|id| id.to_string()).unwrap_or_default(),
            channel: body.channel,
            limit: body.limit,
            ..MessageQuery::default()
        },
        dry_run: body.dry_run,
    };
    Ok(Json(service.resend_messages(&caller, &request).await?))
}

/// Sends a message again that was given up; its attempts count from zero.
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend", tag = "messages",
    responses((status = 200, body = Message), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn resend(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<MessageId>,
) -> Reply<Json<Message>> {
    Ok(Json(service.message_resend(&caller, id).await?))
}
