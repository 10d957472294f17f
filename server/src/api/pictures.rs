//! `/api/v1/pictures`.

use app::backend::{List, Pictures};
use app::message::{Picture, PictureDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// The pictures that follow messages, built-in ones and uploaded ones.
#[utoipa::path(get, path = "/api/v1/pictures", tag = "pictures", responses((status = 200, body = List<Picture>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Picture>>> {
    Ok(Json(List {
        items: service.picture_list(&caller).await?,
        next: None,
    }))
}

/// The file of a picture.
#[utoipa::path(get, path = "/api/v1/pictures/{picture}", tag = "pictures",
    responses((status = 200, content_type = "image/png", body = String), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
) -> Reply<impl IntoResponse> {
    let (media_type, bytes) = service.picture_content(&caller, &name).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], bytes))
}

/// Puts a picture in the place of the one that is there. With `If-Match`, only if that still has this version, `"0"` for
/// the built-in one; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/pictures/{picture}", tag = "pictures", request_body = PictureDraft,
    params(("If-Match" = Option<String>, Header, description = "The version of the picture as it was read")),
    responses((status = 200, body = Picture), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<PictureDraft>,
) -> Reply<impl IntoResponse> {
    let set = service.picture_set(&caller, &name, version, &draft).await?;
    Ok(([(header::ETAG, etag(set.version))], Json(set)))
}

/// Removes an uploaded picture: the built-in one is back. With `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/pictures/{picture}", tag = "pictures",
    params(("If-Match" = Option<String>, Header, description = "The version of the picture as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.picture_delete(&caller, &name, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
