//! The form of the users page.

use app::backend::Users;
use app::routes;
use app::server_fns::Posted;
use app::user::UserDraft;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::status_of;
use crate::http::Web;
use crate::http::extract::caller_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct UserFields {
    name: String,
    password: String,
    role: String,
}

/// Adds an account.
pub(in super::super) async fn user(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<UserFields>,
) -> Response {
    let caller = caller_of(&parts);
    let draft = UserDraft {
        name: fields.name,
        password: fields.password,
        role: fields.role,
    };
    match web.service.user_create(&caller, &draft).await {
        Ok(_) => Redirect::to(routes::USERS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::User(draft, error)).await
        }
    }
}
