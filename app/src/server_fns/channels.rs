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
use crate::id::ChannelId;
use crate::page::ChannelsPage;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{backend, caller, with_status},
    channel::ChannelDraft,
    server_fns::forms::{Posted, split},
};

/// The channels page.
#[server(prefix = "/fn", endpoint = "channels_page", input = Wire, output = Wire)]
pub async fn fetch_channels() -> Result<ChannelsPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (draft, posted) = match use_context::<Posted>() {
        Some(Posted::Channel(draft, error)) => (draft, Some(error)),
        _ => (ChannelDraft::default(), None),
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    Ok(ChannelsPage {
        channels: with_status(backend.channel_list(&caller).await)?,
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        draft,
        faults,
        error,
    })
}

/// Sends a test message.
#[server(prefix = "/fn", endpoint = "channel_test", output = Wire)]
pub async fn test_channel(id: ChannelId) -> Result<ChannelTest, AppError> {
    with_status(backend()?.channel_test(&caller()?, id).await)
}

/// Removes a channel.
#[server(prefix = "/fn", endpoint = "channel_delete", output = Wire)]
pub async fn delete_channel(id: ChannelId) -> Result<(), AppError> {
    with_status(backend()?.channel_delete(&caller()?, id).await)
}
