//! What a channel is set to besides its URL: as people see it, and the whole of it, sealed. And the
//! language of its messages; none for the server's.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let columns = vec![
            c.long_text("settings"),
            c.long_text("settings_sealed"),
            text("lang", 8),
        ];
        add(manager, "channel", columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["settings", "settings_sealed", "lang"] {
            if !manager.has_column("channel", column).await? {
                continue;
            }
            let table = Table::alter()
                .table("channel")
                .drop_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
