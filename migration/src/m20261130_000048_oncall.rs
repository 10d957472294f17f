//! On-call rotas.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, text};

const TABLE: &str = "oncall";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut table = c.table(TABLE);
        table
            .col(text("name", 64).not_null().primary_key())
            // People, hand-over and overrides, as JSON.
            .col(c.long_text("rota").not_null())
            .col(big("version").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, TABLE, table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table(TABLE).if_exists().to_owned();
        manager.drop_table(drop).await
    }
}
