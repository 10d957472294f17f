//! The forms of the channels page and the users page.

use app::backend::{Channels, Users};
use app::channel::ChannelDraft;
use app::routes;
use app::server_fns::Posted;
use app::user::UserDraft;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::extract::caller_of;
use super::super::{Web, pages};
use super::status_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ChannelFields {
    name: String,
    kind: String,
    url: String,
    proxy: String,
}

pub(in super::super) async fn channel(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<ChannelFields>,
) -> Response {
    let draft = ChannelDraft {
        name: fields.name,
        kind: fields.kind.parse().unwrap_or_default(),
        url: fields.url,
        proxy: Some(fields.proxy),
    };
    match web.service.channel_create(&caller_of(&parts), &draft).await {
        Ok(_) => Redirect::to(routes::CHANNELS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            pages::render_posted(&web, parts, status, Posted::Channel(draft, error)).await
        }
    }
}

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
    parts: Parts,
    Form(fields): Form<UserFields>,
) -> Response {
    let caller = caller_of(&parts);
    if fields.form == "token" {
        return match web.service.token_create(&caller, &fields.user).await {
            // Shown in this answer only, so it cannot be a redirect.
            Ok(made) => {
                pages::render_posted(&web, parts, StatusCode::OK, Posted::NewToken(made.token))
                    .await
            }
            Err(error) => {
                let status = status_of(&error);
                pages::render_posted(
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
            pages::render_posted(&web, parts, status, Posted::User(draft, error)).await
        }
    }
}
