//! The form of the channels page, which adds a channel or changes one.

use app::backend::Channels;
use app::channel::{ChannelDraft, ChannelField, ChannelKind};
use app::id::ChannelId;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// One form for both: with an id it changes that channel.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ChannelFields {
    id: String,
    version: String,
    name: String,
    kind: String,
    url: String,
    proxy: String,
    proxy_shown: String,
    lang: String,
    secret: String,
    secret_clear: String,
    bot: String,
    chat: String,
    method: String,
    headers: String,
    expect: String,
    user: String,
    from: String,
    to: String,
    tls: String,
    ca: String,
    format: String,
    brief: String,
    fallback: String,
}

impl ChannelFields {
    /// What was entered. The form sends the settings of all kinds; those of the chosen one count.
    fn draft(self, is_new: bool) -> ChannelDraft {
        let kind: ChannelKind = self.kind.parse().unwrap_or_default();
        let of_kind = |field, text: String| kind.has(field).then_some(text);
        let lines = |field, text: String| {
            let lines = text.lines().map(str::trim);
            let lines: Vec<String> = lines
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect();
            kind.has(field).then_some(lines)
        };
        let secret = match (is_ticked(&self.secret_clear), self.secret.is_empty()) {
            (true, true) => Some(String::new()),
            // Empty, the stored one stays.
            (_, true) => None,
            (_, false) => Some(self.secret),
        };
        // As it is shown it has lost its password, so unchanged the stored one stays.
        let keeps_proxy = !is_new && self.proxy == self.proxy_shown;
        ChannelDraft {
            name: self.name,
            kind,
            url: self.url,
            proxy: (!keeps_proxy).then_some(self.proxy),
            lang: Some(self.lang),
            secret: secret.filter(|_| kind.has(ChannelField::Secret)),
            bot: of_kind(ChannelField::Bot, self.bot),
            chat: of_kind(ChannelField::Chat, self.chat),
            method: of_kind(ChannelField::Method, self.method),
            headers: lines(ChannelField::Headers, self.headers),
            expect: of_kind(ChannelField::Expect, self.expect),
            user: of_kind(ChannelField::User, self.user),
            from: of_kind(ChannelField::From, self.from),
            to: lines(ChannelField::To, self.to),
            tls: of_kind(ChannelField::Tls, self.tls),
            ca: of_kind(ChannelField::Ca, self.ca),
            format: of_kind(ChannelField::Format, self.format),
            brief: of_kind(ChannelField::Brief, self.brief),
            fallback: Some(self.fallback),
        }
    }
}

/// Adds a channel, or changes one.
pub(in super::super) async fn channel(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<ChannelFields>,
) -> Response {
    let id = fields.id.parse::<ChannelId>().ok();
    let read = read(&fields.version);
    let shown = fields.proxy.clone();
    let mut draft = fields.draft(id.is_none());
    let caller = caller_of(&parts);
    let saved = match id {
        Some(id) => web.service.channel_update(&caller, id, read, &draft).await,
        None => web.service.channel_create(&caller, &draft).await,
    };
    match saved {
        Ok(_) => Redirect::to(routes::CHANNELS).into_response(),
        Err(error) => {
            draft.proxy = Some(shown);
            // What cannot be saved is typed again: it does not go back into a page.
            draft.secret = None;
            let status = status_of(&error);
            let posted = Posted::Channel(id, Box::new(draft), error);
            render_posted(&web, parts, status, posted).await
        }
    }
}
