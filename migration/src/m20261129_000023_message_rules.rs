//! Rules about messages: which channels get which events. What they hold back is counted, and nodes
//! see by a number that they have changed.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, flag, id, index_once, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut rules = c.table("message_rule");
        rules
            .col(id())
            .col(big("version").not_null())
            .col(text("name", 100).not_null())
            .col(text("scope", 16).not_null())
            .col(big("task_id"))
            // The owner or the tag.
            .col(text("value", 64).not_null())
            .col(big("channel_id").not_null())
            // Codes of events as JSON.
            .col(c.long_text("events").not_null())
            .col(text("action", 16).not_null())
            .col(text("template", 64))
            .col(big("throttle_seconds").not_null())
            .col(int("quiet_from"))
            .col(int("quiet_until"))
            .col(text("quiet_zone", 64))
            .col(text("quiet_calendar", 64))
            .col(flag("urgent"))
            .col(text("failures", 16).not_null())
            .col(flag("enabled"))
            .col(c.instant("created_at").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, "message_rule", rules).await?;
        index_once(manager, "message_rule", &["task_id"], false).await?;
        index_once(manager, "message_rule", &["channel_id"], false).await?;
        // What a rule sent last about a task, and what it has held back since.
        let mut throttles = c.table("message_throttle");
        throttles
            .col(big("rule_id").not_null())
            .col(big("task_id").not_null())
            .col(text("event", 32).not_null())
            .col(c.instant("sent_at").not_null())
            .col(big("held").not_null())
            .col(c.instant("held_since"))
            .primary_key(Index::create().col("rule_id").col("task_id").col("event"));
        create(manager, "message_throttle", throttles).await?;
        index_once(manager, "message_throttle", &["task_id"], false).await?;
        let changes = big("rule_changes").not_null().default(0).to_owned();
        add(manager, "cluster", vec![changes]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["message_rule", "message_throttle"] {
            let drop = Table::drop().table(table).if_exists().to_owned();
            manager.drop_table(drop).await?;
        }
        if !manager.has_column("cluster", "rule_changes").await? {
            return Ok(());
        }
        let table = Table::alter()
            .table("cluster")
            .drop_column("rule_changes")
            .to_owned();
        manager.alter_table(table).await
    }
}
