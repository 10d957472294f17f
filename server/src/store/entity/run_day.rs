//! The deleted runs of a task that had started on one day.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run_day")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) task_id: i64,
    /// In UTC: `2026-11-30`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: String,
    pub(crate) succeeded: i64,
    pub(crate) failed: i64,
    pub(crate) timed_out: i64,
    pub(crate) killed: i64,
    pub(crate) lost: i64,
    pub(crate) output_bytes: i64,
    /// Durations as a histogram, as JSON.
    #[sea_orm(column_type = "Text")]
    pub(crate) took: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
