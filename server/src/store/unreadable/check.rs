//! Reads all rows of which one that cannot be read is skipped.

use std::collections::BTreeSet;

use app::id::TaskId;
use app::task::TaskState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::entity::{message_rule, task};
use super::super::rules::to_rule;
use super::super::tasks::{TASKS_AT_ONCE, schedules_of, to_task};
use super::super::{Store, StoreError};
use super::{RowKind, UnreadableRow};

/// Rules per statement.
const RULES_AT_ONCE: u64 = 1_000;

impl Store {
    /// Reads all rows of these kinds, closed tasks and rules of single tasks, too, and returns those that cannot be read.
    /// In parts, so that memory does not grow with their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_rows(&self) -> Result<Vec<UnreadableRow>, StoreError> {
        self.check_tasks().await?;
        self.check_rules().await?;
        self.blackouts().await?;
        self.channels().await?;
        self.rotas().await?;
        self.urge_defaults().await?;
        Ok(self.unreadable_rows())
    }

    async fn check_tasks(&self) -> Result<(), StoreError> {
        let (mut damaged, mut closed) = (BTreeSet::new(), BTreeSet::new());
        let mut after = 0;
        loop {
            let select = task::Entity::find()
                .filter(task::Column::Id.gt(after))
                .order_by_asc(task::Column::Id)
                .limit(TASKS_AT_ONCE);
            let rows = self.each_task(select).await?;
            let Some(last) = rows.last().map(|(id, _)| *id) else {
                break;
            };
            let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
            let mut schedules = schedules_of(&self.reader, &ids).await?;
            schedules.sort_unstable_by_key(|schedule| schedule.task_id);
            for (id, row) in rows {
                let from = schedules.partition_point(|one| one.task_id < id);
                let to = schedules.partition_point(|one| one.task_id <= id);
                let is_closed = row
                    .as_ref()
                    .is_ok_and(|row| row.state.0 == TaskState::Closed);
                let read = row.and_then(|row| to_task(row, &schedules[from..to]));
                if self.read_task(id, read)?.is_none() {
                    damaged.insert(id.to_string());
                    if is_closed {
                        closed.insert(TaskId(id));
                    }
                }
            }
            after = last;
        }
        self.unreadable.only(RowKind::Task, &damaged);
        self.unreadable.lock().closed = closed;
        Ok(())
    }

    async fn check_rules(&self) -> Result<(), StoreError> {
        let mut damaged = BTreeSet::new();
        let mut after = 0;
        loop {
            let rows = message_rule::Entity::find()
                .filter(message_rule::Column::Id.gt(after))
                .order_by_asc(message_rule::Column::Id)
                .limit(RULES_AT_ONCE)
                .all(&self.reader)
                .await?;
            let Some(last) = rows.last().map(|row| row.id) else {
                break;
            };
            for row in rows {
                let key = row.id.to_string();
                let read = self.unreadable.skip(RowKind::Rule, &key, to_rule(row))?;
                if read.is_none() {
                    damaged.insert(key);
                }
            }
            after = last;
        }
        self.unreadable.only(RowKind::Rule, &damaged);
        Ok(())
    }
}
