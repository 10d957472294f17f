//! What people should know about a task, such as what to do when it fails: one value, which no
//! statement looks into.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        add(manager, "task", vec![c.long_text("notes")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table("task").drop_column("notes").to_owned();
        manager.alter_table(table).await
    }
}
