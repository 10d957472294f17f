//! The consecutive failures of a task; no row for one that has never failed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_streak")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) task_id: i64,
    /// Runs that failed since the last one that succeeded.
    pub(crate) failures: i64,
    /// When the first of them started.
    pub(crate) since: Option<DateTimeUtc>,
    /// When the run ended that changed the count last: a failure, or the success that set it to 0.
    pub(crate) ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
