//! Where an act was asked for: the client's address, or the Unix socket.

use sea_orm_migration::prelude::*;

use crate::columns::{add, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "audit", vec![text("client", 64)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("audit")
            .drop_column("client")
            .to_owned();
        manager.alter_table(table).await
    }
}
