//! A picture in the place of a built-in one.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "picture")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) width: i32,
    pub(crate) height: i32,
    #[sea_orm(column_type = "Blob")]
    pub(crate) content: Vec<u8>,
    pub(crate) updated_at: DateTimeUtc,
    /// Counts its changes.
    pub(crate) version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
