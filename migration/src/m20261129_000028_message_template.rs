//! The words of a channel's messages as people write them: one template for an event, or, with an empty event, for all
//! that have none.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, id, index_once, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table("message_template");
        table
            .col(id())
            .col(big("channel_id").not_null())
            .col(text("event", 32).not_null())
            .col(c.long_text("body").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, "message_template", table).await?;
        index_once(manager, "message_template", &["channel_id", "event"], true).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("message_template").to_owned())
            .await
    }
}
