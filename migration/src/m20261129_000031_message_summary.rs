//! Summaries: what needed attention in a day or in a week, sent to a channel.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, flag, id, index_once, int, text};

const TABLE: &str = "message_summary";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            .col(id())
            .col(text("name", 128).not_null())
            // Neither of them: all tasks.
            .col(text("owner", 128))
            .col(text("tag", 128))
            .col(big("channel_id").not_null())
            .col(int("hour").not_null())
            .col(int("minute").not_null())
            // 1 for Monday to 7 for Sunday; none for a daily one.
            .col(int("weekday"))
            .col(text("zone", 64).not_null())
            .col(flag("send_when_empty"))
            .col(flag("enabled"))
            // Instants up to here are none of its business: it was added or changed then.
            .col(c.instant("since").not_null())
            // The last instant that was dealt with. Moved forward by compare-and-set, so it is dealt with once.
            .col(c.instant("last_sent_for"))
            .col(c.instant("created_at").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, TABLE, table).await?;
        index_once(manager, TABLE, &["name"], true).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(TABLE).if_exists().to_owned())
            .await
    }
}
