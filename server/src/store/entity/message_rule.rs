//! A rule about messages.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_rule")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) scope: String,
    pub(crate) task_id: Option<i64>,
    /// The owner or the tag.
    pub(crate) value: String,
    pub(crate) channel_id: i64,
    /// Codes of events as JSON.
    #[sea_orm(column_type = "Text")]
    pub(crate) events: String,
    pub(crate) action: String,
    pub(crate) template: Option<String>,
    pub(crate) throttle_seconds: i64,
    pub(crate) quiet_from: Option<i32>,
    pub(crate) quiet_until: Option<i32>,
    pub(crate) quiet_zone: Option<String>,
    pub(crate) quiet_calendar: Option<String>,
    pub(crate) urgent: bool,
    pub(crate) failures: String,
    pub(crate) enabled: bool,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
