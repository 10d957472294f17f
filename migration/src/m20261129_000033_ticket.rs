//! Tickets: what is asked for until it is done, who was asked when, and who did what.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, id, index_once, int, text};

const TICKET: &str = "ticket";
const URGE: &str = "ticket_urge";
const EVENT: &str = "ticket_event";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut ticket = c.table(TICKET);
        ticket
            .col(id())
            .col(big("task_id").not_null())
            .col(text("kind", 16).not_null())
            .col(big("occurrence_id"))
            .col(big("run_id"))
            .col(text("state", 16).not_null())
            .col(int("level").not_null())
            .col(text("owner", 128).not_null())
            // A JSON list of people: whom it asks on the lowest level.
            .col(c.long_text("asked").not_null())
            .col(c.instant("opened_at").not_null())
            // Since when it has been asked for: opened, reopened or handed over.
            .col(c.instant("since").not_null())
            .col(int("urges").not_null())
            // How many of them were before it was reopened.
            .col(int("urges_before").not_null())
            // When the loop looks at it next; none when it is over.
            .col(c.instant("next_urge_at"))
            .col(c.instant("expires_at").not_null())
            .col(c.instant("snoozed_until"))
            .col(text("acknowledged_by", 128))
            .col(c.instant("acknowledged_at"))
            .col(text("done_by", 128))
            .col(c.instant("done_at"))
            .col(c.long_text("word"))
            .col(big("version").not_null())
            // What it is about, while it is open: so the same is never opened twice.
            .col(text("open_key", 64));
        create(manager, TICKET, ticket).await?;
        index_once(manager, TICKET, &["open_key"], true).await?;
        index_once(manager, TICKET, &["next_urge_at"], false).await?;
        index_once(manager, TICKET, &["task_id"], false).await?;
        index_once(manager, TICKET, &["state"], false).await?;
        index_once(manager, TICKET, &["owner"], false).await?;

        let mut urge = c.table(URGE);
        urge.col(id())
            .col(big("ticket_id").not_null())
            .col(int("n").not_null())
            .col(c.instant("due_at").not_null())
            .col(c.instant("claimed_at").not_null())
            .col(text("server", 64).not_null())
            .col(int("level").not_null())
            .col(c.long_text("asked").not_null())
            .col(text("outcome", 16).not_null());
        create(manager, URGE, urge).await?;
        index_once(manager, URGE, &["ticket_id", "n"], true).await?;

        let mut event = c.table(EVENT);
        event
            .col(id())
            .col(big("ticket_id").not_null())
            .col(c.instant("at").not_null())
            .col(text("what", 16).not_null())
            .col(text("who", 128).not_null())
            .col(c.long_text("detail").not_null());
        create(manager, EVENT, event).await?;
        index_once(manager, EVENT, &["ticket_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [EVENT, URGE, TICKET] {
            let drop = Table::drop().table(table).if_exists().to_owned();
            manager.drop_table(drop).await?;
        }
        Ok(())
    }
}
