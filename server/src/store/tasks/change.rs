//! Changes tasks: each change is numbered, and withdraws what was planned from the old state.

use std::sync::Arc;

use app::id::TaskId;
use app::occurrence::SkipReason;
use app::rule::{RuleEdit, RuleSpec};
use app::run::{Gone, RunReason};
use app::schedule::{Purpose, Schedule};
use app::task::{HeldBy, Task, TaskSpec, TaskState, TaskStep};
use app::ticket::{Opens, TicketKind, TicketRule};
use app::transition::Step;
use chrono::{DateTime, Utc};
use migration::search_text;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::super::calendars::has_calendars;
use super::super::channels::{TaskChannel, has_channel, put_for_task};
use super::super::code::{Code, TakeStep};
use super::super::delivery::{withdraw_announced, withdraw_task};
use super::super::entity::task;
use super::super::ledger::{
    EVERY_TASK, is_changed_between, lock_cluster, note_change, skip_due, withdraw,
};
use super::super::messages::{NO_TASK, Notice, insert_notices};
use super::super::rules::{apply, insert_all, may_insert};
use super::super::tickets::{Follow, close_of_task, follow_rule, renew_chase};
use super::super::txn::transaction;
use super::super::urge_defaults::inherited;
use super::super::{Act, Store, StoreError, Tx};
use super::rows::{columns, tickets_column, to_task, to_tickets};
use super::{SEARCH, lock, schedules, schedules_of};

/// The version of a task that was just created.
const FIRST_VERSION: i64 = 1;

/// A definition with the number of the last change that was known before it was checked.
#[derive(Clone, Copy, Debug)]
pub struct CheckedSpec<'a> {
    /// The definition.
    pub spec: &'a TaskSpec,
    /// The number: see [`Store::cluster_state`].
    pub seen: i64,
}

