//! How tasks are executed: overlap, pools, retries, secrets; attempts that wait; stops asked for on
//! another node; where a node stands and how far its clock is off.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, id, index_once, int, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // JSON, read as a whole with the task; NULL is the usual execution.
        add(manager, "task", vec![c.long_text("execution")]).await?;
        let run = vec![
            // When an attempt that waits may start.
            c.instant("due_at"),
            // The first attempt of a start by hand, in the rows of the further ones.
            big("origin_id"),
            // The pool whose slot it takes.
            text("pool", 64),
            // Why it was started by hand.
            text("note", 255),
            // What was filled in: JSON with secrets masked, and all of it sealed.
            c.long_text("parameters"),
            c.long_text("parameters_sealed"),
            // Who asked for its end, for the node that runs it.
            text("stop_by", 64),
        ];
        add(manager, "run", run).await?;
        // What keeps a further attempt of a start by hand from being made twice.
        index_once(manager, "run", &["origin_id", "attempt"], true).await?;
        let node = vec![
            // Machine and folder: two live nodes with one host key at different places are copies.
            text("place", 255),
            text("zone_data", 32),
            // Milliseconds by which its clock is ahead of the database's.
            big("skew_ms"),
        ];
        add(manager, "node", node).await?;
        // Grows with every claim: claims of different nodes come one after another, also on engines
        // where a row lock of one node is not seen by another until COMMIT.
        add(
            manager,
            "cluster",
            vec![big("claims").not_null().default(0).to_owned()],
        )
        .await?;
        create(
            manager,
            "pool",
            c.table("pool")
                .col(text("name", 64).not_null().primary_key())
                .col(int("slots").not_null())
                .col(c.instant("updated_at").not_null())
                .to_owned(),
        )
        .await?;
        create(
            manager,
            "secret",
            c.table("secret")
                .col(id())
                .col(text("name", 64).not_null().unique_key())
                .col(text("note", 255).not_null())
                // Sealed with the key outside the database, for this row only.
                .col(c.long_text("value_sealed").not_null())
                .col(c.instant("created_at").not_null())
                .col(c.instant("updated_at").not_null())
                .to_owned(),
        )
        .await?;
        create(
            manager,
            "secret_grant",
            c.table("secret_grant")
                .col(id())
                .col(big("secret_id").not_null())
                .col(big("task_id").not_null())
                .to_owned(),
        )
        .await?;
        index_once(manager, "secret_grant", &["secret_id", "task_id"], true).await?;
        index_once(manager, "secret_grant", &["task_id"], false).await?;
        create(
            manager,
            "idempotency",
            c.table("idempotency")
                // A hash of who asked and the key that was sent.
                .col(text("key_hash", 64).not_null().primary_key())
                // A hash of what was asked for.
                .col(text("request_hash", 64).not_null())
                .col(big("run_id").not_null())
                .col(c.instant("created_at").not_null())
                .to_owned(),
        )
        .await?;
        index_once(manager, "idempotency", &["created_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["idempotency", "secret_grant", "secret", "pool"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        manager
            .drop_index(
                Index::drop()
                    .name("uq_run_origin_id_attempt")
                    .table("run")
                    .to_owned(),
            )
            .await?;
        for (table, columns) in [
            ("cluster", &["claims"][..]),
            ("node", &["place", "zone_data", "skew_ms"]),
            (
                "run",
                &[
                    "due_at",
                    "origin_id",
                    "pool",
                    "note",
                    "parameters",
                    "parameters_sealed",
                    "stop_by",
                ],
            ),
            ("task", &["execution"]),
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
