//! Versions of everything else that is edited: a change that was made from an older one is refused.

use sea_orm_migration::prelude::*;

use crate::columns::{add, big};

/// The tables that get the column.
const TABLES: [&str; 7] = [
    "pool",
    "calendar",
    "blackout",
    "user",
    "secret",
    "message_template",
    "picture",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let mut version = big("version");
            version.not_null().default(1);
            add(manager, table, vec![version]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            if !manager.has_column(table, "version").await? {
                continue;
            }
            let change = Table::alter()
                .table(table)
                .drop_column("version")
                .to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}
