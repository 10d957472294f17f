//! A planned firing: the row of the ledger.

use app::occurrence::OccurrenceState;
use sea_orm::entity::prelude::*;

use crate::store::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "occurrence")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) task_id: i64,
    pub(crate) schedule_id: i64,
    pub(crate) scheduled_for: DateTimeUtc,
    pub(crate) due_at: DateTimeUtc,
    /// When it was to start before jitter or a blackout postponed it.
    pub(crate) base_at: Option<DateTimeUtc>,
    pub(crate) state: Code<OccurrenceState>,
    pub(crate) reason: Option<String>,
    pub(crate) node_id: Option<String>,
    pub(crate) epoch: i32,
    pub(crate) firings: i64,
    pub(crate) since: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
