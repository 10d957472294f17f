//! A schedule of a task.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) task_id: i64,
    pub(crate) purpose: String,
    pub(crate) kind: String,
    pub(crate) expression: String,
    pub(crate) position: i32,
    pub(crate) day_rule: String,
    pub(crate) calendar: Option<String>,
    pub(crate) jitter_seconds: i64,
    pub(crate) jitter_stable: bool,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
