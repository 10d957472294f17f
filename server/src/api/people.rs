//! `/api/v1/people`: people with a zone or hours of their own.

use app::backend::{List, People};
use app::person::{Person, PersonDraft};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// All people with a zone or hours of their own, by name.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", operation_id = "people",
    responses((status = 200, body = List<Person>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Person>>> {
    Ok(Json(List {
        items: service.person_list(&caller).await?,
        next: None,
    }))
}

/// One person. The version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/people/{name}", tag = "people", operation_id = "person",
    responses((status = 200, body = Person), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
) -> Reply<impl IntoResponse> {
    Ok(shown(service.person_get(&caller, &name).await?))
}

/// Sets the zone and the hours of a person, in the place of those before; what is empty comes from the task and its
/// policy. For administrators, and for operators about themselves. With `If-Match`, only if the person still has that version,
/// `"0"` where there is none; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/people/{name}", tag = "people", operation_id = "set_person", request_body = PersonDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the person as read")),
    responses((status = 200, body = Person), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn set(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<PersonDraft>,
) -> Reply<impl IntoResponse> {
    let set = service.person_set(&caller, &name, version, &draft).await?;
    Ok(shown(set))
}

/// Removes the zone and the hours of a person; those of the tasks apply again. With `If-Match`, only if the person
/// still has that version.
#[utoipa::path(delete, path = "/api/v1/people/{name}", tag = "people", operation_id = "delete_person",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the person as read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.person_delete(&caller, &name, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person with the version.
fn shown(person: Person) -> impl IntoResponse {
    ([(ETAG, etag(person.version))], Json(person))
}
