//! A server process.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "node")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) host_key: String,
    pub(crate) hostname: String,
    pub(crate) version: String,
    pub(crate) started_at: DateTimeUtc,
    pub(crate) heartbeat_at: DateTimeUtc,
    pub(crate) stopped_at: Option<DateTimeUtc>,
    pub(crate) place: Option<String>,
    pub(crate) zone_data: Option<String>,
    pub(crate) skew_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
