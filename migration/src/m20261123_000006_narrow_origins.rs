//! Most runs are no further attempt of a start by hand: on SQLite the index that distinguishes such
//! attempts holds them only. MySQL has no partial indexes, and keeps its own.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, index_once};

const NAME: &str = "uq_run_origin_id_attempt";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if Columns::of(manager).is_mysql() {
            return Ok(());
        }
        drop_if_there(manager).await?;
        manager
            .create_index(
                Index::create()
                    .name(NAME)
                    .table("run")
                    .col("origin_id")
                    .col("attempt")
                    .unique()
                    .and_where(Expr::col("origin_id").is_not_null())
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if Columns::of(manager).is_mysql() {
            return Ok(());
        }
        drop_if_there(manager).await?;
        index_once(manager, "run", &["origin_id", "attempt"], true).await
    }
}

/// It is not there where this migration was interrupted.
async fn drop_if_there(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().if_exists().name(NAME).table("run").to_owned())
        .await
}
