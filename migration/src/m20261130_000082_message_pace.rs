//! Which channels lead to the same robot, whose pace they share; and when what a rule holds back is reported.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, index_once};

/// Each table with a column that has an index, and its other new columns.
const COLUMNS: [(&str, &str, &[&str]); 2] = [
    ("channel", "pace", &[]),
    ("message_throttle", "report_at", &["held_last"]),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // Made from the address and the key of the server, so the servers fill it in.
        add(manager, "channel", vec![big("pace")]).await?;
        // When the last of what is held back was caused, and when it is reported unless a message does so before.
        let columns = vec![c.instant("held_last"), c.instant("report_at")];
        add(manager, "message_throttle", columns).await?;
        for (table, column, _) in COLUMNS {
            index_once(manager, table, &[column], false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, others) in COLUMNS {
            let name = format!("ix_{table}_{column}");
            if manager.has_index(table, &name).await? {
                let index = Index::drop().name(name).table(table).to_owned();
                manager.drop_index(index).await?;
            }
            for column in others.iter().chain([&column]) {
                if manager.has_column(table, *column).await? {
                    let change = Table::alter().table(table).drop_column(*column).to_owned();
                    manager.alter_table(change).await?;
                }
            }
        }
        Ok(())
    }
}
