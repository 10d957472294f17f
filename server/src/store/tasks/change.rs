//! Changing tasks: each change is numbered, and takes back what was planned from the old state.

use app::id::TaskId;
use app::task::TaskState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::super::entity::{message, occurrence, run, schedule, task};
use super::super::ledger::{note_change, skip_due, withdraw};
use super::super::messages::{NewMessage, insert_messages};
use super::super::txn::transaction;
use super::super::{Store, StoreError, Tx};
use super::{NewTask, lock, to_json};

impl Store {
    /// Enters a task. A name that exists already is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_task(
        &self,
        new: &NewTask,
        now: DateTime<Utc>,
        follow_up: impl Fn(TaskId) -> Vec<NewMessage>,
    ) -> Result<TaskId, StoreError> {
        transaction!(self, |tx| {
            let mut row = columns(new, now);
            row.state = Set(TaskState::Active.as_str().to_owned());
            row.version = Set(1);
            row.created_at = Set(now);
            let id = TaskId(task::Entity::insert(row).exec(tx).await?.last_insert_id);
            note_change(tx, id, now).await?;
            set_schedule(tx, id, "work", Some(&new.cron), now).await?;
            set_schedule(tx, id, "urge", new.urge_cron.as_deref(), now).await?;
            insert_messages(tx, &follow_up(id)).await?;
            Ok(id)
        })
    }

    /// Replaces a task's fields; false when it is gone. What is planned for later is taken back.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn update_task(
        &self,
        id: TaskId,
        new: &NewTask,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            let mut row = columns(new, now);
            row.id = Set(id.0);
            task::Entity::update(row).exec(tx).await?;
            bump_version(tx, id).await?;
            set_schedule(tx, id, "work", Some(&new.cron), now).await?;
            set_schedule(tx, id, "urge", new.urge_cron.as_deref(), now).await?;
            withdraw(tx, id, now).await?;
            Ok(true)
        })
    }

    /// Sets the state of a task; false when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_task_state(
        &self,
        id: TaskId,
        state: TaskState,
        now: DateTime<Utc>,
        messages: &[NewMessage],
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            task::Entity::update_many()
                .col_expr(task::Column::State, Expr::value(state.as_str()))
                .col_expr(task::Column::UpdatedAt, Expr::value(now))
                .filter(task::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            bump_version(tx, id).await?;
            withdraw(tx, id, now).await?;
            if state != TaskState::Active {
                skip_due(tx, id, now, state.as_str()).await?;
            }
            insert_messages(tx, messages).await?;
            Ok(true)
        })
    }

    /// Switches urging, with a new urge cycle where one is given; false when the task is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_urging(
        &self,
        id: TaskId,
        urging: bool,
        cycle: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            if cycle.is_some() {
                set_schedule(tx, id, "urge", cycle, now).await?;
            }
            task::Entity::update_many()
                .col_expr(task::Column::Urging, Expr::value(urging))
                .col_expr(task::Column::UpdatedAt, Expr::value(now))
                .filter(task::Column::Id.eq(id.0))
                .exec(tx)
                .await?;
            bump_version(tx, id).await?;
            withdraw(tx, id, now).await?;
            Ok(true)
        })
    }

    /// Deletes a task with everything that belongs to it; false when it is gone, or runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_task(&self, id: TaskId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            message::Entity::delete_many()
                .filter(message::Column::TaskId.eq(id.0))
                .exec(tx)
                .await?;
            run::Entity::delete_many()
                .filter(run::Column::TaskId.eq(id.0))
                .exec(tx)
                .await?;
            occurrence::Entity::delete_many()
                .filter(occurrence::Column::TaskId.eq(id.0))
                .exec(tx)
                .await?;
            schedule::Entity::delete_many()
                .filter(schedule::Column::TaskId.eq(id.0))
                .exec(tx)
                .await?;
            task::Entity::delete_by_id(id.0).exec(tx).await?;
            Ok(true)
        })
    }
}

fn columns(new: &NewTask, now: DateTime<Utc>) -> task::ActiveModel {
    task::ActiveModel {
        name: Set(new.name.clone()),
        nickname: Set(new.nickname.clone()),
        owners: Set(to_json(&new.owners)),
        tags: Set(to_json(&new.tags)),
        mode: Set(new.mode.as_str().to_owned()),
        command: Set(new.command.clone()),
        zone: Set(new.zone.clone()),
        channel_id: Set(new.channel_id.map(|id| id.0)),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.ends_at),
        timeout_seconds: Set(new.timeout_seconds),
        urging: Set(new.urging),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// Makes the schedule of a purpose say `expression`; the row keeps its id, so that an instant
/// which has fired cannot fire again after an edit.
async fn set_schedule(
    tx: &Tx,
    task_id: TaskId,
    purpose: &str,
    expression: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(expression) = expression else {
        schedule::Entity::delete_many()
            .filter(schedule::Column::TaskId.eq(task_id.0))
            .filter(schedule::Column::Purpose.eq(purpose))
            .exec(tx)
            .await?;
        return Ok(());
    };
    let updated = schedule::Entity::update_many()
        .col_expr(schedule::Column::Expression, Expr::value(expression))
        .filter(schedule::Column::TaskId.eq(task_id.0))
        .filter(schedule::Column::Purpose.eq(purpose))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        schedule::Entity::insert(schedule::ActiveModel {
            task_id: Set(task_id.0),
            purpose: Set(purpose.to_owned()),
            kind: Set("cron".to_owned()),
            expression: Set(expression.to_owned()),
            created_at: Set(now),
            ..Default::default()
        })
        .exec_without_returning(tx)
        .await?;
    }
    Ok(())
}

async fn bump_version(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    task::Entity::update_many()
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}
