//! The ticket that a message asks for, so that it is withdrawn when the ticket is done before it was sent.

use sea_orm_migration::prelude::*;

use crate::columns::{add, big};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "message", vec![big("ticket_id")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("message")
            .drop_column("ticket_id")
            .to_owned();
        manager.alter_table(table).await
    }
}
