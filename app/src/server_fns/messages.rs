//! The page of messages and its control.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

#[cfg(feature = "ssr")]
use crate::backend::{backend, caller, with_status};
use crate::error::AppError;
use crate::id::MessageId;
use crate::message::{Message, MessageQuery};
use crate::page::MessagesPage;
use crate::wire::Wire;

/// The page of messages. A question with faults is answered on the page, with the fault.
#[server(prefix = "/fn", endpoint = "messages_page", input = Wire, output = Wire)]
pub async fn fetch_messages(query: MessageQuery) -> Result<MessagesPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let (list, error) = super::read::or_fault(backend.message_history(&caller, &query).await)?;
    Ok(MessagesPage {
        clock: super::read::clock(&backend, &caller, &backend.default_zone()).await?,
        channels: backend.channel_list(&caller).await?,
        query,
        items: list.items,
        next: list.next,
        error,
    })
}

/// Sends a message again that was given up.
#[server(prefix = "/fn", endpoint = "message_resend", output = Wire)]
pub async fn resend_message(id: MessageId) -> Result<Message, AppError> {
    with_status(backend()?.message_resend(&caller()?, id).await)
}
