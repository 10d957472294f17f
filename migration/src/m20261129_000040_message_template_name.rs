//! The name of the template that a message's rule chooses.

use sea_orm_migration::prelude::*;

use crate::columns::{add, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "message", vec![text("template", 64)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("message", "template").await? {
            return Ok(());
        }
        let change = Table::alter()
            .table("message")
            .drop_column("template")
            .to_owned();
        manager.alter_table(change).await
    }
}
