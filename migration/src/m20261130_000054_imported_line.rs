//! Tasks that were made of lines of a crontab, and those that wait until their line is commented out.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, flag, index_once, text};

const TABLE: &str = "imported_line";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            // A hash of the place, the line and how many equal ones are above it.
            .col(text("line_key", 64).not_null().primary_key())
            .col(big("task_id").not_null())
            .col(text("host", 255).not_null())
            .col(text("path", 255).not_null())
            .col(c.long_text("line").not_null())
            .col(flag("held"))
            .col(c.instant("changed_at").not_null());
        create(manager, TABLE, table).await?;
        index_once(manager, TABLE, &["task_id"], true).await?;
        // The place of its line, as JSON, while the task is held. Previous releases write no such task, and do not
        // resume one: it is paused without an end.
        add(manager, "task", vec![c.long_text("held")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table(TABLE).if_exists().to_owned();
        manager.drop_table(drop).await?;
        manager
            .alter_table(Table::alter().table("task").drop_column("held").to_owned())
            .await
    }
}
