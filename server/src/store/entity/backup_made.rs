//! The last backup: one row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "backup_made")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    pub(crate) at: DateTimeUtc,
    pub(crate) who: String,
    /// The file, as it was named; empty where it was written to a pipe.
    #[sea_orm(column_type = "Text")]
    pub(crate) place: String,
    pub(crate) bytes: Option<i64>,
    pub(crate) outputs: bool,
    pub(crate) secret_key: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
