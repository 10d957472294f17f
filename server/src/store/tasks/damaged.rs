//! Tasks whose rows cannot be read: what of them can be, and how they are stopped.

use app::id::TaskId;
use app::task::{TaskState, TaskStep};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::{Code, is_known};
use super::super::entity::task;
use super::super::ledger::note_change;
use super::super::txn::transaction;
use super::super::unreadable::RowKind;
use super::super::{Act, Damage, Store, StoreError};
use super::change::Updated;
use super::lock;
use super::state::step_task;

/// What is known of a task whose row cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DamagedRow {
    /// Its id.
    pub id: TaskId,
    /// Its name; empty if that cannot be read.
    pub name: String,
    /// Its version; 0 if that cannot be read.
    pub version: i64,
    /// Its state; `None` if that cannot be read.
    pub state: Option<TaskState>,
    /// What is wrong with it.
    pub damage: Damage,
    /// Whether the scheduler of this process still runs it as it had read it before.
    pub runs: bool,
}

impl Store {
    /// A task whose row cannot be read; `None` for any other, and for one that does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn damaged_task(&self, id: TaskId) -> Result<Option<DamagedRow>, StoreError> {
        use task::Column as T;
        let error = match self.task(id).await {
            Ok(_) => return Ok(None),
            Err(error) if error.is_unreadable() => error,
            Err(error) => return Err(error),
        };
        let row = task::Entity::find_by_id(id.0)
            .select_only()
            .columns([T::Name, T::Version, T::State])
            .into_tuple::<(String, i64, String)>()
            .one(&self.reader)
            .await;
        let (name, version, state) = match row.map_err(StoreError::from) {
            Ok(row) => row.unwrap_or_default(),
            Err(error) if error.is_unreadable() => Default::default(),
            Err(error) => return Err(error),
        };
        let states = TaskState::ALL.iter().copied();
        let state = states.into_iter().find(|known| known.as_str() == state);
        Ok(Some(DamagedRow {
            id,
            name,
            version,
            state,
            damage: Damage::of(RowKind::Task, &error),
            runs: state != Some(TaskState::Closed) && self.runs_as_read(id),
        }))
    }

    /// Pauses or closes a task whose row cannot be read. No message reports it, because it would name what cannot be
    /// read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stop_damaged_task(
        &self,
        act: &Act,
        id: TaskId,
        step: TaskStep,
    ) -> Result<Updated, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(Updated::Gone);
            }
            // No step leaves a word that is no state. It counts as active, which each of these steps leaves.
            task::Entity::update_many()
                .col_expr(task::Column::State, Expr::value(Code(TaskState::Active)))
                .filter(task::Column::Id.eq(id.0))
                .filter(is_known::<_, TaskState>(task::Column::State).not())
                .exec(tx)
                .await?;
            step_task(tx, act, id, (step, None), None).await
        })
    }
}
