//! A line of a crontab that a task was made of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imported_line")]
pub(crate) struct Model {
    /// A hash of the place, the line and how many equal ones are above it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) line_key: String,
    pub(crate) task_id: i64,
    pub(crate) host: String,
    pub(crate) path: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) line: String,
    /// Whether the line is still in the crontab.
    pub(crate) held: bool,
    pub(crate) changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
