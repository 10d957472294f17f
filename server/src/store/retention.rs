//! How long history is kept: the policy, and which server deletes.

use app::id::TaskId;
use app::retention::{Retention, StoredRetention};
use app::task::execution::Keep;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::audit::Before;
use super::entity::{retention, retention_turn, task, task_gone};
use super::row_version::{FIRST_VERSION, NOT_STORED, count_or_new, raced};
use super::tasks::to_execution;
use super::txn::transaction;
use super::{Act, Store, StoreError};

/// Which server deletes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetentionTurn {
    /// The one that asked.
    Own,
    /// Another one, until this instant if it does not go on.
    OfOther(DateTime<Utc>),
}

/// Tasks of one statement.
const TASKS: u64 = 500;
/// The key of the only row.
const ONLY: i32 = 1;

fn read(row: &retention::Model) -> Result<StoredRetention, StoreError> {
    let policy: Retention =
        serde_json::from_str(&row.policy).map_err(|_| StoreError::UnknownValue {
            what: "retention",
            value: row.policy.clone(),
        })?;
    Ok(StoredRetention {
        policy,
        version: row.version,
    })
}

impl Store {
    /// How long history is kept; the defaults until somebody changes them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention(&self) -> Result<StoredRetention, StoreError> {
        let row = retention::Entity::find_by_id(ONLY)
            .one(&self.reader)
            .await?;
        row.as_ref().map_or_else(
            || {
                Ok(StoredRetention {
                    version: NOT_STORED,
                    ..StoredRetention::default()
                })
            },
            read,
        )
    }

    /// Changes how long history is kept; with `seen` only if it still has that version.
    ///
    /// # Errors
    /// When the database fails, or it was changed since it was read.
    pub async fn put_retention(
        &self,
        act: &Act,
        seen: Option<i64>,
        policy: &Retention,
    ) -> Result<(), StoreError> {
        use retention::Column as R;
        let text = serde_json::json!(policy).to_string();
        let now = act.at();
        transaction!(self, |tx| {
            let own = Condition::all().add(R::Id.eq(ONLY));
            let is_known =
                count_or_new::<retention::Entity>(tx, own.clone(), R::Version, seen).await?;
            let was = Before::<retention::Entity>::read(tx, own).await?;
            if is_known {
                retention::Entity::update_many()
                    .col_expr(R::Policy, Expr::value(text.clone()))
                    .col_expr(R::UpdatedAt, Expr::value(now))
                    .filter(R::Id.eq(ONLY))
                    .exec(tx)
                    .await?;
            } else {
                let row = retention::ActiveModel {
                    id: Set(ONLY),
                    policy: Set(text.clone()),
                    version: Set(FIRST_VERSION),
                    updated_at: Set(now),
                };
                let insert = retention::Entity::insert(row);
                insert.exec_without_returning(tx).await.map_err(raced)?;
            }
            was.record(tx, act, None).await?;
            Ok(())
        })
    }

    /// Takes or keeps the turn to delete until an instant, unless another server has it. A second server that deletes as
    /// well does no harm, but makes both slower.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_retention_turn(
        &self,
        node: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<RetentionTurn, StoreError> {
        use retention_turn::Column as T;
        transaction!(self, |tx| {
            let taken = retention_turn::Entity::update_many()
                .col_expr(T::NodeId, Expr::value(node))
                .col_expr(T::Until, Expr::value(until))
                .filter(T::Id.eq(ONLY))
                .filter(
                    Condition::any()
                        .add(T::NodeId.eq(node))
                        .add(T::Until.lte(now)),
                )
                .exec(tx)
                .await?;
            if taken.rows_affected > 0 {
                return Ok(RetentionTurn::Own);
            }
            let known: Option<DateTime<Utc>> = retention_turn::Entity::find_by_id(ONLY)
                .select_only()
                .column(T::Until)
                .into_tuple()
                .one(tx)
                .await?;
            if let Some(until) = known {
                return Ok(RetentionTurn::OfOther(until));
            }
            let row = retention_turn::ActiveModel {
                id: Set(ONLY),
                node_id: Set(node.to_owned()),
                until: Set(until),
                finished_at: Set(None),
                deleted: Set(0),
            };
            let insert = retention_turn::Entity::insert(row);
            insert.exec_without_returning(tx).await.map_err(raced)?;
            Ok(RetentionTurn::Own)
        })
    }

    /// Notes that everything is deleted that is no longer kept, and how many rows that took. Another server may have the
    /// turn from then on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_retention_turn(
        &self,
        node: &str,
        now: DateTime<Utc>,
        deleted: u64,
    ) -> Result<(), StoreError> {
        use retention_turn::Column as T;
        let deleted = i64::try_from(deleted).unwrap_or(i64::MAX);
        transaction!(self, |tx| {
            retention_turn::Entity::update_many()
                .col_expr(T::FinishedAt, Expr::value(now))
                .col_expr(T::Until, Expr::value(now))
                .col_expr(T::Deleted, Expr::value(deleted))
                .filter(T::Id.eq(ONLY))
                .filter(T::NodeId.eq(node))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// When everything was last deleted that was no longer kept, and how many rows that took; `None` before the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_done(&self) -> Result<Option<(DateTime<Utc>, i64)>, StoreError> {
        let row = retention_turn::Entity::find_by_id(ONLY)
            .one(&self.reader)
            .await?;
        Ok(row.and_then(|row| Some((row.finished_at?, row.deleted))))
    }

    /// All tasks by id, with what each keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_keeps(&self) -> Result<Vec<(TaskId, Keep)>, StoreError> {
        use task::Column as T;
        let (mut keeps, mut after) = (Vec::new(), 0);
        loop {
            let rows: Vec<(i64, Option<String>)> = task::Entity::find()
                .select_only()
                .columns([T::Id, T::Execution])
                .filter(T::Id.gt(after))
                .order_by_asc(T::Id)
                .limit(TASKS)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(keeps);
            };
            after = last.0;
            for (id, execution) in rows {
                // The history of a task that cannot be read stays, since how long it is kept is unknown.
                let execution = self.read_part_of_task(id, to_execution(execution.as_deref()))?;
                keeps.extend(execution.map(|execution| (TaskId(id), execution.keep)));
            }
        }
    }

    /// Up to when the history of a task has been deleted; `None` when all of it is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gone_until(&self, task: TaskId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = task_gone::Entity::find_by_id(task.0)
            .one(&self.reader)
            .await?;
        Ok(row.map(|row| row.until))
    }
}
