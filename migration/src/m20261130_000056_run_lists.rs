//! Pages of runs in the order in which they started: of all tasks, and of a task and a state, whose last run, too, is found
//! so, however long ago it was. Those of a state have their index already.

use sea_orm_migration::prelude::*;

use crate::columns::index_once;

/// Each is read backwards, and ends with the key on its own.
const INDEXES: [&[&str]; 2] = [&["started_at"], &["task_id", "state", "started_at"]];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            index_once(manager, "run", columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            let index = Index::drop()
                .name(format!("ix_run_{}", columns.join("_")))
                .table("run")
                .to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
