//! The account that a person of a chat acts as.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_person")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    /// The kind of the bot.
    pub(crate) vendor: String,
    pub(crate) person: String,
    pub(crate) user_id: i64,
    pub(crate) created_at: DateTimeUtc,
    /// The bot's channel; none in rows that a server from before this column writes, which apply to no bot.
    pub(crate) channel_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
