//! The account that a person of a chat acts as, and the owner that the person stands for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_person")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    /// The kind of the bot.
    pub(crate) vendor: String,
    pub(crate) person: String,
    /// The account; 0 for none.
    pub(crate) user_id: i64,
    pub(crate) created_at: DateTimeUtc,
    /// The bot's channel; none in rows that a server from before this column writes, which apply to no bot.
    pub(crate) channel_id: Option<i64>,
    /// The name by which tasks and tickets know the person; none for that of the account.
    pub(crate) owner: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
