//! `/api/v1/pictures`.

use app::backend::{List, Pictures};
use app::message::{Picture, PictureDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::http::AppState;
use crate::http::extract::{Body, Who};
use crate::http::{Problem, Reply};

/// The pictures that follow messages, built-in ones and uploaded ones.
#[utoipa::path(get, path = "/api/v1/pictures", tag = "pictures", responses((status = 200, body = List<Picture>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    Who(caller): Who,
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
    Who(caller): Who,
    Path(name): Path<String>,
) -> Reply<impl IntoResponse> {
    let (media_type, bytes) = service.picture_content(&caller, &name).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], bytes))
}

/// Puts a picture in the place of the one that is there.
#[utoipa::path(put, path = "/api/v1/pictures/{picture}", tag = "pictures", request_body = PictureDraft,
    responses((status = 200, body = Picture), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
    Body(draft): Body<PictureDraft>,
) -> Reply<Json<Picture>> {
    Ok(Json(service.picture_set(&caller, &name, &draft).await?))
}

/// Removes an uploaded picture: the built-in one is back.
#[utoipa::path(delete, path = "/api/v1/pictures/{picture}", tag = "pictures",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    Who(caller): Who,
    Path(name): Path<String>,
) -> Reply<StatusCode> {
    service.picture_delete(&caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
