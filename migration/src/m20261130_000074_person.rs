//! People with a zone or hours of their own.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, text};

const TABLE: &str = "person";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            .col(text("name", 64).not_null().primary_key())
            .col(text("zone", 64))
            // Times of day, `HH:MM`.
            .col(text("hours_from", 16))
            .col(text("hours_until", 16))
            .col(text("calendar", 64))
            .col(big("version").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, TABLE, table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table(TABLE).if_exists().to_owned();
        manager.drop_table(drop).await
    }
}