/// The outcome of creating a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inserted {
    /// It has this id.
    Done(TaskId),
    /// The channel of one of its rules does not exist.
    NoChannel,
    /// What it names was changed since it was checked.
    Outdated,
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
    /// Creates a task. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name.
    pub async fn insert_task(
        &self,
        act: &Act,
        spec: &TaskSpec,
        follow_up: impl Fn(TaskId) -> Vec<Notice>,
    ) -> Result<TaskId, StoreError> {
        let (seen, _) = self.cluster_state().await?;
        let checked = CheckedSpec { spec, seen };
        let inserted = self.insert_task_with(act, checked, None, |_| Vec::new(), follow_up);
        match inserted.await? {
            Inserted::Done(id) => Ok(id),
            Inserted::NoChannel | Inserted::Outdated => Err(StoreError::Overtaken),
        }
    }

    /// Creates a task, with a channel that is made for it and takes the place of the one it names, and with rules of its
    /// own. An existing name is a duplicate-key error.
    ///
    /// # Errors
    /// When the database fails or refuses the name, or the channel cannot be sealed.
    pub async fn insert_task_with(
        &self,
        act: &Act,
        checked: CheckedSpec<'_>,
        channel: Option<TaskChannel<'_>>,
        rules: impl Fn(TaskId) -> Vec<(Act, RuleSpec)>,
        follow_up: impl Fn(TaskId) -> Vec<Notice>,
    ) -> Result<Inserted, StoreError> {
        let now = act.at();
        let spec = checked.spec;
        let inserted: Result<Inserted, StoreError> = transaction!(self, |tx| {
            // Before the row of the task, in the order of all changes.
            lock_cluster(tx).await?;
            if !may_insert(tx, &rules(NO_TASK)).await? {
                return Ok(Inserted::NoChannel);
            }
            let begins = Begins::Active {
                has_own_channel: channel.is_some(),
            };
            let id = begin(tx, act, checked, begins).await?;
            let mut notices = follow_up(id);
            if let Some(channel) = channel {
                let made = put_for_task(tx, id, channel, now).await?;
                task::Entity::update_many()
                    .col_expr(task::Column::ChannelId, Expr::value(made.0))
                    .filter(task::Column::Id.eq(id.0))
                    .exec(tx)
                    .await?;
                for notice in &mut notices {
                    notice.subject.set_main_channel(made);
                }
            }
            insert_all(tx, &rules(id)).await?;
            insert_notices(tx, &notices).await?;
            if spec.urging || spec.tickets.opens == Opens::Task {
                follow_definition(tx, act, id, Follow::Ordered).await?;
            }
            Ok(Inserted::Done(id))
        });
        self.rules.forget();
        match inserted {
            Err(StoreError::Overtaken) => Ok(Inserted::Outdated),
            inserted => inserted,
        }
    }

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
        let now = act.at();
        let spec = checked.spec;
        let updated = transaction!(self, |tx| {
            let change = note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(Updated::Gone);
            }
            if version_of(tx, id).await? != Some(version)
                || !still_holds(tx, checked, change, channel.is_some()).await?
            {
                return Ok(Updated::Outdated);
            }
            let before = rule_of(tx, id).await?;
            let is_order = |opens| opens == Opens::Task;
            let why = match is_order(spec.tickets.opens) && !is_order(before.opens) {
                true => Follow::Ordered,
                false => Follow::Changed,
            };
            let mut row = columns(spec, now);
            row.tickets = Set(tickets_column(&inherited(tx, spec).await?));
            row.id = Set(id.0);
            if let Some(channel) = channel {
                row.channel_id = Set(Some(put_for_task(tx, id, channel, now).await?.0));
            }
            task::Entity::update(row).exec(tx).await?;
            note_words(tx, id, spec).await?;
            changed(tx, act, id).await?;
            schedules::set_all(tx, id, spec, now).await?;
            withdraw(tx, id, now).await?;
            withdraw_announced(tx, id).await?;
            apply(tx, rules).await?;
            insert_notices(tx, notices).await?;
            follow_definition(tx, act, id, why).await?;
            Ok(Updated::Done)
        });
        if !rules.is_empty() {
            self.rules.forget();
        }
        updated
    }

    /// Moves a task to another state, unless its current one does not allow the step, and reports that. `until` is
    /// when a paused one resumes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_task_state(
        &self,
        act: &Act,
        id: TaskId,
        step: TaskStep,
        until: Option<DateTime<Utc>>,
        notices: &[Notice],
    ) -> Result<Updated, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(Updated::Gone);
            }
            let updated = step_task(tx, act, id, (step, until), None).await?;
            if updated != Updated::Done {
                return Ok(updated);
            }
            // After the close, which withdraws what was to be sent before it.
            insert_notices(tx, notices).await?;
            Ok(Updated::Done)
        })
    }

    /// Switches chasing, with a new chase schedule if one is given; false when the task does not exist. A chase has an
    /// end, which starts anew each time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_urging(
        &self,
        act: &Act,
        id: TaskId,
        urging: bool,
        cycle: Option<&str>,
    ) -> Result<bool, StoreError> {
        let now = act.at();
        transaction!(self, |tx| {
            if !urging {
                let found = stop_urging(tx, act, id).await?;
                let by = (act.who(), None);
                close_of_task(tx, id, Some(TicketKind::Chase), by, now).await?;
                return Ok(found);
            }
            note_change(tx, id, now).await?;
            if !lock(tx, id).await? {
                return Ok(false);
            }
            if let Some(cycle) = cycle {
                let urge = [Schedule::plain(cycle)];
                schedules::set(tx, id, Purpose::Urge, &urge, now).await?;
            }
            switch_urging(tx, act, id, true).await?;
            if let Some(task) = definition(tx, id).await? {
                renew_chase(tx, &task, now).await?;
                follow_rule(tx, &task, Follow::Changed, (act.who(), now)).await?;
            }
            Ok(true)
        })
    }
}

/// How a new task begins.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Begins<'a> {
    /// It fires.
    Active {
        /// Whether a channel is made for it, in the place of the one that it names.
        has_own_channel: bool,
    },
    /// It waits until its line is commented out of this crontab.
    Held(&'a HeldBy),
}

/// Inserts a task with its schedules, numbers the change and records it, in a transaction that has locked the cluster
/// row. [`StoreError::Overtaken`] when what it names was changed since it was checked.
pub(in super::super) async fn begin(
    tx: &Tx,
    act: &Act,
    checked: CheckedSpec<'_>,
    begins: Begins<'_>,
) -> Result<TaskId, StoreError> {
    let (now, spec) = (act.at(), checked.spec);
    let mut row = columns(spec, now);
    row.tickets = Set(tickets_column(&inherited(tx, spec).await?));
    let (state, has_own_channel) = match begins {
        Begins::Active { has_own_channel } => (TaskState::Active, has_own_channel),
        Begins::Held(by) => {
            row.held = Set(Some(serde_json::json!(by).to_string()));
            (TaskState::Paused, false)
        }
    };
    row.state = Set(Code(state));
    row.version = Set(FIRST_VERSION);
    row.created_at = Set(now);
    let id = TaskId(task::Entity::insert(row).exec(tx).await?.last_insert_id);
    note_words(tx, id, spec).await?;
    let change = note_change(tx, id, now).await?;
    if !still_holds(tx, checked, change, has_own_channel).await? {
        return Err(StoreError::Overtaken);
    }
    schedules::set_all(tx, id, spec, now).await?;
    act.record_version(tx, id, FIRST_VERSION).await?;
    Ok(id)
}

