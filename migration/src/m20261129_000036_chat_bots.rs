//! Bots of chats: who holds the connection of each, which events were acted on, and which account a person of a chat
//! acts as.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, id, index_once, text};

const TABLES: [&str; 3] = ["chat_connection", "chat_event", "chat_person"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut channel = big("channel_id");
        channel.not_null().primary_key();
        let mut connection = c.table("chat_connection");
        connection
            .col(channel)
            // None after a release.
            .col(text("holder", 32))
            // Grows with every claim: renewals and notes of an earlier holder change nothing.
            .col(big("epoch").not_null())
            .col(c.instant("held_until"))
            .col(text("state", 16).not_null())
            .col(text("why", 1200).not_null())
            .col(c.instant("changed_at").not_null());
        create(manager, "chat_connection", connection).await?;
        let mut event = c.table("chat_event");
        event
            .col(big("channel_id").not_null())
            .col(text("event", 128).not_null())
            .col(c.instant("seen_at").not_null())
            .primary_key(Index::create().col("channel_id").col("event"));
        create(manager, "chat_event", event).await?;
        index_once(manager, "chat_event", &["seen_at"], false).await?;
        let mut person = c.table("chat_person");
        person
            .col(id())
            .col(text("vendor", 16).not_null())
            .col(text("person", 128).not_null())
            .col(big("user_id").not_null())
            .col(c.instant("created_at").not_null());
        create(manager, "chat_person", person).await?;
        index_once(manager, "chat_person", &["vendor", "person"], true).await?;
        // Bots are looked for every two seconds; other channels may be thousands.
        index_once(manager, "channel", &["kind"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index("channel", "ix_channel_kind").await? {
            let drop = Index::drop()
                .name("ix_channel_kind")
                .table("channel")
                .to_owned();
            manager.drop_index(drop).await?;
        }
        for table in TABLES {
            let drop = Table::drop().table(table).if_exists().to_owned();
            manager.drop_table(drop).await?;
        }
        Ok(())
    }
}
