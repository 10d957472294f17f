//! The form of the channels page.

use app::backend::Channels;
use app::channel::ChannelDraft;
use app::routes;
use app::server_fns::Posted;
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
pub(in super::super) struct ChannelFields {
    name: String,
    kind: String,
    url: String,
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
    };
    match web.service.channel_create(&caller_of(&parts), &draft).await {
        Ok(_) => Redirect::to(routes::CHANNELS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Channel(draft, error)).await
        }
    }
}
