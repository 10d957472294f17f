//! Finding the messages of a run: a task that fails for long has thousands.

use sea_orm_migration::prelude::*;

use crate::columns::index_once;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index_once(manager, "message", &["run_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop()
                    .name("ix_message_run_id")
                    .table("message")
                    .to_owned(),
            )
            .await
    }
}
