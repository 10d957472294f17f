//! Creates tasks.

use app::id::{ChannelId, TaskId};
use app::rule::RuleSpec;
use app::task::{HeldBy, TaskSpec, TaskState};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::super::channels::{TaskChannel, put_for_task};
use super::super::code::Code;
use super::super::entity::task;
use super::super::ledger::{lock_cluster, note_change};
use super::super::messages::{NO_TASK, Notice};
use super::super::rules::{insert_all, may_insert};
use super::super::txn::transaction;
use super::super::urge_defaults::inherited;
use super::super::{Act, Store, StoreError, Tx};
use super::change::{CheckedSpec, note_words, still_holds};
use super::replace::announce;
use super::rows::{columns, tickets_column};
use super::schedules;

/// The version of a task that was just created.
const FIRST_VERSION: i64 = 1;

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
        let inserted: Result<Inserted, StoreError> = transaction!(self, |tx| {
            // Before the row of the task, in the order of all changes.
            lock_cluster(tx).await?;
            if !may_insert(tx, &rules(NO_TASK)).await? {
                return Ok(Inserted::NoChannel);
            }
            let begins = InitialState::Active {
                has_own_channel: channel.is_some(),
            };
            let id = begin(tx, act, checked, begins).await?;
            let mut notices = follow_up(id);
            if let Some(channel) = channel {
                let made = give_channel(tx, id, channel, now).await?;
                for notice in &mut notices {
                    notice.subject.set_main_channel(made);
                }
            }
            insert_all(tx, &rules(id)).await?;
            announce(tx, act, id, checked.spec, &notices).await?;
            Ok(Inserted::Done(id))
        });
        self.rules.forget();
        match inserted {
            Err(StoreError::Overtaken) => Ok(Inserted::Outdated),
            inserted => inserted,
        }
    }
}

/// Makes the channel of a new task, in the place of the one that it names.
pub(super) async fn give_channel(
    tx: &Tx,
    id: TaskId,
    channel: TaskChannel<'_>,
    now: DateTime<Utc>,
) -> Result<ChannelId, StoreError> {
    let made = put_for_task(tx, id, channel, now).await?;
    task::Entity::update_many()
        .col_expr(task::Column::ChannelId, Expr::value(made.0))
        .filter(task::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(made)
}

/// How a new task begins.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum InitialState<'a> {
    /// It fires.
    Active {
        /// Whether a channel is made for it, in the place of the one that it names.
        has_own_channel: bool,
    },
    /// It does not fire until someone resumes it.
    Paused {
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
    begins: InitialState<'_>,
) -> Result<TaskId, StoreError> {
    let (now, spec) = (act.at(), checked.spec);
    let mut row = columns(spec, now);
    row.tickets = Set(tickets_column(&inherited(tx, spec).await?));
    let (state, has_own_channel) = match begins {
        InitialState::Active { has_own_channel } => (TaskState::Active, has_own_channel),
        InitialState::Paused { has_own_channel } => (TaskState::Paused, has_own_channel),
        InitialState::Held(by) => {
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
