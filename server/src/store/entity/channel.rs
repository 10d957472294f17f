//! A notification channel; the URL is sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) url_sealed: String,
    pub(crate) url_masked: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) last_answer: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) failing_since: Option<DateTimeUtc>,
    pub(crate) refuses: bool,
    pub(crate) proxy: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) proxy_sealed: Option<String>,
    /// The language of its messages; none for the server's.
    pub(crate) lang: Option<String>,
    /// Its settings as JSON, without the secrets among them.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) settings: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) settings_sealed: Option<String>,
    /// Until when its vendor asked to be left alone.
    pub(crate) blocked_until: Option<DateTimeUtc>,
    /// Since when its vendor has asked for fewer messages and has accepted none.
    pub(crate) limited_since: Option<DateTimeUtc>,
    /// The task that it was made for.
    pub(crate) task_id: Option<i64>,
    /// The channel that gets a message when this one has given it up.
    pub(crate) fallback_id: Option<i64>,
    /// Counts its changes by people.
    pub(crate) version: i64,
    /// The mark of its robot, which all channels to that robot have; none until a server has opened its address.
    pub(crate) pace: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
