//! A calendar of working days.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) source_url: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) days: String,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    /// Counts its changes.
    pub(crate) version: i64,
    /// When it is updated from its source URL next; `None` for at once.
    pub(crate) refresh_at: Option<DateTimeUtc>,
    /// When it last was.
    pub(crate) refreshed_at: Option<DateTimeUtc>,
    /// Why the last update failed; `None` if it did not.
    pub(crate) refresh_fault: Option<String>,
    /// Updates that failed in a row.
    pub(crate) refresh_failures: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
