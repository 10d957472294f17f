//! Who changed what.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) at: DateTimeUtc,
    pub(crate) who: String,
    pub(crate) via: String,
    /// The client's address, `socket`, or nothing for the product's own acts.
    pub(crate) client: Option<String>,
    pub(crate) action: String,
    pub(crate) object_id: Option<i64>,
    /// For a change of a task: the version that it made.
    pub(crate) object_version: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub(crate) detail: String,
    /// Nothing for what was done; `refused`.
    pub(crate) outcome: Option<String>,
    /// How many times it happened, where that is counted.
    pub(crate) times: Option<i64>,
    /// Each changed field with its value before and after, as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) changes: Option<String>,
    /// Its number in the chain; nothing until it is sealed.
    pub(crate) seq: Option<i64>,
    /// The code that seals it.
    pub(crate) mac: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
