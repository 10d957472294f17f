//! What a rule about messages sent last about a task, and what it has held back since.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_throttle")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) rule_id: i64,
    /// 0 for the system.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) task_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) event: String,
    pub(crate) sent_at: DateTimeUtc,
    pub(crate) held: i64,
    pub(crate) held_since: Option<DateTimeUtc>,
    pub(crate) held_last: Option<DateTimeUtc>,
    /// When what is held back is reported, unless a message of the same event does so before.
    pub(crate) report_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
