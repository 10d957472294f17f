//! Several schedules a task, rules of days, jitter, missed firings, pauses with an end; calendars
//! and blackouts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{Columns, add, big, create, flag, id, index_once, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let schedule = vec![
            // The order on the page.
            int("position").not_null().default(0).to_owned(),
            text("day_rule", 32).not_null().default("any").to_owned(),
            // Name of a calendar; NULL is the built-in one.
            text("calendar", 32),
            big("jitter_seconds").not_null().default(0).to_owned(),
            flag("jitter_stable").default(false).to_owned(),
        ];
        add(manager, "schedule", schedule).await?;
        if manager.get_database_backend() == DatabaseBackend::MySql {
            // As long as an expression may be, also as it is written back. SQLite knows no length.
            let mut widen = Table::alter();
            widen
                .table("schedule")
                .modify_column(text("expression", 512).not_null());
            manager.alter_table(widen).await?;
        }
        let task = vec![
            // NULL follows the mode.
            text("missed_policy", 16),
            big("grace_seconds").not_null().default(60).to_owned(),
            big("missed_max").not_null().default(10).to_owned(),
            big("missed_max_age")
                .not_null()
                .default(2_592_000)
                .to_owned(),
            c.instant("paused_until"),
        ];
        add(manager, "task", task).await?;
        // When the firing was to start before jitter or a blackout put it off: an edit takes back
        // what starts later than this, and leaves what was only put off.
        add(manager, "occurrence", vec![c.instant("base_at")]).await?;
        manager
            .execute(
                Query::update()
                    .table("occurrence")
                    .value("base_at", Expr::col("due_at"))
                    // The others are history, which may be long: they are read as due at once.
                    .and_where(Expr::col("state").eq("planned"))
                    .and_where(Expr::col("base_at").is_null())
                    .to_owned(),
            )
            .await?;
        create(
            manager,
            "calendar",
            c.table("calendar")
                .col(id())
                .col(text("name", 32).not_null().unique_key())
                .col(text("source_url", 1024))
                // One line a day or range, as in the built-in calendar's file.
                .col(c.long_text("days").not_null())
                .col(c.instant("created_at").not_null())
                .col(c.instant("updated_at").not_null())
                .to_owned(),
        )
        .await?;
        create(
            manager,
            "blackout",
            c.table("blackout")
                .col(id())
                .col(text("name", 200).not_null())
                .col(c.long_text("tags").not_null())
                .col(text("zone", 64).not_null())
                .col(c.instant("starts_at"))
                .col(c.instant("ends_at"))
                .col(text("cron", 512))
                .col(big("duration_seconds"))
                .col(text("policy", 16).not_null())
                .col(c.instant("created_at").not_null())
                .col(c.instant("updated_at").not_null())
                .to_owned(),
        )
        .await?;
        index_once(manager, "schedule", &["calendar"], false).await?;
        index_once(manager, "task", &["paused_until"], false).await?;
        index_once(manager, "audit", &["object_id", "at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["blackout", "calendar"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        for (name, table) in [
            ("ix_schedule_calendar", "schedule"),
            ("ix_task_paused_until", "task"),
            ("ix_audit_object_id_at", "audit"),
        ] {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        for (table, columns) in [
            ("occurrence", &["base_at"][..]),
            (
                "task",
                &[
                    "missed_policy",
                    "grace_seconds",
                    "missed_max",
                    "missed_max_age",
                    "paused_until",
                ],
            ),
            (
                "schedule",
                &[
                    "position",
                    "day_rule",
                    "calendar",
                    "jitter_seconds",
                    "jitter_stable",
                ],
            ),
        ] {
            for column in columns {
                manager
                    .alter_table(Table::alter().table(table).drop_column(*column).to_owned())
                    .await?;
            }
        }
        Ok(())
    }
}
