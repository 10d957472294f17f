//! The ledger: planned firings, attempts at them, messages they caused, and who works on them.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, id, index, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        manager
            .create_table(
                c.table("occurrence")
                    .col(id())
                    .col(big("task_id").not_null())
                    .col(big("schedule_id").not_null())
                    .col(c.instant("scheduled_for").not_null())
                    .col(c.instant("due_at").not_null())
                    .col(text("state", 16).not_null())
                    .col(text("reason", 32))
                    .col(text("node_id", 32))
                    .col(int("epoch").not_null().default(0))
                    // A row may stand for several missed firings: `since` is the first of them.
                    .col(big("firings").not_null().default(1))
                    .col(c.instant("since"))
                    .to_owned(),
            )
            .await?;
        // The key that makes "never twice" true on every engine.
        index(
            manager,
            "occurrence",
            &["schedule_id", "scheduled_for"],
            true,
        )
        .await?;
        index(manager, "occurrence", &["state", "due_at"], false).await?;
        index(manager, "occurrence", &["task_id", "due_at"], false).await?;
        manager
            .create_table(
                c.table("run")
                    .col(id())
                    .col(big("occurrence_id"))
                    .col(big("task_id").not_null())
                    .col(int("attempt").not_null())
                    .col(text("trigger_kind", 16).not_null())
                    .col(text("requested_by", 64))
                    .col(text("state", 16).not_null())
                    .col(text("reason", 255))
                    .col(text("node_id", 32).not_null())
                    .col(int("epoch").not_null())
                    .col(c.instant("scheduled_for"))
                    .col(c.instant("started_at").not_null())
                    .col(c.instant("finished_at"))
                    .col(int("exit_code"))
                    .col(int("exit_signal"))
                    .col(big("output_bytes").not_null().default(0))
                    .col(big("output_dropped").not_null().default(0))
                    // A short output stays here whole; of a long one, the end.
                    .col(ColumnDef::new("output_tail").blob())
                    // Where the rest is kept, relative to the output store.
                    .col(text("output_object", 128))
                    .to_owned(),
            )
            .await?;
        index(manager, "run", &["occurrence_id", "attempt"], true).await?;
        index(manager, "run", &["task_id", "id"], false).await?;
        index(manager, "run", &["state", "started_at"], false).await?;
        manager
            .create_table(
                c.table("message")
                    .col(id())
                    .col(big("task_id").not_null())
                    .col(big("run_id"))
                    .col(big("channel_id").not_null())
                    .col(text("event", 32).not_null())
                    .col(text("kind", 16).not_null())
                    .col(c.long_text("body").not_null())
                    .col(c.long_text("mentions").not_null())
                    // The picture follows its text: it waits until that one is sent.
                    .col(big("after_id"))
                    .col(text("state", 16).not_null())
                    .col(int("attempts").not_null().default(0))
                    .col(c.instant("next_attempt_at").not_null())
                    .col(text("node_id", 32))
                    .col(c.long_text("last_answer"))
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("sent_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "message", &["state", "next_attempt_at"], false).await?;
        index(manager, "message", &["task_id", "id"], false).await?;
        index(manager, "message", &["channel_id", "state"], false).await?;
        manager
            .create_table(
                c.table("node")
                    .col(text("id", 32).not_null().primary_key())
                    // The data folder it runs on: only one live node may hold it.
                    .col(text("host_key", 32).not_null())
                    .col(text("hostname", 255).not_null())
                    .col(text("version", 32).not_null())
                    .col(c.instant("started_at").not_null())
                    .col(c.instant("heartbeat_at").not_null())
                    .col(c.instant("stopped_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                c.table("cluster")
                    .col(int("id").not_null().primary_key())
                    // Grows with every change to tasks; a node with an older number reloads.
                    .col(big("change_counter").not_null())
                    // Up to here every firing of an active schedule is a row.
                    .col(c.instant("planned_until").not_null())
                    // Sealed with the servers' key: a server with another key refuses to start.
                    .col(c.long_text("key_check"))
                    .to_owned(),
            )
            .await?;
        // One row per change of a task, written under the lock of the cluster row, so that the
        // numbers appear in the order of the commits.
        manager
            .create_table(
                c.table("task_change")
                    .col(big("seq").not_null().primary_key())
                    .col(big("task_id").not_null())
                    .col(c.instant("at").not_null())
                    .to_owned(),
            )
            .await?;
        // The one row every node agrees on; there from the start, since locking a missing row
        // locks nothing.
        let mut first = Query::insert();
        first
            .into_table("cluster")
            .columns(["id", "change_counter", "planned_until"])
            .values_panic([1.into(), 0i64.into(), "1970-01-01 00:00:00".into()]);
        if manager.get_database_backend() != sea_orm_migration::sea_orm::DatabaseBackend::MySql {
            first = Query::insert();
            first
                .into_table("cluster")
                .columns(["id", "change_counter", "planned_until"])
                .values_panic([1.into(), 0i64.into(), "1970-01-01T00:00:00+00:00".into()]);
        }
        manager.execute(first).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "cluster",
            "task_change",
            "node",
            "message",
            "run",
            "occurrence",
        ] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