/// Whether what a definition names still is as it was when the definition was checked; `change` is the number of the
/// change that writes it, whose lock keeps others from changing that until the transaction ends.
async fn still_holds(
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

/// Moves a task to another state, in the transaction that has locked it.
pub(in super::super) async fn step_task(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    (step, until): (TaskStep, Option<DateTime<Utc>>),
    word: Option<&str>,
) -> Result<Updated, StoreError> {
    let now = act.at();
    let fires = step.to() == TaskState::Active || until.is_some();
    if fires && is_held(tx, id).await? {
        return Ok(Updated::Held);
    }
    let why = match state_of(tx, id).await? {
        Some(TaskState::Closed) => Follow::Ordered,
        _ => Follow::Changed,
    };
    let mut update = task::Entity::update_many()
        .col_expr(task::Column::PausedUntil, Expr::value(until))
        .col_expr(task::Column::UpdatedAt, Expr::value(now));
    if step.to() == TaskState::Active {
        update = update.col_expr(task::Column::ResumedAt, Expr::value(now));
    }
    let updated = update
        .filter(task::Column::Id.eq(id.0))
        .step(task::Column::State, step)
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Ok(Updated::Outdated);
    }
    changed(tx, act, id).await?;
    withdraw(tx, id, now).await?;
    match step.to() {
        TaskState::Active => follow_definition(tx, act, id, why).await?,
        TaskState::Paused => {
            skip_due(tx, id, now, SkipReason::Paused).await?;
            withdraw_announced(tx, id).await?;
        }
        TaskState::Closed => {
            skip_due(tx, id, now, SkipReason::Closed).await?;
            let reason = RunReason::TaskGone(Gone::Closed);
            withdraw_task(tx, id, &reason, now).await?;
            close_of_task(tx, id, None, (act.who(), word), now).await?;
        }
    }
    Ok(Updated::Done)
}

/// Stops chasing a task, by its own schedules from now on; false when it does not exist.
pub(in super::super) async fn stop_urging(
    tx: &Tx,
    act: &Act,
    id: TaskId,
) -> Result<bool, StoreError> {
    note_change(tx, id, act.at()).await?;
    if !lock(tx, id).await? {
        return Ok(false);
    }
    switch_urging(tx, act, id, false).await?;
    Ok(true)
}

async fn switch_urging(tx: &Tx, act: &Act, id: TaskId, urging: bool) -> Result<(), StoreError> {
    let now = act.at();
    task::Entity::update_many()
        .col_expr(task::Column::Urging, Expr::value(urging))
        .col_expr(task::Column::UpdatedAt, Expr::value(now))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    changed(tx, act, id).await?;
    withdraw(tx, id, now).await?;
    withdraw_announced(tx, id).await
}

/// The state of a task, for which this transaction holds the lock.
pub(in super::super) async fn state_of(
    tx: &Tx,
    id: TaskId,
) -> Result<Option<TaskState>, StoreError> {
    let found: Option<Code<TaskState>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::State)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.map(|state| state.0))
}

/// Whether the line of a task is still in a crontab.
async fn is_held(tx: &Tx, id: TaskId) -> Result<bool, StoreError> {
    let held: Option<Option<String>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::Held)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(held.flatten().is_some())
}

/// The rule about tickets of a task as it is before this transaction changes it.
async fn rule_of(tx: &Tx, id: TaskId) -> Result<Arc<TicketRule>, StoreError> {
    let found: Option<Option<String>> = task::Entity::find_by_id(id.0)
        .select_only()
        .column(task::Column::Tickets)
        .into_tuple()
        .one(tx)
        .await?;
    to_tickets(found.flatten().as_deref())
}

/// A task as this transaction has written it.
async fn definition(tx: &Tx, id: TaskId) -> Result<Option<Task>, StoreError> {
    let Some(row) = task::Entity::find_by_id(id.0).one(tx).await? else {
        return Ok(None);
    };
    let schedules = schedules_of(tx, &[id.0]).await?;
    to_task(row, &schedules).map(|(task, _)| Some(task))
}

/// Opens the tickets of a task that fires again.
pub(in super::super) async fn follow_resumed(
    tx: &Tx,
    act: &Act,
    id: TaskId,
) -> Result<(), StoreError> {
    follow_definition(tx, act, id, Follow::Changed).await
}

/// Opens and ends the tickets of a task as its definition says.
async fn follow_definition(tx: &Tx, act: &Act, id: TaskId, why: Follow) -> Result<(), StoreError> {
    match definition(tx, id).await? {
        Some(task) => follow_rule(tx, &task, why, (act.who(), act.at())).await,
        None => Ok(()),
    }
}

/// Keeps the text for the search in step.
async fn note_words(tx: &Tx, id: TaskId, spec: &TaskSpec) -> Result<(), StoreError> {
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
