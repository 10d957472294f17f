//! Since when a channel has asked for fewer messages and has accepted none: from this follows when its messages are given up.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add};

const COLUMN: &str = "limited_since";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        add(manager, "channel", vec![c.instant(COLUMN)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("channel", COLUMN).await? {
            return Ok(());
        }
        let change = Table::alter()
            .table("channel")
            .drop_column(COLUMN)
            .to_owned();
        manager.alter_table(change).await
    }
}
