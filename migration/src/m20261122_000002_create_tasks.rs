//! Tasks, their schedules, and the channels their messages go to.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, flag, id, index, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        manager
            .create_table(
                c.table("channel")
                    .col(id())
                    .col(text("name", 64).not_null().unique_key())
                    .col(text("kind", 16).not_null())
                    // Sealed with the key outside the database; see `server::auth::seal`.
                    .col(c.long_text("url_sealed").not_null())
                    .col(text("url_masked", 255).not_null())
                    .col(c.long_text("last_answer"))
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                c.table("task")
                    .col(id())
                    .col(text("name", 200).not_null().unique_key())
                    .col(text("nickname", 64).not_null())
                    // JSON lists: they are shown and searched as a whole.
                    .col(c.long_text("owners").not_null())
                    .col(c.long_text("tags").not_null())
                    .col(text("mode", 16).not_null())
                    .col(c.long_text("command").not_null())
                    .col(text("zone", 64).not_null())
                    .col(big("channel_id"))
                    .col(c.instant("starts_at"))
                    .col(c.instant("ends_at"))
                    .col(big("timeout_seconds"))
                    .col(text("state", 16).not_null())
                    .col(flag("urging"))
                    .col(big("version").not_null())
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("updated_at").not_null())
                    .to_owned(),
            )
            .await?;
        index(manager, "task", &["channel_id"], false).await?;
        index(manager, "task", &["state"], false).await?;
        manager
            .create_table(
                c.table("schedule")
                    .col(id())
                    .col(big("task_id").not_null())
                    // `work` or `urge`; later issues allow several of each.
                    .col(text("purpose", 16).not_null())
                    .col(text("kind", 16).not_null())
                    .col(text("expression", 255).not_null())
                    .col(c.instant("created_at").not_null())
                    .to_owned(),
            )
            .await?;
        index(manager, "schedule", &["task_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["schedule", "task", "channel"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
