//! The channels page and its controls.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::channel::ChannelTest;
use crate::error::AppError;
use crate::id::{ChannelId, ChatPersonId};
use crate::page::ChannelsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    auth::Action,
    backend::{backend, caller, with_status},
    channel::{Channel, ChannelDraft, ChatPersonDraft},
    server_fns::forms::{Posted, split},
};

/// The channels page; the form changes the channel `edit`, where one is named.
#[server(prefix = "/fn", endpoint = "channels_page", input = Wire, output = Wire)]
pub async fn fetch_channels(edit: Option<ChannelId>) -> Result<ChannelsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let channels = with_status(backend.channel_list(&caller).await)?;
    let (editing, typed, posted) = match use_context::<Posted>() {
        Some(Posted::Channel(id, draft, error)) => (id, Some(*draft), Some(error)),
        _ => (edit, None, None),
    };
    let known = editing.and_then(|id| channels.iter().find(|channel| channel.id == id));
    let mut draft = typed.or_else(|| known.map(draft_of)).unwrap_or_default();
    // A secret is never sent back to a page.
    draft.secret = None;
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let has_bots = channels.iter().any(|channel| channel.kind.is_bot());
    let may_see = caller
        .principal
        .as_ref()
        .is_some_and(|who| who.can(Action::Administer));
    let people = match has_bots && may_see {
        true => with_status(backend.chat_person_list(&caller).await)?,
        false => Vec::new(),
    };
    Ok(ChannelsPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        editing: known.map(|channel| channel.id),
        name: known
            .map(|channel| channel.name.clone())
            .unwrap_or_default(),
        proxy_shown: known
            .and_then(|channel| channel.proxy.clone())
            .unwrap_or_default(),
        has_secret: known.is_some_and(|channel| channel.settings.has_secret),
        people,
        channels,
        draft,
        faults,
        error,
    })
}

/// What the form shows of a stored channel.
#[cfg(feature = "ssr")]
fn draft_of(channel: &Channel) -> ChannelDraft {
    let settings = &channel.settings;
    let headers = settings.headers.iter().map(|name| format!("{name}: …"));
    ChannelDraft {
        name: channel.name.clone(),
        kind: channel.kind,
        proxy: channel.proxy.clone(),
        lang: channel.lang.map(|lang| lang.pick("zh", "en").to_owned()),
        bot: Some(settings.bot.clone()),
        chat: Some(settings.chat.clone()),
        method: Some(settings.method.clone()),
        headers: Some(headers.collect()),
        expect: Some(settings.expect.clone()),
        user: Some(settings.user.clone()),
        from: Some(settings.from.clone()),
        to: Some(settings.to.clone()),
        tls: Some(settings.tls.as_str().to_owned()),
        ca: Some(settings.ca.clone()),
        format: Some(settings.format.as_str().to_owned()),
        brief: Some(settings.brief.as_str().to_owned()),
        fallback: Some(channel.fallback.clone().unwrap_or_default()),
        ..ChannelDraft::default()
    }
}

/// Sends a test message.
#[server(prefix = "/fn", endpoint = "channel_test", output = Wire)]
pub async fn test_channel(id: ChannelId) -> Result<ChannelTest, AppError> {
    with_status(backend()?.channel_test(&caller()?, id).await)
}

/// Removes a channel, if it still has the version that was read.
#[server(prefix = "/fn", endpoint = "channel_delete", output = Wire)]
pub async fn delete_channel(id: ChannelId, version: i64) -> Result<(), AppError> {
    with_status(
        backend()?
            .channel_delete(&caller()?, id, Some(version))
            .await,
    )
}

/// Makes a person of a chat known: with an account, the name of an owner, or both.
#[server(prefix = "/fn", endpoint = "chat_person_add", output = Wire)]
pub async fn add_chat_person(
    channel_id: String,
    person: String,
    #[server(default)] user: String,
    #[server(default)] owner: String,
) -> Result<(), AppError> {
    let draft = ChatPersonDraft {
        // None chosen is a fault at the field, which the service reports.
        channel_id: channel_id.trim().parse().ok(),
        person,
        user,
        owner,
    };
    let added = backend()?.chat_person_add(&caller()?, &draft).await;
    with_status(added.map(drop))
}

/// Makes a person of a chat unknown again.
#[server(prefix = "/fn", endpoint = "chat_person_delete", output = Wire)]
pub async fn delete_chat_person(id: ChatPersonId) -> Result<(), AppError> {
    with_status(backend()?.chat_person_delete(&caller()?, id).await)
}
