//! The one row that all nodes agree on.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cluster")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i32,
    pub(crate) change_counter: i64,
    pub(crate) planned_until: DateTimeUtc,
    pub(crate) claims: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) key_check: Option<String>,
    /// Every change of a rule about messages counts it up.
    pub(crate) rule_changes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
