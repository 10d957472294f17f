//! Pages of the history of messages, newest first: of a state, of an event, of a channel, of a task.

use sea_orm_migration::prelude::*;

use crate::columns::index_once;

/// Each is read backwards by id.
const INDEXES: [&[&str]; 4] = [
    &["state", "id"],
    &["event", "id"],
    &["channel_id", "id"],
    &["task_id", "state", "id"],
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            index_once(manager, "message", columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            let index = Index::drop()
                .name(format!("ix_message_{}", columns.join("_")))
                .table("message")
                .to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
