//! `/api/v1/messages`: what was sent, what waits, and what was given up.

use app::backend::{List, Messages};
use app::id::{ChannelId, MessageId, TaskId};
use app::message::{Message, MessageQuery};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// Query of the history of messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct History {
    /// `pending`, `waiting`, `sending`, `sent`, `dead` or `withdrawn`; all when absent.
    state: Option<String>,
    /// A code of an event; all when absent.
    event: Option<String>,
    /// Only messages about this task.
    #[param(value_type = Option<i64>)]
    task: Option<TaskId>,
    /// Only messages to this channel.
    #[param(value_type = Option<i64>)]
    channel: Option<ChannelId>,
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
        task: history.task,
        channel: history.channel,
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
