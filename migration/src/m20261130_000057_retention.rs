//! How long history is kept: the policy, what deleted runs leave, and the outputs that are still to be deleted.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create, int, text};

/// An installation that has history keeps all of it until an administrator decides: nothing is deleted by an upgrade. May be
/// run again.
const KEEP_ALL: &str = "INSERT INTO retention (id, policy, version, updated_at) \
    SELECT c.id, '{\"run_days\":null,\"runs\":null,\"output_mib\":null,\"message_days\":null,\"audit_days\":null}', 1, \
           c.planned_until \
    FROM cluster c WHERE c.id = 1 AND EXISTS (SELECT 1 FROM run) AND NOT EXISTS (SELECT 1 FROM retention)";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut policy = c.table("retention");
        policy
            // One row. Without it the defaults apply.
            .col(int("id").not_null().primary_key())
            .col(c.long_text("policy").not_null())
            .col(big("version").not_null())
            .col(c.instant("updated_at").not_null());
        create(manager, "retention", policy).await?;
        manager
            .get_connection()
            .execute_unprepared(KEEP_ALL)
            .await?;
        let mut turn = c.table("retention_turn");
        turn
            // One row: the server that deletes, and until when no other does.
            .col(int("id").not_null().primary_key())
            .col(text("node_id", 32).not_null())
            .col(c.instant("until").not_null());
        create(manager, "retention_turn", turn).await?;
        let mut gone = c.table("task_gone");
        let mut task = big("task_id");
        task.not_null().primary_key();
        gone.col(task)
            // Runs and firings up to this instant have been deleted, except those that always stay.
            .col(c.instant("until").not_null());
        create(manager, "task_gone", gone).await?;
        let mut object = c.table("output_gone");
        let mut name = text("object", 128);
        name.not_null().primary_key();
        object.col(name).col(c.instant("at").not_null());
        create(manager, "output_gone", object).await?;
        let mut day = c.table("run_day");
        day.col(big("task_id").not_null())
            // In UTC: `2026-11-30`.
            .col(text("day", 10).not_null())
            .col(big("succeeded").not_null().default(0))
            .col(big("failed").not_null().default(0))
            .col(big("timed_out").not_null().default(0))
            .col(big("killed").not_null().default(0))
            .col(big("lost").not_null().default(0))
            .col(big("output_bytes").not_null().default(0))
            // Durations as a histogram in JSON: it can be added to, a percentile cannot.
            .col(c.long_text("took").not_null())
            .primary_key(Index::create().col("task_id").col("day"));
        create(manager, "run_day", day).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "run_day",
            "output_gone",
            "task_gone",
            "retention_turn",
            "retention",
        ] {
            let drop = Table::drop().table(table).if_exists().to_owned();
            manager.drop_table(drop).await?;
        }
        Ok(())
    }
}
