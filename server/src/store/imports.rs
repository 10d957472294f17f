//! Tasks made of lines of a crontab: created once for each line, held, released and held again.

use std::collections::HashSet;

use app::id::TaskId;
use app::import::{ImportedLine, Place};
use app::task::{HeldBy, TaskSpec, TaskState, TaskStep};
use app::time::Stamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::code::TakeStep;
use super::delivery::withdraw_announced;
use super::entity::{imported_line, task};
use super::ledger::{lock_cluster, note_change, skip_due, withdraw};
use super::tasks::{CheckedSpec, InitialState, begin, changed, follow_resumed, lock, state_of};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};
use app::occurrence::SkipReason;

/// Keys per statement.
const KEYS_AT_ONCE: usize = 500;

/// A line of which a task is made.
#[derive(Clone, Debug)]
pub struct NewLine<'a> {
    /// Identifies it.
    pub key: String,
    /// Where it is.
    pub place: Place,
    /// It.
    pub line: String,
    /// The task.
    pub spec: &'a TaskSpec,
}

/// Which way a line goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakeoverDirection {
    /// It was commented out: the task fires from now on.
    Over,
    /// It is put back: the task does not fire any more.
    Back,
}

impl Store {
    /// Creates a task, held, for each line that has none, and returns the ids of those, in the order of the lines. An
    /// existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses a name; [`StoreError::Overtaken`] when what a definition names was changed
    /// since it was checked.
    pub async fn import_tasks(
        &self,
        act: impl Fn(&TaskSpec) -> Act,
        lines: &[NewLine<'_>],
        seen: i64,
    ) -> Result<Vec<Option<TaskId>>, StoreError> {
        transaction!(self, |tx| {
            // The lock of all changes: two imports of the same lines run one after another.
            lock_cluster(tx).await?;
            let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
            let mut known = known(tx, &keys).await?;
            let mut made = Vec::with_capacity(lines.len());
            for line in lines {
                if !known.insert(line.key.clone()) {
                    made.push(None);
                    continue;
                }
                let act = act(line.spec);
                let checked = CheckedSpec {
                    spec: line.spec,
                    seen,
                };
                let held = HeldBy {
                    host: line.place.host.clone(),
                    path: line.place.path.clone(),
                };
                let id = begin(tx, &act, checked, InitialState::Held(&held)).await?;
                imported_line::Entity::insert(imported_line::ActiveModel {
                    line_key: Set(line.key.clone()),
                    task_id: Set(id.0),
                    host: Set(line.place.host.clone()),
                    path: Set(line.place.path.clone()),
                    line: Set(line.line.clone()),
                    held: Set(true),
                    changed_at: Set(act.at()),
                })
                .exec_without_returning(tx)
                .await?;
                made.push(Some(id));
            }
            Ok(made)
        })
    }

    /// Hands tasks over to this server, or back to cron; returns those that changed hands. A closed one stays closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(
        &self,
        act: &Act,
        tasks: &[TaskId],
        handing: TakeoverDirection,
    ) -> Result<Vec<TaskId>, StoreError> {
        transaction!(self, |tx| {
            let mut done = Vec::new();
            for id in tasks {
                if hand(tx, act, *id, handing).await? {
                    done.push(*id);
                }
            }
            Ok(done)
        })
    }

