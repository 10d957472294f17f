//! The list of tasks, each with its last run.

use std::collections::HashMap;

use app::id::RunId;
use app::task::{LastRun, TaskQuery, TaskRow};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::entity::{run, task};
use super::super::{Store, StoreError};
use super::rows::{to_task, unknown};
use super::{SEARCH, schedules_of};

/// A run, in a question about which one of a task is the newest.
const NEWEST: &str = "newest";

impl Store {
    /// A page of tasks, newest first, each with its last run; `limit` rows at the most. `patterns`
    /// are those of [`super::search_patterns`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_rows(
        &self,
        query: &TaskQuery,
        patterns: &[String],
        limit: u64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let mut select = task::Entity::find();
        for pattern in patterns {
            let like = LikeExpr::new(pattern.as_str()).escape('!');
            select = select.filter(Expr::col(SEARCH).like(like));
        }
        if let Some(state) = query.state {
            select = select.filter(task::Column::State.eq(state.as_str()));
        }
        if let Some(after) = query.after {
            select = select.filter(task::Column::Id.lt(after));
        }
        let rows = select
            .order_by_desc(task::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut schedules = schedules_of(&self.reader, &ids).await?;
        schedules.sort_unstable_by_key(|schedule| schedule.task_id);
        let mut last_runs = self.last_runs(&ids).await?;
        rows.into_iter()
            .map(|row| {
                let from = schedules.partition_point(|s| s.task_id < row.id);
                let to = schedules.partition_point(|s| s.task_id <= row.id);
                let (task, _) = to_task(row, &schedules[from..to])?;
                Ok(TaskRow {
                    last_run: last_runs.remove(&task.id.0),
                    task,
                })
            })
            .collect()
    }

    /// The last run of each task: one statement, one index seek a task.
    async fn last_runs(&self, ids: &[i64]) -> Result<HashMap<i64, LastRun>, StoreError> {
        use run::Column as R;
        // Backwards along the task's own index. The newest of all of a task's runs by MAX would
        // look through them on SQLite.
        let newest = Query::select()
            .column((NEWEST, R::Id))
            .from_as(run::Entity, NEWEST)
            .and_where(Expr::col((NEWEST, R::TaskId)).equals((task::Entity, task::Column::Id)))
            .order_by((NEWEST, R::Id), Order::Desc)
            .limit(1)
            .to_owned();
        let last =
            Expr::col((run::Entity, R::Id)).eq(Expr::SubQuery(None, Box::new(newest.into())));
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(1000) {
            let query = Query::select()
                .columns(
                    [R::TaskId, R::Id, R::State, R::StartedAt, R::FinishedAt]
                        .map(|column| (run::Entity, column)),
                )
                .from(task::Entity)
                .inner_join(run::Entity, last.clone())
                .and_where(Expr::col((task::Entity, task::Column::Id)).is_in(chunk.iter().copied()))
                .to_owned();
            for row in self.reader.query_all(&query).await? {
                type Row = (i64, i64, String, DateTime<Utc>, Option<DateTime<Utc>>);
                let (task, id, state, started_at, finished_at): Row =
                    row.try_get_many_by_index()?;
                let state = state.parse().map_err(|()| unknown("run state", &state))?;
                let last = LastRun {
                    id: RunId(id),
                    state,
                    started_at: Stamp(started_at),
                    finished_at: finished_at.map(Stamp),
                };
                found.insert(task, last);
            }
        }
        Ok(found)
    }
}
