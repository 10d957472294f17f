//! How many of the attempts at a message met a rate limit: they are counted, and do not end the message.

use sea_orm_migration::prelude::*;

use crate::columns::{add, int};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut limited = int("limited");
        limited.default(0);
        add(manager, "message", vec![limited]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("message", "limited").await? {
            return Ok(());
        }
        // The previous release counts only what is left, and gives up by it.
        let counted = Query::update()
            .table("message")
            .value("attempts", Expr::col("attempts").sub(Expr::col("limited")))
            .to_owned();
        manager.get_connection().execute(&counted).await?;
        let change = Table::alter()
            .table("message")
            .drop_column("limited")
            .to_owned();
        manager.alter_table(change).await
    }
}
