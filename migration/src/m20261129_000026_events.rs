//! A task pauses after failures in a row, counted from when it was last resumed; missed firings wait as rows for the
//! message that reports them.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, id, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let columns = vec![int("pause_after_failures"), c.instant("resumed_at")];
        add(manager, "task", columns).await?;
        let mut misses = c.table("unreported_miss");
        misses
            .col(id())
            .col(big("task_id").not_null())
            .col(text("reason", 32).not_null())
            .col(big("firings").not_null())
            .col(c.instant("since").not_null())
            .col(c.instant("last_at").not_null())
            .col(big("caught_up").not_null());
        create(manager, "unreported_miss", misses).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("unreported_miss").to_owned())
            .await?;
        for column in ["pause_after_failures", "resumed_at"] {
            if !manager.has_column("task", column).await? {
                continue;
            }
            let table = Table::alter().table("task").drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
