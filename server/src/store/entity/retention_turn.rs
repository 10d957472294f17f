//! The server that deletes old history: one row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_turn")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    pub(crate) node_id: String,
    pub(crate) until: DateTimeUtc,
    /// When there was nothing left to delete.
    pub(crate) finished_at: Option<DateTimeUtc>,
    /// Rows that were deleted until then.
    pub(crate) deleted: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
