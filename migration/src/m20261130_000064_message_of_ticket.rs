//! The messages of a ticket: what became of each of its urges, and which of them are withdrawn with it.

use sea_orm_migration::prelude::*;

use crate::columns::index_once;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index_once(manager, "message", &["ticket_id", "id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("ix_message_ticket_id_id")
            .table("message")
            .to_owned();
        manager.drop_index(index).await
    }
}
