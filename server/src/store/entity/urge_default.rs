//! Default policies of urging.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "urge_default")]
pub(crate) struct Model {
    /// The tag; `*` for all tasks.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tag: String,
    /// A [`app::ticket::PolicyDefault`] as JSON.
    #[sea_orm(column_type = "Text")]
    pub(crate) policy: String,
    pub(crate) version: i64,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
