//! Whether a message may have been delivered twice: an attempt at it got no answer, and another one followed.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut maybe_twice = flag("maybe_twice");
        maybe_twice.default(false);
        add(manager, "message", vec![maybe_twice]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("message", "maybe_twice").await? {
            return Ok(());
        }
        let change = Table::alter()
            .table("message")
            .drop_column("maybe_twice")
            .to_owned();
        manager.alter_table(change).await
    }
}
