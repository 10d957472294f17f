//! Which tickets a task opens and how people are asked, as one value.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        add(manager, "task", vec![c.long_text("tickets")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("task")
            .drop_column("tickets")
            .to_owned();
        manager.alter_table(table).await
    }
}
