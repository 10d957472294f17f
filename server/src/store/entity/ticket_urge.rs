//! An urge of a ticket: its number is unique, so of two servers one sends it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_urge")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) ticket_id: i64,
    pub(crate) n: i32,
    pub(crate) due_at: DateTimeUtc,
    pub(crate) claimed_at: DateTimeUtc,
    pub(crate) server: String,
    pub(crate) level: i32,
    /// A JSON list of people.
    #[sea_orm(column_type = "Text")]
    pub(crate) asked: String,
    /// `queued` or `no_channel`.
    pub(crate) outcome: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
