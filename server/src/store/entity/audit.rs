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
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
