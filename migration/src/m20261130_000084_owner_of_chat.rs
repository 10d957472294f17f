//! A person of a chat may stand for the name of an owner, with or without an account.

use sea_orm_migration::prelude::*;

use crate::columns::{add, text};

const TABLE: &str = "chat_person";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Without an account `user_id` is 0, which the previous release takes for an account that is gone: it refuses.
        add(manager, TABLE, vec![text("owner", 64)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let without = Query::delete()
            .from_table(TABLE)
            .and_where(Expr::col("user_id").eq(0))
            .to_owned();
        manager.get_connection().execute(&without).await?;
        if manager.has_column(TABLE, "owner").await? {
            let table = Table::alter().table(TABLE).drop_column("owner").to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
