//! `/api/v1/channels`.

use app::backend::{Channels, List};
use app::channel::{Channel, ChannelDraft, ChannelTest};
use app::id::ChannelId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All channels.
#[utoipa::path(get, path = "/api/v1/channels", tag = "channels", responses((status = 200, body = List<Channel>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Channel>>> {
    Ok(Json(List {
        items: service.channel_list(&caller).await?,
        next: None,
    }))
}

/// Adds a channel.
#[utoipa::path(post, path = "/api/v1/channels", tag = "channels", request_body = ChannelDraft,
    responses((status = 201, body = Channel), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<ChannelDraft>,
) -> Reply<impl IntoResponse> {
    let channel = service.channel_create(&caller, &draft).await?;
    Ok((StatusCode::CREATED, answer(channel)))
}

/// One channel. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/channels/{id}", tag = "channels",
    responses((status = 200, body = Channel), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
) -> Reply<impl IntoResponse> {
    Ok(answer(service.channel_get(&caller, id).await?))
}

/// Replaces a channel; an empty URL keeps the stored one. With `If-Match`, only if the channel still has that version;
/// otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/channels/{id}", tag = "channels", request_body = ChannelDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the channel as it was read")),
    responses((status = 200, body = Channel), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
    Expected(version): Expected,
    Body(draft): Body<ChannelDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.channel_update(&caller, id, version, &draft).await?;
    Ok(answer(changed))
}

/// Removes a channel that no task sends to; with `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/channels/{id}", tag = "channels",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the channel as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.channel_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message and returns the channel's answer.
#[utoipa::path(post, path = "/api/v1/channels/{id}/test", tag = "channels",
    responses((status = 200, body = ChannelTest), (status = 404, body = Problem),
        (status = 429, description = "the channel is at its rate limit until `Retry-After`", body = Problem)))]
pub(super) async fn test(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
) -> Reply<Json<ChannelTest>> {
    Ok(Json(service.channel_test(&caller, id).await?))
}

fn answer(channel: Channel) -> impl IntoResponse {
    ([(ETAG, etag(channel.version))], Json(channel))
}
