//! Rules about messages.

mod hint;
mod rows;

pub(super) use hint::{EventMask, RuleHint};

use std::collections::BTreeSet;

use app::id::{ChannelId, RuleId, TaskId};
use app::rule::{
    OF_TASK_MAX, OWN_CHANNEL, Rule, RuleEdit, RuleQuery, RuleSpec, SHARED_MAX, ScopeKind,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::audit::Before;
use super::channels::has_channel;
use super::entity::{cluster, message_rule, message_throttle, task, task_streak};
use super::templates::has_named;
use super::txn::transaction;
use super::unreadable::RowKind;
use super::{Act, Store, StoreError, Tx};
use rows::columns;
pub(super) use rows::to_rule;

/// The version of a rule that was just added.
const FIRST_VERSION: i64 = 1;

/// What came of adding a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleAdded {
    /// It has this id.
    Done(RuleId),
    /// There are as many as there may be.
    TooMany,
    /// Its channel does not exist.
    NoChannel,
    /// Its task does not exist.
    NoTask,
    /// Its channel has no such template.
    NoTemplate,
}

/// What came of changing or removing a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleChange {
    /// It is done.
    Done,
    /// The rule does not exist.
    Gone,
    /// It has another version than the expected one: this.
    Outdated(i64),
    /// Its channel does not exist.
    NoChannel,
    /// Its task does not exist.
    NoTask,
    /// Its channel has no such template.
    NoTemplate,
}

