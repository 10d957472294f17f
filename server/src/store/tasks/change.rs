//! Changes tasks: each change is numbered, and withdraws what was planned from the old state.

use std::sync::Arc;

use app::id::TaskId;
use app::rule::RuleEdit;
use app::task::{Task, TaskSpec};
use app::ticket::TicketRule;
use migration::search_text;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::calendars::has_calendars;
use super::super::channels::{TaskChannel, has_channel};
use super::super::entity::task;
use super::super::ledger::{EVERY_TASK, is_changed_between};
use super::super::messages::Notice;
use super::super::tickets::{ReconcileReason, follow_rule};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::replace::replace;
use super::rows::{to_task, to_tickets};
use super::{SEARCH, schedules_of};

/// A definition with the number of the last change that was known before it was checked.
#[derive(Clone, Copy, Debug)]
pub struct CheckedSpec<'a> {
    /// The definition.
    pub spec: &'a TaskSpec,
    /// The number: see [`Store::cluster_state`].
    pub seen: i64,
}

/// The outcome of replacing a task's fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Updated {
    /// They are replaced.
    Done,
    /// The task does not exist.
    Gone,
    /// Another change came first: it is no longer in the expected version or state, or what it names was changed.
    Outdated,
    /// Its line is still in a crontab: it must not fire.
    Held,
}

impl Store {
    /// Replaces a task's fields, if it still has this version, and reports that. Withdraws what is planned for later. A
    /// channel that is made for the task takes the place of the one that it names; changes of its rules go with it.
    ///
    /// # Errors
    /// When the database fails or refuses the name, or the channel cannot be sealed; [`StoreError::Overtaken`] when the
    /// rules are no longer as they were read.
    pub async fn update_task_with(
        &self,
        act: &Act,
        id: TaskId,
        (version, checked): (i64, CheckedSpec<'_>),
        channel: Option<TaskChannel<'_>>,
        rules: &[(Act, RuleEdit)],
        notices: &[Notice],
    ) -> Result<Updated, StoreError> {
        let checked = (version, checked);
        let updated = transaction!(self, |tx| {
            replace(tx, act, id, checked, channel, (rules, notices)).await
        });
        if !rules.is_empty() {
            self.rules.forget();
        }
        updated
    }
}

/// Whether what a definition names still is as it was when the definition was checked; `change` is the number of the
/// change that writes it, whose lock keeps others from changing that until the transaction ends.
pub(super) async fn still_holds(
    tx: &Tx,
    checked: CheckedSpec<'_>,
    change: i64,
    has_own_channel: bool,
) -> Result<bool, StoreError> {
    let spec = checked.spec;
    if let Some(channel) = spec.channel_id.filter(|_| !has_own_channel)
        && !has_channel(tx, channel).await?
    {
        return Ok(false);
    }
    let calendars = spec.schedules.iter();
    let calendars = calendars.filter_map(|schedule| schedule.calendar.as_deref());
    if !has_calendars(tx, calendars).await? {
        return Ok(false);
    }
    let waits = !spec.execution.waits.tasks.is_empty();
    if !waits && spec.execution.pool.is_empty() {
        return Ok(true);
    }
    // Pools are among what applies to all tasks. For a circle, it takes a change of any task.
    let only = (!waits).then_some(EVERY_TASK);
    Ok(!is_changed_between(tx, (checked.seen, change), only).await?)
}

/// The rule about tickets of a task as it is before this transaction changes it.
pub(super) async fn rule_of(tx: &Tx, id: TaskId) -> Result<Arc<TicketRule>, StoreError> {
    let found: Option<Option<String>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::Tickets)
        .into_tuple()
        .one(tx)
        .await?;
    to_tickets(found.flatten().as_deref())
}

/// A task as this transaction has written it.
pub(super) async fn definition(tx: &Tx, id: TaskId) -> Result<Option<Task>, StoreError> {
    let Some(row) = task::Entity::find_by_id(id.0).one(tx).await? else {
        return Ok(None);
    };
    let schedules = schedules_of(tx, &[id.0]).await?;
    to_task(row, &schedules).map(|(task, _)| Some(task))
}

/// Opens and ends the tickets of a task as its definition says.
pub(super) async fn follow_definition(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    why: ReconcileReason,
) -> Result<(), StoreError> {
    match definition(tx, id).await? {
        Some(task) => follow_rule(tx, &task, why, (act.who(), act.at())).await,
        None => Ok(()),
    }
}

/// Keeps the text for the search in step.
pub(super) async fn note_words(tx: &Tx, id: TaskId, spec: &TaskSpec) -> Result<(), StoreError> {
    let text = search_text(
        &spec.name,
        &spec.nickname,
        &spec.owners,
        &spec.tags,
        &spec.command,
        &spec.notes.runbook,
    );
    task::Entity::update_many()
        .col_expr(SEARCH, Expr::value(text))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn version_of(tx: &Tx, id: TaskId) -> Result<Option<i64>, StoreError> {
    Ok(task::Entity::find()
        .select_only()
        .column(task::Column::Version)
        .filter(task::Column::Id.eq(id.0))
        .into_tuple()
        .one(tx)
        .await?)
}

/// Numbers a change of a task and writes it to the audit log.
pub(in super::super) async fn changed(tx: &Tx, act: &Act, id: TaskId) -> Result<(), StoreError> {
    task::Entity::update_many()
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    match version_of(tx, id).await? {
        Some(version) => act.record_version(tx, id, version).await,
        None => Ok(()),
    }
}
