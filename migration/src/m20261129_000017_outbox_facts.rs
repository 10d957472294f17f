//! The outbox holds facts, and words only once they have left; the pace of a channel is kept for all
//! servers; messages that are too many become part of a digest.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, index_once, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Indexes of `message`.
const INDEXES: [&[&str]; 3] = [
    // What may be sent to a channel, in its order; the next channel that has something.
    &["state", "channel_id", "next_attempt_at"],
    // The picture behind a text.
    &["after_id"],
    // What a digest consists of.
    &["digest_id"],
];

/// Indexes of `message` whose place the first of those takes.
const FORMER: [&[&str]; 2] = [&["state", "next_attempt_at"], &["channel_id", "state"]];

/// The name of an index of `message`.
fn name(columns: &[&str]) -> String {
    format!("ix_message_{}", columns.join("_"))
}

/// Drops an index of `message` that is there.
async fn drop_once(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    if !manager.has_index("message", name(columns)).await? {
        return Ok(());
    }
    let index = Index::drop()
        .name(name(columns))
        .table("message")
        .to_owned();
    manager.drop_index(index).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let columns = vec![c.long_text("facts"), big("digest_id")];
        add(manager, "message", columns).await?;
        for columns in INDEXES {
            index_once(manager, "message", columns, false).await?;
        }
        for columns in FORMER {
            drop_once(manager, columns).await?;
        }
        // How the channel's messages are worded, `NULL` as the server's settings say; until when its
        // vendor asked to be left alone.
        let columns = vec![text("lang", 8), c.instant("blocked_until")];
        add(manager, "channel", columns).await?;
        // A slot may be used once a minute, and a channel has as many as its vendor takes messages.
        let mut slots = c.table("channel_slot");
        slots
            .col(big("channel_id").not_null())
            .col(int("slot").not_null())
            .col(big("turn").not_null())
            .col(c.instant("used_at").not_null())
            .primary_key(Index::create().col("channel_id").col("slot"));
        create(manager, "channel_slot", slots).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("channel_slot").to_owned())
            .await?;
        for columns in FORMER {
            index_once(manager, "message", columns, false).await?;
        }
        for columns in INDEXES {
            drop_once(manager, columns).await?;
        }
        for (table, column) in [
            ("message", "facts"),
            ("message", "digest_id"),
            ("channel", "lang"),
            ("channel", "blocked_until"),
        ] {
            if !manager.has_column(table, column).await? {
                continue;
            }
            let table = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
