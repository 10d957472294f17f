//! A channel may be made for one task, which alone uses it, and with which it goes.

use sea_orm_migration::prelude::*;

use crate::columns::{add, big, index_once};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "channel", vec![big("task_id")]).await?;
        index_once(manager, "channel", &["task_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("ix_channel_task_id")
            .table("channel")
            .to_owned();
        manager.drop_index(index).await?;
        if !manager.has_column("channel", "task_id").await? {
            return Ok(());
        }
        let table = Table::alter()
            .table("channel")
            .drop_column("task_id")
            .to_owned();
        manager.alter_table(table).await
    }
}
