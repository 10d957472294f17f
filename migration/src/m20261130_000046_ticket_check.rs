//! The number of the urge that was checked last, so that of several servers one checks before an urge.

use sea_orm_migration::prelude::*;

use crate::columns::{add, int};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let checked = int("checked").not_null().default(0).to_owned();
        add(manager, "ticket", vec![checked]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("ticket")
            .drop_column("checked")
            .to_owned();
        manager.alter_table(table).await
    }
}
