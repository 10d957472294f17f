//! `/api/v1/summaries`.

use app::backend::{List, Summaries};
use app::id::SummaryId;
use app::summary::{Summary, SummaryDraft, SummaryPreview};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All summaries, by name.
#[utoipa::path(get, path = "/api/v1/summaries", tag = "summaries", responses((status = 200, body = List<Summary>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Summary>>> {
    Ok(Json(List {
        items: service.summary_list(&caller).await?,
        next: None,
    }))
}

/// Adds a summary; it is sent from its next instant on.
#[utoipa::path(post, path = "/api/v1/summaries", tag = "summaries", request_body = SummaryDraft,
    responses((status = 201, body = Summary), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<SummaryDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.summary_create(&caller, &draft).await?),
    ))
}

/// One summary. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/summaries/{id}", tag = "summaries",
    responses((status = 200, body = Summary), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SummaryId>,
) -> Reply<impl IntoResponse> {
    Ok(answer(service.summary_get(&caller, id).await?))
}

/// Replaces a summary. With another time it is sent from the next instant on. With `If-Match`, only if the summary
/// still has that version; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/summaries/{id}", tag = "summaries", request_body = SummaryDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the summary as it was read")),
    responses((status = 200, body = Summary), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SummaryId>,
    Expected(version): Expected,
    Body(draft): Body<SummaryDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.summary_update(&caller, id, version, &draft).await?;
    Ok(answer(changed))
}

/// Removes a summary; with `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/summaries/{id}", tag = "summaries",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the summary as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SummaryId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.summary_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a summary would say about the day or the week that ends now, as its channel would get it. Nothing is sent.
#[utoipa::path(get, path = "/api/v1/summaries/{id}/preview", tag = "summaries",
    responses((status = 200, body = SummaryPreview), (status = 404, body = Problem)))]
pub(super) async fn preview(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SummaryId>,
) -> Reply<Json<SummaryPreview>> {
    Ok(Json(service.summary_preview(&caller, id).await?))
}

fn answer(summary: Summary) -> impl IntoResponse {
    ([(ETAG, etag(summary.version))], Json(summary))
}
