//! An act that was done with a signed link.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_use")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    /// The link's id: each act once for each link.
    pub(crate) link: String,
    pub(crate) act: String,
    pub(crate) ticket_id: i64,
    pub(crate) who: String,
    pub(crate) used_at: DateTimeUtc,
    /// When the link expires, and so when this row may go.
    pub(crate) expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
