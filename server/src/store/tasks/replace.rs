//! Writes the definition of a task, in a transaction of its own or with others.

use app::id::TaskId;
use app::rule::RuleEdit;
use app::task::TaskSpec;
use app::ticket::Opens;
use sea_orm::{EntityTrait, Set};

use super::super::channels::{TaskChannel, put_for_task};
use super::super::delivery::withdraw_announced;
use super::super::entity::task;
use super::super::ledger::{note_change, withdraw};
use super::super::messages::{Notice, insert_notices};
use super::super::rules::apply;
use super::super::tickets::ReconcileReason;
use super::super::urge_defaults::inherited;
use super::super::{Act, StoreError, Tx};
use super::change::{
    CheckedSpec, Updated, changed, follow_definition, note_words, rule_of, still_holds, version_of,
};
use super::rows::{columns, tickets_column};
use super::{lock, schedules};

/// Replaces the fields of a task in a transaction of its own or with others: see
/// [`update_task_with`](super::super::Store::update_task_with).
pub(super) async fn replace(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    (version, checked): (i64, CheckedSpec<'_>),
    channel: Option<TaskChannel<'_>>,
    (rules, notices): (&[(Act, RuleEdit)], &[Notice]),
) -> Result<Updated, StoreError> {
    let (now, spec) = (act.at(), checked.spec);
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
        true => ReconcileReason::Ordered,
        false => ReconcileReason::Changed,
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
}

/// Reports a new task, and opens the tickets that it begins with.
pub(super) async fn announce(
    tx: &Tx,
    act: &Act,
    id: TaskId,
    spec: &TaskSpec,
    notices: &[Notice],
) -> Result<(), StoreError> {
    insert_notices(tx, notices).await?;
    if spec.urging || spec.tickets.opens == Opens::Task {
        follow_definition(tx, act, id, ReconcileReason::Ordered).await?;
    }
    Ok(())
}
