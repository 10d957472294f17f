//! Urging: finding the tickets whose time has come, and claiming each of their urges once.

use std::collections::{BTreeMap, HashMap, HashSet};

use app::id::{TaskId, TicketId};
use app::task::Task;
use app::ticket::machine::{Effect, Next};
use app::ticket::{TicketEntryKind, TicketStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::super::code::{Lenient, TakeStep};
use super::super::delivery::withdraw_urges;
use super::super::entity::{task, ticket, ticket_event, ticket_urge};
use super::super::messages::{Notice, insert_wanted};
use super::super::tasks::{to_json, to_task};
use super::super::txn::transaction;
use super::super::{Store, StoreError};
use super::outcome::{NO_CHANNEL, QUEUED};
use super::{CHUNK, ITSELF, StoredTicket, read};

/// Tickets whose time has come, and when the next one comes.
#[derive(Clone, Debug, Default)]
pub struct TicketLook {
    /// Those, the longest due first; a limited number of them.
    pub due: Vec<StoredTicket>,
    /// Those whose rows this version does not understand.
    pub unreadable: Vec<TicketId>,
    /// Whether there may be more.
    pub more: bool,
    /// When the time of the next one comes.
    pub next: Option<DateTime<Utc>>,
}

/// What becomes of a ticket whose time has come.
#[derive(Clone, Debug)]
pub struct UrgeClaim {
    /// The ticket as it was read.
    pub read: StoredTicket,
    /// Its next state.
    pub next: Next,
    /// The people who are asked.
    pub asked: Vec<String>,
    /// What it gives notice of.
    pub notice: Option<Notice>,
    /// The number of the urge whose check this claims, in the place of the urge itself.
    pub checks: Option<i32>,
}

impl Store {
    /// Tickets whose time has come, up to `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tickets_due(
        &self,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<TicketLook, StoreError> {
        use ticket::Column as C;
        let first: Option<DateTime<Utc>> = ticket::Entity::find()
            .select_only()
            .column(C::NextUrgeAt)
            .filter(C::NextUrgeAt.is_not_null())
            .order_by_asc(C::NextUrgeAt)
            .limit(1)
            .into_tuple::<Option<DateTime<Utc>>>()
            .one(&self.reader)
            .await?
            .flatten();
        if first.is_none_or(|first| first > now) {
            return Ok(TicketLook {
                next: first,
                ..TicketLook::default()
            });
        }
        let due = || {
            ticket::Entity::find()
                .filter(C::NextUrgeAt.lte(now))
                .order_by_asc(C::NextUrgeAt)
                .limit(limit)
        };
        let rows: Result<Vec<ticket::Model>, StoreError> =
            due().all(&self.reader).await.map_err(StoreError::from);
        let stored: Result<Vec<StoredTicket>, StoreError> =
            rows.and_then(|rows| rows.into_iter().map(read).collect());
        let (stored, unreadable) = match stored {
            Ok(stored) => (stored, Vec::new()),
            // One row may spoil all of them: they are read one by one.
            Err(_) => {
                let ids: Vec<i64> = due()
                    .select_only()
                    .column(C::Id)
                    .into_tuple()
                    .all(&self.reader)
                    .await?;
                self.readable(ids).await?
            }
        };
        let more = (stored.len() + unreadable.len()) as u64 == limit;
        Ok(TicketLook {
            due: stored,
            unreadable,
            more,
            next: None,
        })
    }

    /// Reads tickets one by one; the ids of those that this version does not understand.
    async fn readable(
        &self,
        ids: Vec<i64>,
    ) -> Result<(Vec<StoredTicket>, Vec<TicketId>), StoreError> {
        let (mut stored, mut unreadable) = (Vec::new(), Vec::new());
        for id in ids {
            match self.ticket(TicketId(id)).await {
                Ok(found) => stored.extend(found),
                Err(error) if error.is_unreadable() => {
                    tracing::error!(
                        ticket.id = id,
                        error = &error as &dyn std::error::Error,
                        "a ticket cannot be read"
                    );
                    unreadable.push(TicketId(id));
                }
                Err(error) => return Err(error),
            }
        }
        Ok((stored, unreadable))
    }

    /// Some tasks by their ids, and those among them that this version does not understand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readable_tasks(
        &self,
        ids: &[TaskId],
    ) -> Result<(HashMap<TaskId, Task>, HashSet<TaskId>), StoreError> {
        match self.tasks_of(ids).await {
            Ok(tasks) => return Ok((tasks, HashSet::new())),
            Err(error) if error.is_unreadable() => {}
            Err(error) => return Err(error),
        }
        let (mut tasks, mut unreadable) = (HashMap::new(), HashSet::new());
        for id in ids {
            match self.tasks_of(&[*id]).await {
                Ok(found) => tasks.extend(found),
                Err(error) if error.is_unreadable() => {
                    tracing::error!(
                        task.id = id.0,
                        error = &error as &dyn std::error::Error,
                        "a task with a ticket cannot be read"
                    );
                    unreadable.insert(*id);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((tasks, unreadable))
    }

    /// Looks at tickets again at `until`, and not before; nothing else about them changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_off(
        &self,
        ids: &[TicketId],
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use ticket::Column as C;
        transaction!(self, |tx| {
            for chunk in ids.chunks(CHUNK) {
                ticket::Entity::update_many()
                    .col_expr(C::NextUrgeAt, Expr::value(until))
                    .filter(C::Id.is_in(chunk.iter().map(|id| id.0)))
                    .filter(C::NextUrgeAt.lte(now))
                    .exec(tx)
                    .await?;
            }
            Ok(())
        })
    }

    /// Some tasks by their ids, without their schedules: neither tickets nor messages need these.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_of(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, Task>, StoreError> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = task::Entity::find()
                .filter(task::Column::Id.is_in(chunk.iter().map(|id| id.0)))
                .all(&self.reader)
                .await?;
            for row in rows {
                let (task, _) = to_task(row, &[])?;
                found.insert(task.id, task);
            }
        }
        Ok(found)
    }

    /// Writes what becomes of tickets, each if it still is as it was read, with the urges and their messages: all in
    /// one transaction, or none of it. `None` when any of them was changed meanwhile: they have to be read again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_urges(
        &self,
        claims: &[UrgeClaim],
        server: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        match self.claim_urges_once(claims, server, now).await {
            // Another server has claimed the same urge.
            Err(error) if error.is_duplicate() => Ok(None),
            claimed => claimed,
        }
    }

    async fn claim_urges_once(
        &self,
        claims: &[UrgeClaim],
        server: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        use ticket::Column as C;
        let wanted = self.wanted().await?;
        let outcome = |claim: &UrgeClaim| match &claim.notice {
            Some(notice) if wanted.may_go(notice) => QUEUED,
            _ => NO_CHANNEL,
        };
        let groups = groups(claims);
        let notices: Vec<Notice> = claims
            .iter()
            .filter_map(|claim| claim.notice.clone())
            .collect();
        transaction!(self, |tx| {
            for (group, ids) in &groups {
                for chunk in ids.chunks(CHUNK) {
                    let mut update = ticket::Entity::update_many()
                        .col_expr(C::NextUrgeAt, Expr::value(group.next_urge_at))
                        .col_expr(C::RestsSince, Expr::value(group.rests_since))
                        .col_expr(C::Level, Expr::value(group.level))
                        .col_expr(C::Urges, Expr::value(group.urges))
                        .col_expr(C::Version, Expr::col(C::Version).add(1));
                    if let Some(n) = group.checks {
                        update = update.col_expr(C::Checked, Expr::value(n));
                    }
                    if group.step.is_some() {
                        let never = Expr::value(None::<DateTime<Utc>>);
                        update = update.col_expr(C::SnoozedUntil, never);
                    }
                    if matches!(group.step, Some(Move::Expire | Move::Finish)) {
                        update = update
                            .col_expr(C::OpenKey, Expr::value(None::<String>))
                            .col_expr(C::DoneBy, Expr::value(ITSELF))
                            .col_expr(C::DoneAt, Expr::value(now));
                    }
                    let update = update
                        .filter(C::Id.is_in(chunk.iter().copied()))
                        .filter(C::Version.eq(group.version));
                    let update = match group.step {
                        Some(Move::Wake) => update.step(C::State, TicketStep::Wake),
                        Some(Move::Expire) => update.step(C::State, TicketStep::Expire),
                        Some(Move::Finish) => update.step(C::State, TicketStep::Finish),
                        None => update,
                    };
                    if update.exec(tx).await?.rows_affected != chunk.len() as u64 {
                        // What was written before is taken back.
                        return Err(StoreError::Overtaken);
                    }
                    if matches!(group.step, Some(Move::Expire | Move::Finish)) {
                        withdraw_urges(tx, chunk).await?;
                    }
                }
            }
            for chunk in claims.chunks(CHUNK) {
                let urges = chunk.iter().filter_map(|claim| {
                    let Some(Effect::Urge { n, level, .. }) = claim.next.effect else {
                        return None;
                    };
                    Some(ticket_urge::ActiveModel {
                        ticket_id: Set(claim.read.id.0),
                        n: Set(n),
                        due_at: Set(claim.read.ticket.next_urge_at.unwrap_or(now)),
                        claimed_at: Set(now),
                        server: Set(server.to_owned()),
                        level: Set(level),
                        asked: Set(to_json(&claim.asked)),
                        outcome: Set(outcome(claim).to_owned()),
                        ..Default::default()
                    })
                });
                let urges: Vec<ticket_urge::ActiveModel> = urges.collect();
                if !urges.is_empty() {
                    ticket_urge::Entity::insert_many(urges)
                        .exec_without_returning(tx)
                        .await?;
                }
                let events: Vec<ticket_event::ActiveModel> =
                    chunk.iter().filter_map(|claim| event(claim, now)).collect();
                if !events.is_empty() {
                    ticket_event::Entity::insert_many(events)
                        .exec_without_returning(tx)
                        .await?;
                }
            }
            insert_wanted(tx, wanted, &notices).await.map(Some)
        })
        .or_else(|error| match error {
            StoreError::Overtaken => Ok(None),
            error => Err(error),
        })
    }
}

