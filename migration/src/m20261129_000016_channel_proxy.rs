//! The way out that a channel uses instead of the server's: which one, shown without its password,
//! and the whole of it, sealed.

use sea_orm_migration::prelude::*;

use crate::columns::add;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut shown = ColumnDef::new("proxy");
        shown.string_len(255);
        let mut sealed = ColumnDef::new("proxy_sealed");
        sealed.text();
        add(manager, "channel", vec![shown, sealed]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["proxy", "proxy_sealed"] {
            let table = Table::alter()
                .table("channel")
                .drop_column(column)
                .to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
