//! Who holds the connection of a bot.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_connection")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) channel_id: i64,
    pub(crate) holder: Option<String>,
    /// Grows with every claim.
    pub(crate) epoch: i64,
    pub(crate) held_until: Option<DateTimeUtc>,
    pub(crate) state: String,
    pub(crate) why: String,
    pub(crate) changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
