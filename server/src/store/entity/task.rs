//! A task.

use app::task::TaskState;
use sea_orm::entity::prelude::*;

use crate::store::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) nickname: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) owners: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) tags: String,
    pub(crate) mode: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) command: String,
    pub(crate) zone: String,
    pub(crate) channel_id: Option<i64>,
    pub(crate) starts_at: Option<DateTimeUtc>,
    pub(crate) ends_at: Option<DateTimeUtc>,
    pub(crate) timeout_seconds: Option<i64>,
    pub(crate) pause_after_failures: Option<i32>,
    pub(crate) notice_before_seconds: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) execution: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) notes: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) tickets: Option<String>,
    pub(crate) state: Code<TaskState>,
    pub(crate) urging: bool,
    pub(crate) version: i64,
    pub(crate) missed_policy: Option<String>,
    pub(crate) grace_seconds: i64,
    pub(crate) missed_max: i64,
    pub(crate) missed_max_age: i64,
    pub(crate) paused_until: Option<DateTimeUtc>,
    /// The place of its line in a crontab, as JSON, while it is held.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) held: Option<String>,
    /// When it was last resumed or reopened: failures before do not count for `pause_after_failures`.
    pub(crate) resumed_at: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
