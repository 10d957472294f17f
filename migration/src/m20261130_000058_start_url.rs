//! Addresses that start a task for whoever has them.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, id, index_once, text};

const TABLE: &str = "start_url";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            .col(id())
            .col(big("task_id").not_null())
            .col(text("name", 64).not_null())
            .col(text("token_hash", 64).not_null())
            // The secret of its signatures, sealed; none where requests are not signed.
            .col(c.long_text("secret_sealed"))
            // The parameter that the whole body becomes.
            .col(text("body_parameter", 64))
            .col(text("created_by", 255).not_null())
            .col(c.instant("created_at").not_null())
            .col(c.instant("last_used_at"));
        create(manager, TABLE, table).await?;
        index_once(manager, TABLE, &["task_id", "name"], true).await?;
        index_once(manager, TABLE, &["token_hash"], true).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table(TABLE).if_exists().to_owned();
        manager.drop_table(drop).await
    }
}
