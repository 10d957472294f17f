//! Default policies of urging: that of a tag, or of all tasks.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, text};

const TABLE: &str = "urge_default";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            // `*` for all tasks.
            .col(text("tag", 64).not_null().primary_key())
            // A policy, and the parts of it that are set, as JSON.
            .col(c.long_text("policy").not_null())
            .col(big("version").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, TABLE, table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table(TABLE).if_exists().to_owned();
        manager.drop_table(drop).await
    }
}
