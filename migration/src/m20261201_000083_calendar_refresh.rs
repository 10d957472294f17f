//! When a calendar is updated from its source URL next, when it last was, and why it was not.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, int, text};

const NEXT: &str = "refresh_at";
const LAST: &str = "refreshed_at";
const FAULT: &str = "refresh_fault";
const FAILURES: &str = "refresh_failures";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut failures = int(FAILURES);
        failures.not_null().default(0);
        let columns = vec![c.instant(NEXT), c.instant(LAST), text(FAULT, 255), failures];
        add(manager, "calendar", columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [NEXT, LAST, FAULT, FAILURES] {
            if !manager.has_column("calendar", column).await? {
                continue;
            }
            let change = Table::alter()
                .table("calendar")
                .drop_column(column)
                .to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}
