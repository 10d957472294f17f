//! The consecutive failures of each task, as a row that the transaction locks which ends a run: the number of the run
//! with the next smaller id is the wrong one where runs overlap.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, create};

/// The task's newest run that is over has the count until now. A firing that is being retried is counted there, and
/// from now on only at its last attempt.
const FILL: &str = "INSERT INTO task_streak (task_id, failures, since, ended_at) \
    SELECT task_id, failures, since, ended_at FROM ( \
        SELECT r.task_id AS task_id, COALESCE(r.streak_since, r.started_at) AS since, \
               r.finished_at AS ended_at, \
               r.streak - EXISTS (SELECT 1 FROM run w WHERE w.task_id = r.task_id AND w.attempt > 1 \
                                  AND w.state IN ('waiting', 'running', 'sending')) AS failures \
        FROM task t INNER JOIN run r ON r.id = ( \
            SELECT n.id FROM run n WHERE n.task_id = t.id AND n.finished_at IS NOT NULL \
            ORDER BY n.id DESC LIMIT 1) \
        WHERE r.streak > 0) AS counted \
    WHERE failures > 0";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let mut task = big("task_id");
        task.not_null().primary_key();
        let mut streak = c.table("task_streak");
        streak
            .col(task)
            // Runs that failed since the last one that succeeded, in the order in which they ended.
            .col(big("failures").not_null())
            // When the first of them started.
            .col(c.instant("since"))
            // When the run ended that changed the count last: a failure, or the success that set it to 0.
            .col(c.instant("ended_at"));
        create(manager, "task_streak", streak).await?;
        let db = manager.get_connection();
        // An interrupted migration is run again.
        db.execute_unprepared("DELETE FROM task_streak").await?;
        db.execute_unprepared(FILL).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("task_streak").to_owned())
            .await
    }
}
