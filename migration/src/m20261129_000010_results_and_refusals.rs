//! The end of each run's result beside its state, and since when a channel refuses messages.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // Up to 200 characters of the result, masked, as the run page shows them: lists of runs
        // must not read outputs. NULL for runs that ended before this column.
        add(manager, "run", vec![text("excerpt", 200)]).await?;
        let channel = vec![
            // Since when no message was accepted; NULL while they are.
            c.instant("failing_since"),
            // Whether the other end refuses for good, and not only for now.
            ColumnDef::new("refuses")
                .boolean()
                .not_null()
                .default(false)
                .to_owned(),
        ];
        add(manager, "channel", channel).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("run", "excerpt"),
            ("channel", "failing_since"),
            ("channel", "refuses"),
        ] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
