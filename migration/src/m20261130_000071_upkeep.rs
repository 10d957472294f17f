//! When old history was deleted last, and when the last backup was made: from this an administrator sees that both still happen.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, flag, int, text};

const TURN: &str = "retention_turn";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // When there was nothing left to delete, and how many rows were deleted until then.
        let mut deleted = big("deleted");
        deleted.not_null().default(0);
        add(manager, TURN, vec![c.instant("finished_at"), deleted]).await?;
        let mut made = c.table("backup_made");
        made
            // One row: the last one.
            .col(int("id").not_null().primary_key())
            .col(c.instant("at").not_null())
            .col(text("who", 64).not_null())
            // The file, as it was named; empty where it was written to a pipe.
            .col(c.long_text("place").not_null())
            .col(big("bytes"))
            .col(flag("outputs").not_null())
            .col(flag("secret_key").not_null());
        create(manager, "backup_made", made).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table("backup_made").if_exists().to_owned();
        manager.drop_table(drop).await?;
        for column in ["finished_at", "deleted"] {
            let drop = Table::alter().table(TURN).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
