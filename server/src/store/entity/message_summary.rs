//! A summary: what needed attention in a day or in a week.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_summary")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) owner: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) channel_id: i64,
    pub(crate) hour: i32,
    pub(crate) minute: i32,
    /// 1 for Monday to 7 for Sunday; none for a daily one.
    pub(crate) weekday: Option<i32>,
    pub(crate) zone: String,
    pub(crate) send_when_empty: bool,
    pub(crate) enabled: bool,
    /// Instants up to here are not sent: it was added or changed then.
    pub(crate) since: DateTimeUtc,
    /// The last instant that was dealt with.
    pub(crate) last_sent_for: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    /// Counts its changes by people.
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
