//! Use cases of what messages look like: templates and pictures.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::channel::{Template, TemplateDraft, TemplatePreview, TemplateTrial, TemplateVariable};
use crate::id::ChannelId;
use crate::message::{Picture, PictureDraft};

/// Templates: the words of a channel's messages.
#[async_trait]
pub trait Templates: Send + Sync {
    /// The templates of a channel, by event.
    async fn template_list(&self, caller: &Caller, channel: ChannelId) -> Answer<Vec<Template>>;
    /// One of them; `event` is a code, or `all`.
    async fn template_get(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
    ) -> Answer<Template>;
    /// Adds one, or replaces it. Refused where it does not render with an example of each of its events. With the version
    /// that was read, only if it still has that; 0 is that of the built-in words.
    async fn template_set(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
        read: Option<i64>,
        draft: &TemplateDraft,
    ) -> Answer<Template>;
    /// Removes one: its messages get the built-in words again. With the version that was read, only if it still has that.
    async fn template_delete(
        &self,
        caller: &Caller,
        channel: ChannelId,
        event: &str,
        read: Option<i64>,
    ) -> Answer<()>;
    /// What a template makes of a run, or of an example. Nothing is sent or stored.
    async fn template_preview(
        &self,
        caller: &Caller,
        channel: ChannelId,
        trial: &TemplateTrial,
    ) -> Answer<TemplatePreview>;
    /// The variables of templates.
    async fn template_variables(&self, caller: &Caller) -> Answer<Vec<TemplateVariable>>;
}

/// Pictures that follow messages.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// All pictures, built-in ones and uploaded ones.
    async fn picture_list(&self, caller: &Caller) -> Answer<Vec<Picture>>;
    /// The media type and the file of one, by its word.
    async fn picture_content(&self, caller: &Caller, name: &str) -> Answer<(String, Vec<u8>)>;
    /// Puts one in the place of the one that is there. With the version that was read, only if it still has that; 0 is
    /// that of the built-in one.
    async fn picture_set(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &PictureDraft,
    ) -> Answer<Picture>;
    /// Removes an uploaded one: the built-in one is back. With the version that was read, only if it still has that.
    async fn picture_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()>;
}