/// The rules in force for some tasks: their own, and those for no single task.
pub(super) async fn in_force<C: ConnectionTrait>(
    connection: &C,
    tasks: &BTreeSet<TaskId>,
) -> Result<Vec<Rule>, StoreError> {
    use message_rule::Column as R;
    let mut concerned = R::TaskId.is_null();
    if !tasks.is_empty() {
        concerned = concerned.or(R::TaskId.is_in(tasks.iter().map(|id| id.0)));
    }
    let most = SHARED_MAX + OF_TASK_MAX * tasks.len() as u64;
    let rows = message_rule::Entity::find()
        .filter(R::Enabled.eq(true))
        .filter(concerned)
        .order_by_asc(R::Id)
        .limit(most)
        .all(connection)
        .await?;
    let read = |row: message_rule::Model| {
        let id = row.id;
        to_rule(row)
            .inspect_err(|error| {
                // A newer server's: it must not keep the others from being obeyed.
                tracing::error!(
                    rule.id = id,
                    error = error as &dyn std::error::Error,
                    "a rule about messages cannot be read"
                );
            })
            .ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The rules for the tasks of an owner. They are for no single task, so that few rows are looked at.
pub(super) fn of_owner(owner: &str) -> Condition {
    use message_rule::Column as R;
    Condition::all()
        .add(R::TaskId.is_null())
        .add(R::Scope.eq(ScopeKind::Owner.as_str()))
        .add(R::Value.eq(owner))
}

/// Counts the change of rules, by which other nodes see it. Takes the cluster row's lock, so it must be
/// the first call in a transaction.
pub(super) async fn note_change(tx: &Tx) -> Result<(), StoreError> {
    use cluster::Column as C;
    cluster::Entity::update_many()
        .col_expr(C::RuleChanges, Expr::col(C::RuleChanges).add(1))
        .filter(C::Id.eq(1))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether the channels of rules exist, while no other server changes rules; must be the first call in a
/// transaction, like [`note_change`].
pub(super) async fn may_insert(tx: &Tx, rules: &[(Act, RuleSpec)]) -> Result<bool, StoreError> {
    if rules.is_empty() {
        return Ok(true);
    }
    note_change(tx).await?;
    for (_, spec) in rules {
        if !has_target(tx, spec).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds the rules of a task that is being created, each with its act.
pub(super) async fn insert_all(tx: &Tx, rules: &[(Act, RuleSpec)]) -> Result<(), StoreError> {
    for (act, spec) in rules {
        let now = act.at();
        let mut row = columns(spec, now);
        row.version = Set(FIRST_VERSION);
        row.created_at = Set(now);
        let inserted = message_rule::Entity::insert(row).exec(tx).await?;
        let id = inserted.last_insert_id;
        RuleBefore::none(own(id)).record(tx, act, Some(id)).await?;
    }
    Ok(())
}

/// Changes rules of a task in the transaction that changes the task, each with its act. Nothing is written
/// ([`StoreError::Overtaken`]) where one has another version by now, or its channel does not exist.
pub(super) async fn apply(tx: &Tx, edits: &[(Act, RuleEdit)]) -> Result<(), StoreError> {
    if edits.is_empty() {
        return Ok(());
    }
    note_change(tx).await?;
    for (act, edit) in edits {
        let (RuleEdit::Add(spec) | RuleEdit::Replace(_, _, spec) | RuleEdit::Remove(_, _, spec)) =
            edit;
        let stays = !matches!(edit, RuleEdit::Remove(..));
        if stays && !has_target(tx, spec).await? {
            return Err(StoreError::Overtaken);
        }
        let mut row = columns(spec, act.at());
        let (id, was) = match edit {
            RuleEdit::Add(_) => {
                row.version = Set(FIRST_VERSION);
                row.created_at = Set(act.at());
                let inserted = message_rule::Entity::insert(row).exec(tx).await?;
                let id = inserted.last_insert_id;
                (id, RuleBefore::none(own(id)))
            }
            RuleEdit::Replace(id, version, _) | RuleEdit::Remove(id, version, _) => {
                if version_of(tx, *id).await? != Some(*version) {
                    return Err(StoreError::Overtaken);
                }
                let was = RuleBefore::read(tx, own(id.0)).await?;
                if stays {
                    row.id = Set(id.0);
                    row.version = Set(version + 1);
                    message_rule::Entity::update(row).exec(tx).await?;
                } else {
                    message_rule::Entity::delete_by_id(id.0).exec(tx).await?;
                    forget_rule(tx, *id).await?;
                }
                (id.0, was)
            }
        };
        was.record(tx, act, Some(id)).await?;
    }
    Ok(())
}

/// Removes the rules of a task that is being deleted, with what all rules know of it.
pub(super) async fn forget_task(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    message_rule::Entity::delete_many()
        .filter(message_rule::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    message_throttle::Entity::delete_many()
        .filter(message_throttle::Column::TaskId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether the channel of a rule exists. That the main channel of a task does, the task keeps.
async fn has_target(tx: &Tx, spec: &RuleSpec) -> Result<bool, StoreError> {
    Ok(spec.channel_id == OWN_CHANNEL || has_channel(tx, spec.channel_id).await?)
}

async fn has_task(tx: &Tx, id: Option<TaskId>) -> Result<bool, StoreError> {
    match id {
        None => Ok(true),
        Some(id) => Ok(task::Entity::find_by_id(id.0).count(tx).await? > 0),
    }
}

/// The version of a rule.
async fn version_of(tx: &Tx, id: RuleId) -> Result<Option<i64>, StoreError> {
    Ok(message_rule::Entity::find_by_id(id.0)
        .select_only()
        .column(message_rule::Column::Version)
        .into_tuple()
        .one(tx)
        .await?)
}

impl Store {
    /// The rules of a task, or those that are for no single task, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&self, query: &RuleQuery) -> Result<Vec<Rule>, StoreError> {
        use message_rule::Column as R;
        let (concerned, most) = match query.task {
            Some(task) => (R::TaskId.eq(task.0), OF_TASK_MAX),
            None => (R::TaskId.is_null(), SHARED_MAX),
        };
        let rows = message_rule::Entity::find()
            .filter(concerned)
            .order_by_asc(R::Id)
            .limit(most)
            .all(&self.reader)
            .await?;
        let mut rules = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.id.to_string();
            rules.extend(self.unreadable.skip(RowKind::Rule, &key, to_rule(row))?);
        }
        Ok(rules)
    }

    /// One rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule(&self, id: RuleId) -> Result<Option<Rule>, StoreError> {
        let row = message_rule::Entity::find_by_id(id.0);
        row.one(&self.reader).await?.map(to_rule).transpose()
    }

    /// Adds a rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_rule(&self, act: &Act, spec: &RuleSpec) -> Result<RuleAdded, StoreError> {
        use message_rule::Column as R;
        let now = act.at();
        let task = spec.scope.task();
        let added = transaction!(self, |tx| {
            note_change(tx).await?;
            let (concerned, most) = match task {
                Some(task) => (R::TaskId.eq(task.0), OF_TASK_MAX),
                None => (R::TaskId.is_null(), SHARED_MAX),
            };
            let count = message_rule::Entity::find().filter(concerned);
            if count.count(tx).await? >= most {
                return Ok(RuleAdded::TooMany);
            }
            if !has_target(tx, spec).await? {
                return Ok(RuleAdded::NoChannel);
            }
            if !has_task(tx, task).await? {
                return Ok(RuleAdded::NoTask);
            }
            if !has_named(tx, spec.channel_id, spec.template.as_deref()).await? {
                return Ok(RuleAdded::NoTemplate);
            }
            let mut row = columns(spec, now);
            row.version = Set(FIRST_VERSION);
            row.created_at = Set(now);
            let inserted = message_rule::Entity::insert(row).exec(tx).await?;
            let id = inserted.last_insert_id;
            RuleBefore::none(own(id)).record(tx, act, Some(id)).await?;
            Ok(RuleAdded::Done(RuleId(id)))
        });
        self.rules.forget();
        added
    }

    /// Replaces a rule; with `version` only if it still has that one. What it has held back is
    /// reported by its next message, unless that goes elsewhere or is no longer throttled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_rule(
        &self,
        act: &Act,
        id: RuleId,
        version: Option<i64>,
        spec: &RuleSpec,
    ) -> Result<RuleChange, StoreError> {
        let now = act.at();
        let changed = transaction!(self, |tx| {
            note_change(tx).await?;
            let Some(before) = message_rule::Entity::find_by_id(id.0).one(tx).await? else {
                return Ok(RuleChange::Gone);
            };
            let stored = before.version;
            if version.is_some_and(|read| read != stored) {
                return Ok(RuleChange::Outdated(stored));
            }
            if !has_target(tx, spec).await? {
                return Ok(RuleChange::NoChannel);
            }
            if !has_task(tx, spec.scope.task()).await? {
                return Ok(RuleChange::NoTask);
            }
            if !has_named(tx, spec.channel_id, spec.template.as_deref()).await? {
                return Ok(RuleChange::NoTemplate);
            }
            let mut row = columns(spec, now);
            row.id = Set(id.0);
            row.version = Set(stored + 1);
            let was = RuleBefore::read(tx, own(id.0)).await?;
            message_rule::Entity::update(row).exec(tx).await?;
            let still_counts = spec.throttle_seconds > 0 && before.channel_id == spec.channel_id.0;
            if !still_counts {
                forget_rule(tx, id).await?;
            }
            was.record(tx, act, Some(id.0)).await?;
            Ok(RuleChange::Done)
        });
        self.rules.forget();
        changed
    }

    /// Removes a rule; with `version` only if it still has that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_rule(
        &self,
        act: &Act,
        id: RuleId,
        version: Option<i64>,
    ) -> Result<RuleChange, StoreError> {
        let deleted = transaction!(self, |tx| {
            note_change(tx).await?;
            let Some(stored) = version_of(tx, id).await? else {
                return Ok(RuleChange::Gone);
            };
            if version.is_some_and(|read| read != stored) {
                return Ok(RuleChange::Outdated(stored));
            }
            let was = RuleBefore::read(tx, own(id.0)).await?;
            message_rule::Entity::delete_by_id(id.0).exec(tx).await?;
            forget_rule(tx, id).await?;
            was.record(tx, act, Some(id.0)).await?;
            Ok(RuleChange::Done)
        });
        self.rules.forget();
        deleted
    }

    /// The number of consecutive failures of a task until now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn streak_of(&self, task: TaskId) -> Result<i64, StoreError> {
        let found: Option<i64> = task_streak::Entity::find_by_id(task.0)
            .select_only()
            .column(task_streak::Column::Failures)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(found.unwrap_or(0))
    }
}

/// A rule before a change of it.
type RuleBefore = Before<message_rule::Entity>;

fn own(id: i64) -> Condition {
    Condition::all().add(message_rule::Column::Id.eq(id))
}

/// Forgets what a rule has sent and held back.
async fn forget_rule(tx: &Tx, id: RuleId) -> Result<(), StoreError> {
    message_throttle::Entity::delete_many()
        .filter(message_throttle::Column::RuleId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Rules that send to a channel.
pub(super) async fn uses_of<C: ConnectionTrait>(
    connection: &C,
    channel: ChannelId,
) -> Result<i64, StoreError> {
    let count = message_rule::Entity::find()
        .filter(message_rule::Column::ChannelId.eq(channel.0))
        .count(connection)
        .await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
