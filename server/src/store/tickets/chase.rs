//! Chases (加急): their urges are firings of the chase schedule, which the claim counts, and they end by number or by
//! time.

use std::collections::HashMap;

use app::id::TaskId;
use app::message::Event;
use app::task::{Task, TaskState};
use app::ticket::TicketKind;
use app::ticket::machine::{Effect, Next};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::code::Code;
use super::super::entity::{task, ticket};
use super::super::ledger::note_change;
use super::super::messages::{Notice, insert_notices};
use super::super::tasks::{schedules_of, stop_urging, to_task};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, Tx};
use super::{CHUNK, ITSELF, ReconcileReason, StoredTicket, act, follow_rule, open_key};
use crate::facts::{Facts, TaskEvent, TicketFacts};

/// Tasks that are read at once.
const TASKS_MAX: u64 = 1_000;

/// Between these are the keys of all open chases, `chase:` and the id of a task: `;` is the character after `:`.
const KEYS_OF_CHASES: std::ops::Range<&str> = "chase:".."chase;";

/// Firings of a task that is being chased.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chasing {
    /// The task.
    pub task_id: TaskId,
    /// How many firings start now.
    pub firings: i32,
    /// After how many the chase ends.
    pub max: i32,
}

/// Counts firings of tasks that are being chased; the loop looks at once at those that have fired as often as they may.
pub(in super::super) async fn count_firings(
    tx: &Tx,
    all: &[Chasing],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use ticket::Column as C;
    for one in all {
        let fired = Expr::col(C::Urges)
            .sub(Expr::col(C::UrgesBefore))
            .add(one.firings);
        let look = CaseStatement::new()
            .case(fired.gte(one.max), now)
            .finally(Expr::col(C::NextUrgeAt));
        ticket::Entity::update_many()
            // First: MySQL would compare the new number.
            .col_expr(C::NextUrgeAt, look.into())
            .col_expr(C::Urges, Expr::col(C::Urges).add(one.firings))
            // What was read before would write the number of then.
            .col_expr(C::Version, Expr::col(C::Version).add(1))
            .filter(C::OpenKey.eq(open_key(TicketKind::Chase, one.task_id, None, None)))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Gives the chase of a task all of its time and number again, since a person has asked for it anew.
pub(in super::super) async fn renew_chase(
    tx: &Tx,
    task: &Task,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use ticket::Column as C;
    let end = task.tickets.policy.expires_at(at);
    ticket::Entity::update_many()
        .col_expr(C::UrgesBefore, Expr::col(C::Urges))
        .col_expr(C::Since, Expr::value(at))
        .col_expr(C::ExpiresAt, Expr::value(end))
        .col_expr(C::NextUrgeAt, Expr::value(end))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .filter(C::OpenKey.eq(open_key(TicketKind::Chase, task.id, None, None)))
        .exec(tx)
        .await?;
    Ok(())
}

impl Store {
    /// Some tasks by their ids, with their schedules: a chase fires by one of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chased_tasks(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, Task>, StoreError> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let ids: Vec<i64> = chunk.iter().map(|id| id.0).collect();
            let schedules = schedules_of(&self.reader, &ids).await?;
            let rows = task::Entity::find()
                .filter(task::Column::Id.is_in(ids))
                .all(&self.reader)
                .await?;
            for row in rows {
                let (task, _) = to_task(row, &schedules)?;
                found.insert(task.id, task);
            }
        }
        Ok(found)
    }

    /// Opens the chase of tasks that are being chased without one, as those of a former version are: from now on they
    /// have an end. Returns how many there were.
    ///
    /// # Errors
    /// When the database fails; calling again does the rest.
    pub async fn adopt_chases(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        use task::Column as T;
        use ticket::Column as C;
        let chases = || {
            Query::select()
                .column(C::TaskId)
                .from(ticket::Entity)
                .and_where(C::Kind.eq(Code(TicketKind::Chase)))
                // By their keys: SQLite would look at all tickets for those that have one.
                .and_where(C::OpenKey.gte(KEYS_OF_CHASES.start))
                .and_where(C::OpenKey.lt(KEYS_OF_CHASES.end))
                .to_owned()
        };
        let (mut adopted, mut after) = (0, 0);
        loop {
            let chased: Vec<i64> = task::Entity::find()
                .select_only()
                .column(T::Id)
                .filter(T::Id.gt(after))
                .filter(T::Urging.eq(true))
                .filter(T::State.ne(Code(TaskState::Closed)))
                .filter(T::Id.not_in_subquery(chases()))
                .order_by_asc(T::Id)
                .limit(TASKS_MAX)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let Some(last) = chased.last() else {
                return Ok(adopted);
            };
            after = *last;
            for id in chased {
                match self.adopt_chase(TaskId(id), now).await {
                    Ok(is_adopted) => adopted += u64::from(is_adopted),
                    // The other chases, and all tickets behind them, go on.
                    Err(error) if error.is_unreadable() => tracing::error!(
                        task.id = id,
                        error = &error as &dyn std::error::Error,
                        "a task that is being chased cannot be read"
                    ),
                    Err(error) => return Err(error),
                }
            }
        }
    }

    async fn adopt_chase(&self, id: TaskId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            // The lock that every change of a task takes first: a person may stop the chase at the same time.
            note_change(tx, id, now).await?;
            let Some(row) = task::Entity::find_by_id(id.0).one(tx).await? else {
                return Ok(false);
            };
            let schedules = schedules_of(tx, &[id.0]).await?;
            let (task, _) = to_task(row, &schedules)?;
            follow_rule(tx, &task, ReconcileReason::Changed, (ITSELF, now)).await?;
            Ok(task.urging)
        })
    }

    /// Ends a chase whose end has come: the task goes back to its own schedules. False when another server has, or a
    /// person came first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_chase(
        &self,
        ticket: &StoredTicket,
        next: &Next,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let unurge = Act::of_its_own("task.unurge", now).detail("the chase has ended");
        transaction!(self, |tx| {
            stop_urging(tx, &unurge, ticket.task_id).await?;
            if !act::move_on(tx, ticket, next, act::By::itself(now)).await? {
                // The task is chased on.
                return Err(StoreError::Overtaken);
            }
            let Some(row) = task::Entity::find_by_id(ticket.task_id.0).one(tx).await? else {
                return Ok(true);
            };
            if next.effect == Some(Effect::Expired) {
                // Its schedules are not part of a message.
                let (task, _) = to_task(row, &[])?;
                let kind = TicketKind::Chase;
                let facts =
                    TicketFacts::new(ticket.id, kind, Event::TicketExpired, ticket.opened_at);
                let urges = ticket.ticket.urges - ticket.ticket.urges_before;
                let facts = facts.asking(urges, 0, &ticket.asked);
                let facts = Facts::of_task(&task, None, now, TaskEvent::Ticket(facts));
                insert_notices(tx, &[Notice::about(&task, facts)]).await?;
            }
            Ok(true)
        })
        .or_else(|error| match error {
            StoreError::Overtaken => Ok(false),
            error => Err(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_chases_and_no_others_are_in_their_range() {
        let key = |kind, id| open_key(kind, TaskId(id), None, None);
        for id in [1, i64::MAX] {
            for kind in TicketKind::ALL {
                let is_in = KEYS_OF_CHASES.contains(&key(*kind, id).as_str());
                assert_eq!(is_in, *kind == TicketKind::Chase, "{kind:?} {id}");
            }
        }
    }
}
