//! The channel that stands in for another one, and the messages that it gets in its place.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        add(manager, "channel", vec![big("fallback_id")]).await?;
        // Which message was given up, and for which channels this one stands in, as JSON.
        let columns = vec![big("instead_of"), c.long_text("stand_in")];
        add(manager, "message", columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("channel", "fallback_id"),
            ("message", "instead_of"),
            ("message", "stand_in"),
        ];
        for (table, column) in columns {
            if !manager.has_column(table, column).await? {
                continue;
            }
            let change = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}
