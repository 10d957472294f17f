//! What was done with signed links: each act once for each link.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, id, index_once, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table("link_use");
        table
            .col(id())
            .col(text("link", 16).not_null())
            .col(text("act", 16).not_null())
            .col(big("ticket_id").not_null())
            .col(text("who", 64).not_null())
            .col(c.instant("used_at").not_null())
            .col(c.instant("expires_at").not_null());
        create(manager, "link_use", table).await?;
        index_once(manager, "link_use", &["link", "act"], true).await?;
        // For the removal of what has expired.
        index_once(manager, "link_use", &["expires_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("link_use").to_owned())
            .await
    }
}
