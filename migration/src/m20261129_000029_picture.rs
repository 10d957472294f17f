//! Pictures that people put in the place of those that follow messages, for all servers.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, create, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table("picture");
        table
            .col(text("name", 16).not_null().primary_key())
            .col(text("media_type", 32).not_null())
            .col(int("width").not_null())
            .col(int("height").not_null())
            .col(c.blob("content").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, "picture", table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("picture").to_owned())
            .await
    }
}