    /// Lines that tasks were made of, by task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imported_lines(
        &self,
        after: Option<TaskId>,
        limit: u64,
    ) -> Result<Vec<ImportedLine>, StoreError> {
        use imported_line::Column as L;
        let mut query = imported_line::Entity::find()
            .order_by_asc(L::TaskId)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(L::TaskId.gt(after.0));
        }
        let rows = query.all(&self.reader).await?;
        self.with_task_names(rows).await
    }

    /// Those of these lines that have a task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lines_with_keys(&self, keys: &[&str]) -> Result<Vec<ImportedLine>, StoreError> {
        let mut all = Vec::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let rows = imported_line::Entity::find()
                .filter(imported_line::Column::LineKey.is_in(keys.iter().copied()))
                .all(&self.reader)
                .await?;
            all.extend(self.with_task_names(rows).await?);
        }
        Ok(all)
    }

    async fn with_task_names(
        &self,
        rows: Vec<imported_line::Model>,
    ) -> Result<Vec<ImportedLine>, StoreError> {
        let ids: Vec<TaskId> = rows.iter().map(|row| TaskId(row.task_id)).collect();
        let mut names = self.task_names(&ids).await?;
        let line = |row: imported_line::Model| {
            let task_id = TaskId(row.task_id);
            // One that was deleted between the two reads is listed no more.
            let task = names.remove(&task_id)?;
            Some(ImportedLine {
                key: row.line_key,
                task_id,
                task,
                host: row.host,
                path: row.path,
                line: row.line,
                held: row.held,
                changed_at: Stamp(row.changed_at),
            })
        };
        Ok(rows.into_iter().filter_map(line).collect())
    }
}

/// Those of these keys that have a task, as this transaction sees them.
async fn known(tx: &Tx, keys: &[&str]) -> Result<HashSet<String>, StoreError> {
    let mut known = HashSet::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let found: Vec<String> = imported_line::Entity::find()
            .select_only()
            .column(imported_line::Column::LineKey)
            .filter(imported_line::Column::LineKey.is_in(keys.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        known.extend(found);
    }
    Ok(known)
}

/// Hands one task over or back; false when it is no imported one, or in these hands already.
async fn hand(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    handing: TakeoverDirection,
) -> Result<bool, StoreError> {
    use imported_line::Column as L;
    use task::Column as T;
    let now = act.at();
    note_change(tx, id, now).await?;
    if !lock(tx, id).await? {
        return Ok(false);
    }
    let held = handing == TakeoverDirection::Back;
    let line = imported_line::Entity::find()
        .filter(L::TaskId.eq(id.0))
        .filter(L::Held.eq(!held))
        .one(tx)
        .await?;
    let Some(line) = line else {
        return Ok(false);
    };
    imported_line::Entity::update_many()
        .col_expr(L::Held, Expr::value(held))
        .col_expr(L::ChangedAt, Expr::value(now))
        .filter(L::LineKey.eq(line.line_key))
        .exec(tx)
        .await?;
    let by = HeldBy {
        host: line.host,
        path: line.path,
    };
    let by = held.then(|| serde_json::json!(by).to_string());
    task::Entity::update_many()
        .col_expr(T::Held, Expr::value(by))
        .col_expr(T::UpdatedAt, Expr::value(now))
        .filter(T::Id.eq(id.0))
        .exec(tx)
        .await?;
    let step = match handing {
        TakeoverDirection::Over => TaskStep::Resume,
        TakeoverDirection::Back => TaskStep::Pause,
    };
    let moves = state_of(tx, id).await? != Some(TaskState::Closed);
    if moves {
        let mut update = task::Entity::update_many().col_expr(
            T::PausedUntil,
            Expr::value(None::<chrono::DateTime<chrono::Utc>>),
        );
        if handing == TakeoverDirection::Over {
            update = update.col_expr(T::ResumedAt, Expr::value(now));
        }
        update
            .filter(T::Id.eq(id.0))
            .step(T::State, step)
            .exec(tx)
            .await?;
    }
    changed(tx, act, id).await?;
    withdraw(tx, id, now).await?;
    match handing {
        TakeoverDirection::Over if moves => follow_resumed(tx, act, id).await?,
        TakeoverDirection::Over => {}
        TakeoverDirection::Back => {
            skip_due(tx, id, now, SkipReason::Paused).await?;
            withdraw_announced(tx, id).await?;
        }
    }
    Ok(true)
}

/// Forgets the line of a task that is deleted: importing it again makes a new task.
pub(super) async fn forget_line(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    imported_line::Entity::delete_many()
        .filter(imported_line::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}
