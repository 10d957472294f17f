//! The chain of the audit log: its key, its newest entry, and up to where entries were deleted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    #[sea_orm(column_type = "Text")]
    pub(crate) key_sealed: String,
    /// The newest entry that is sealed, its code, and the signature of both.
    pub(crate) seq: i64,
    pub(crate) mac: String,
    pub(crate) signature: String,
    /// The newest entry that was deleted because it was no longer kept, likewise.
    pub(crate) cut_seq: i64,
    pub(crate) cut_mac: String,
    pub(crate) cut_signature: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
