//! A template of a channel's messages.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_template")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) channel_id: i64,
    /// The code of an event; empty for all that have no template of their own; `@` and a name for rules.
    pub(crate) event: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) body: String,
    pub(crate) updated_at: DateTimeUtc,
    /// Counts its changes.
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
