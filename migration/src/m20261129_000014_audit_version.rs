//! Which version of a task an act made: a conflict names what was changed since an older one.

use sea_orm_migration::prelude::*;

use crate::columns::{add, big};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "audit", vec![big("object_version")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("audit")
            .drop_column("object_version")
            .to_owned();
        manager.alter_table(table).await
    }
}
