//! Two facts that could not be found again: which message was sent in the place of one that was given up (without a column
//! that takes an index of all messages), and since when a ticket is due that rests because of the hours of people.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big};

const COLUMNS: [(&str, &str); 2] = [("message", "passed_to"), ("ticket", "rests_since")];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let [message, ticket] = COLUMNS;
        add(manager, message.0, vec![big(message.1)]).await?;
        add(manager, ticket.0, vec![c.instant(ticket.1)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            if !manager.has_column(table, column).await? {
                continue;
            }
            let change = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}
