//! One of the messages that a robot takes within a minute: when it was used last.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_slot")]
pub(crate) struct Model {
    /// The mark of a robot, which is negative; the ID of a channel whose robot is not known yet.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) channel_id: i64,
    /// From 0 up to what the vendor takes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) slot: i32,
    /// Grows with every use: the compare-and-set goes by it.
    pub(crate) turn: i64,
    pub(crate) used_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
