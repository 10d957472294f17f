//! The open tickets of a task, and the ticket of a firing, without a walk through those that are over.

use sea_orm_migration::prelude::*;

use crate::columns::index_once;

const TICKET: &str = "ticket";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index_once(manager, TICKET, &["task_id", "state"], false).await?;
        index_once(manager, TICKET, &["occurrence_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ix_ticket_task_id_state", "ix_ticket_occurrence_id"] {
            let index = Index::drop().name(name).table(TICKET).to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
