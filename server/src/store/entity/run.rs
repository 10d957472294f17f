//! An attempt at an occurrence, or a manual start.

use app::run::{RunState, Trigger};
use sea_orm::entity::prelude::*;

use crate::store::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) occurrence_id: Option<i64>,
    pub(crate) task_id: i64,
    pub(crate) attempt: i32,
    pub(crate) trigger_kind: Code<Trigger>,
    pub(crate) requested_by: Option<String>,
    pub(crate) state: Code<RunState>,
    pub(crate) reason: Option<String>,
    pub(crate) node_id: String,
    pub(crate) epoch: i32,
    pub(crate) scheduled_for: Option<DateTimeUtc>,
    pub(crate) started_at: DateTimeUtc,
    pub(crate) finished_at: Option<DateTimeUtc>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) exit_signal: Option<i32>,
    pub(crate) output_bytes: i64,
    pub(crate) output_dropped: i64,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) output_tail: Option<Vec<u8>>,
    pub(crate) output_object: Option<String>,
    pub(crate) due_at: Option<DateTimeUtc>,
    pub(crate) origin_id: Option<i64>,
    pub(crate) pool: Option<String>,
    pub(crate) note: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) parameters: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) parameters_sealed: Option<String>,
    pub(crate) stop_by: Option<String>,
    pub(crate) excerpt: Option<String>,
    /// The number of this run among consecutive failures, once it has failed: by the order in which runs end.
    pub(crate) streak: Option<i64>,
    /// When the first of those failures started.
    pub(crate) streak_since: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
