//! What API tokens are for and what they allow, and from where tokens and sessions were last used.

use sea_orm_migration::prelude::*;

use crate::columns::{add, text};

const TOKEN: &str = "api_token";
const SESSION: &str = "session";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![
            // Nothing for tokens that earlier versions created.
            text("name", 64),
            // Nothing for all scopes: so tokens of earlier versions keep what they could do.
            text("scopes", 64),
            text("last_used_from", 64),
        ];
        add(manager, TOKEN, columns).await?;
        let columns = vec![
            text("address", 64),
            // What the browser says it is.
            text("agent", 255),
        ];
        add(manager, SESSION, columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            (SESSION, "agent"),
            (SESSION, "address"),
            (TOKEN, "last_used_from"),
            (TOKEN, "scopes"),
            (TOKEN, "name"),
        ] {
            if manager.has_column(table, column).await? {
                let change = Table::alter().table(table).drop_column(column).to_owned();
                manager.alter_table(change).await?;
            }
        }
        Ok(())
    }
}