/// The step of a ticket whose time has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Move {
    Wake,
    Expire,
    /// Its task is gone.
    Finish,
}

/// What many tickets have in common, so that one statement moves all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Group {
    version: i64,
    step: Option<Move>,
    next_urge_at: Option<DateTime<Utc>>,
    rests_since: Option<DateTime<Utc>>,
    level: i32,
    urges: i32,
    checks: Option<i32>,
}

fn groups(claims: &[UrgeClaim]) -> BTreeMap<Group, Vec<i64>> {
    let mut groups: BTreeMap<Group, Vec<i64>> = BTreeMap::new();
    for claim in claims {
        let ticket = &claim.next.ticket;
        let group = Group {
            version: claim.read.version,
            step: match claim.next.step {
                Some(TicketStep::Wake) => Some(Move::Wake),
                Some(TicketStep::Expire) => Some(Move::Expire),
                Some(TicketStep::Finish) => Some(Move::Finish),
                _ => None,
            },
            next_urge_at: ticket.next_urge_at,
            rests_since: ticket.rests_since,
            level: ticket.level,
            urges: ticket.urges,
            checks: claim.checks,
        };
        groups.entry(group).or_default().push(claim.read.id.0);
    }
    groups
}

/// The entry of its history, where it is more than an urge.
fn event(claim: &UrgeClaim, now: DateTime<Utc>) -> Option<ticket_event::ActiveModel> {
    let what = match claim.next.effect? {
        Effect::Urge {
            escalated: true, ..
        } => TicketEntryKind::Escalated,
        Effect::Expired => TicketEntryKind::Expired,
        _ => return None,
    };
    Some(ticket_event::ActiveModel {
        ticket_id: Set(claim.read.id.0),
        at: Set(now),
        what: Set(Lenient::Known(what)),
        who: Set(ITSELF.to_owned()),
        detail: Set(claim.asked.join(", ")),
        ..Default::default()
    })
}
