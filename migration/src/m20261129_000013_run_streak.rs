//! How many runs of a task ended badly in a row, written with the last of them: pages say it of every
//! task, and counting would mean to read the task's history.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::Statement;

use crate::columns::{Columns, add, big};

/// Runs that are looked at for each task that is failing when the database is migrated.
const LOOKED_AT: i64 = 1_000;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let run = vec![
            // Bad runs in a row up to this one; none after one that succeeded.
            big("streak"),
            // When the first of them started.
            c.instant("streak_since"),
        ];
        add(manager, "run", run).await?;
        for task in integers(manager, "SELECT id FROM task ORDER BY id").await? {
            count(manager, task).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["streak", "streak_since"] {
            let table = Table::alter().table("run").drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}

/// Counts what is failing now, in the task's newest run that is over.
async fn count(manager: &SchemaManager<'_>, task: i64) -> Result<(), DbErr> {
    let over = format!(
        "SELECT id FROM run WHERE task_id = {task} AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    );
    let Some(last) = integers(manager, &over).await?.pop() else {
        return Ok(());
    };
    // Newest first: those that ended badly, each firing by its first attempt, up to a success.
    let rows = format!(
        "SELECT id, state, attempt FROM run WHERE task_id = {task} AND id <= {last} \
         ORDER BY id DESC LIMIT {LOOKED_AT}"
    );
    let db = manager.get_connection();
    let rows = db
        .query_all_raw(Statement::from_string(manager.get_database_backend(), rows))
        .await?;
    let (mut bad, mut first) = (0_i64, None);
    for row in rows {
        let state: String = row.try_get_by_index(1)?;
        match state.as_str() {
            "succeeded" => break,
            "failed" | "timed_out" | "lost" => {
                let attempt: i32 = row.try_get_by_index(2)?;
                bad += i64::from(attempt == 1);
                first = Some(row.try_get_by_index::<i64>(0)?);
            }
            _ => {}
        }
    }
    let Some(first) = first else {
        return Ok(());
    };
    // By way of a derived table: MySQL does not read the table that it writes.
    let since =
        format!("SELECT began FROM (SELECT started_at AS began FROM run WHERE id = {first}) AS f");
    let bad = Ord::max(bad, 1);
    db.execute_unprepared(&format!(
        "UPDATE run SET streak = {bad}, streak_since = ({since}) WHERE id = {last}"
    ))
    .await?;
    Ok(())
}

async fn integers(manager: &SchemaManager<'_>, sql: &str) -> Result<Vec<i64>, DbErr> {
    let statement = Statement::from_string(manager.get_database_backend(), sql.to_owned());
    let rows = manager.get_connection().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
