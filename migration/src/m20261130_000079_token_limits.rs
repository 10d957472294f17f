//! The tasks that an API token is limited to.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add};

const TOKEN: &str = "api_token";
const COLUMN: &str = "limits";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // Tags and ids as JSON; nothing for a token that is limited to no tasks.
        add(manager, TOKEN, vec![c.long_text(COLUMN)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column(TOKEN, COLUMN).await? {
            return Ok(());
        }
        let change = Table::alter().table(TOKEN).drop_column(COLUMN).to_owned();
        manager.alter_table(change).await
    }
}
