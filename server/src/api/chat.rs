//! `/api/v1/chat/people`: people of chats, the accounts that they act as, and the owners that they stand for.

use app::backend::{Channels, List};
use app::channel::{ChatPerson, ChatPersonDraft};
use app::id::ChatPersonId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// People of chats, the accounts that they act as, and the owners that they stand for.
#[utoipa::path(get, path = "/api/v1/chat/people", tag = "chat",
    responses((status = 200, body = List<ChatPerson>), (status = 403, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<ChatPerson>>> {
    Ok(Json(List {
        items: service.chat_person_list(&caller).await?,
        next: None,
    }))
}

/// Makes a person of a chat known: with an account to act as, with the name of an owner, or both.
#[utoipa::path(post, path = "/api/v1/chat/people", tag = "chat", request_body = ChatPersonDraft,
    responses((status = 201, body = ChatPerson), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<ChatPersonDraft>,
) -> Reply<impl IntoResponse> {
    let added = service.chat_person_add(&caller, &draft).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Makes a person of a chat unknown again.
#[utoipa::path(delete, path = "/api/v1/chat/people/{id}", tag = "chat",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChatPersonId>,
) -> Reply<StatusCode> {
    service.chat_person_delete(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
