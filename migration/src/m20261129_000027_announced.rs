//! A task announces its runs ahead; what was announced is kept, so that no server announces it again.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, index_once, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Columns by which the tasks are found that have something to announce.
const FOUND_BY: [&str; 2] = ["notice_before_seconds", "ends_at"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        add(manager, "task", vec![big("notice_before_seconds")]).await?;
        for column in FOUND_BY {
            index_once(manager, "task", &[column], false).await?;
        }
        let mut announced = c.table("announced");
        announced
            .col(text("kind", 32).not_null())
            .col(text("subject", 128).not_null())
            // Until when it must not be announced again.
            .col(c.instant("until").not_null())
            .primary_key(Index::create().col("kind").col("subject"));
        create(manager, "announced", announced).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("announced").to_owned())
            .await?;
        for column in FOUND_BY {
            let name = format!("ix_task_{column}");
            if manager.has_index("task", &name).await? {
                let index = Index::drop().name(name).table("task").to_owned();
                manager.drop_index(index).await?;
            }
        }
        if manager.has_column("task", FOUND_BY[0]).await? {
            let table = Table::alter()
                .table("task")
                .drop_column(FOUND_BY[0])
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
