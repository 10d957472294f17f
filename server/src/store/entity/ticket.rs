//! A ticket: what is asked for until it is done.

use app::ticket::{TicketKind, TicketState};
use sea_orm::entity::prelude::*;

use crate::store::code::Code;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) task_id: i64,
    pub(crate) kind: Code<TicketKind>,
    pub(crate) occurrence_id: Option<i64>,
    pub(crate) run_id: Option<i64>,
    pub(crate) state: Code<TicketState>,
    pub(crate) level: i32,
    pub(crate) owner: String,
    /// A JSON list of people: whom it asks on the lowest level.
    #[sea_orm(column_type = "Text")]
    pub(crate) asked: String,
    pub(crate) opened_at: DateTimeUtc,
    pub(crate) since: DateTimeUtc,
    pub(crate) urges: i32,
    pub(crate) urges_before: i32,
    pub(crate) next_urge_at: Option<DateTimeUtc>,
    /// When it is due at any hour, where its next time is later because of the hours of people.
    pub(crate) rests_since: Option<DateTimeUtc>,
    pub(crate) expires_at: DateTimeUtc,
    pub(crate) snoozed_until: Option<DateTimeUtc>,
    pub(crate) acknowledged_by: Option<String>,
    pub(crate) acknowledged_at: Option<DateTimeUtc>,
    pub(crate) done_by: Option<String>,
    pub(crate) done_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) word: Option<String>,
    pub(crate) version: i64,
    /// The number of the urge that was checked last; 0 for none.
    pub(crate) checked: i32,
    /// What it is about, while it is open.
    pub(crate) open_key: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
