//! `/api/v1/secrets`, and the names of the secrets a task gets.

use app::backend::{Caller, List, Secrets};
use app::error::{AppError, ErrorKind};
use app::id::{SecretId, TaskId};
use app::secret::{Secret, SecretChange, SecretDraft};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{RequestCaller, caller_of};
use crate::http::strict::{self, JsonFaultKind, Named, unknown};
use crate::http::{Problem, Reply};

/// A JSON body that contains a secret: faults report the place only, never the content.
pub(super) struct Sealed<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sealed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let Caller { lang, .. } = caller_of(&parts);
        let bad = |zh: String, en: String| {
            Problem::from(AppError::new(ErrorKind::Invalid, "body", lang.pick(zh, en)))
        };
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| {
                bad(
                    "请求太大或不完整".to_owned(),
                    "The request is too large or incomplete".to_owned(),
                )
            })?;
        strict::from_slice(&bytes).map(Self).map_err(|fault| {
            if let JsonFaultKind::Unknown { name, known } = &fault.what {
                // The name is not repeated: it may be a value in the wrong place.
                let message = unknown(lang, Named::Field, name, false, known);
                return AppError::new(ErrorKind::Invalid, "unknown_field", message).into();
            }
            let place = &fault.place;
            if place.is_empty() {
                return bad(
                    "请求内容不是所需的 JSON".to_owned(),
                    "The body is not the expected JSON".to_owned(),
                );
            }
            bad(
                format!("请求内容不是所需的 JSON：{place} 不对"),
                format!("The body is not the expected JSON: {place} is invalid"),
            )
        })
    }
}

/// All secrets, without their values.
#[utoipa::path(get, path = "/api/v1/secrets", tag = "secrets",
    responses((status = 200, body = List<Secret>), (status = 403, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Secret>>> {
    Ok(Json(List {
        items: service.secret_list(&caller).await?,
        next: None,
    }))
}

/// Creates a secret. Its value is never returned.
#[utoipa::path(post, path = "/api/v1/secrets", tag = "secrets", request_body = SecretDraft,
    responses((status = 201, body = Secret), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Sealed(draft): Sealed<SecretDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.secret_create(&caller, &draft).await?),
    ))
}

/// One secret, without its value. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/secrets/{id}", tag = "secrets",
    responses((status = 200, body = Secret), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SecretId>,
) -> Reply<impl IntoResponse> {
    Ok(answer(service.secret_get(&caller, id).await?))
}

/// Replaces note and tasks of a secret, and its value unless the new one is empty. Its name stays. With `If-Match`, only
/// if the secret still has that version; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/secrets/{id}", tag = "secrets", request_body = SecretDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the secret as it was read")),
    responses((status = 200, body = Secret), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SecretId>,
    Expected(version): Expected,
    Sealed(draft): Sealed<SecretDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service.secret_update(&caller, id, version, &draft).await?;
    Ok(answer(changed))
}

/// Changes the fields in the body; `grant` and `revoke` change single tasks. With `If-Match`, only if the secret still
/// has that version; otherwise the answer is 409.
#[utoipa::path(patch, path = "/api/v1/secrets/{id}", tag = "secrets", request_body = SecretChange,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the secret as it was read")),
    responses((status = 200, body = Secret), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn change(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SecretId>,
    Expected(version): Expected,
    Sealed(change): Sealed<SecretChange>,
) -> Reply<impl IntoResponse> {
    let changed = service.secret_change(&caller, id, version, &change).await?;
    Ok(answer(changed))
}

/// Removes a secret: tasks that had it run without it from their next start on. With `If-Match`, only if the secret still
/// has that version.
#[utoipa::path(delete, path = "/api/v1/secrets/{id}", tag = "secrets",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the secret as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<SecretId>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.secret_delete(&caller, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(secret: Secret) -> impl IntoResponse {
    ([(ETAG, etag(secret.version))], Json(secret))
}

/// Names of the secrets that a task gets, for those who may edit it.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/secrets", tag = "secrets",
    responses((status = 200, body = List<String>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn of_task(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<List<String>>> {
    Ok(Json(List {
        items: service.task_secrets(&caller, id).await?,
        next: None,
    }))
}
