//! The forms of the users page.

use app::backend::Users;
use app::routes;
use app::server_fns::Posted;
use app::user::UserDraft;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::super::render::render_posted;
use super::status_of;
use crate::auth::streams::Credential;
use crate::http::Web;
use crate::http::extract::caller_of;

/// Both forms of the users page; `form` says which one was sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct UserFields {
    form: String,
    name: String,
    password: String,
    role: String,
    user: String,
}

pub(in super::super) async fn user_or_token(
    State(web): State<Web>,
    credential: Option<Extension<Credential>>,
    parts: Parts,
    Form(fields): Form<UserFields>,
) -> Response {
    let caller = caller_of(&parts);
    if fields.form == "token" {
        let credential = credential.as_ref().map(|Extension(credential)| credential);
        let made = web.service.create_token(&caller, credential, &fields.user);
        return match made.await {
            // The secret is shown in this answer only, so it cannot be a redirect.
            Ok(made) => {
                render_posted(&web, parts, StatusCode::OK, Posted::NewToken(made.token)).await
            }
            Err(error) => {
                let status = status_of(&error);
                render_posted(
                    &web,
                    parts,
                    status,
                    Posted::User(UserDraft::default(), error),
                )
                .await
            }
        };
    }
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
