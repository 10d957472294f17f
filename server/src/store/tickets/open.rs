//! Opening tickets, each once, and closing those of a task, in the transaction of their cause.

use std::collections::{HashMap, HashSet};

use app::id::{OccurrenceId, RunId, TaskId, TicketId};
use app::message::Event;
use app::task::{Task, TaskState};
use app::ticket::machine::Ticket;
use app::ticket::{FIRINGS_OPEN_MAX, TicketKind, TicketState, TicketStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::super::code::{Code, TakeStep, is_one_of};
use super::super::delivery::withdraw_urges;
use super::super::entity::{task, ticket, ticket_event};
use super::super::messages::{Notice, insert_wanted};
use super::super::rules::Wanted;
use super::super::tasks::{to_json, to_tickets};
use super::super::{StoreError, Tx};
use super::{CHUNK, ITSELF, open_key};
use crate::facts::{Facts, TaskEvent, TicketFacts};

/// A ticket to be opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketSeed {
    kind: TicketKind,
    task_id: TaskId,
    occurrence_id: Option<OccurrenceId>,
    run_id: Option<RunId>,
    owners: Vec<String>,
    opened_at: DateTime<Utc>,
    first_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// That it was opened.
    opened: Notice,
    /// That it is done because a run has succeeded; none where its task wants no such message.
    recovered: Option<Notice>,
}

impl TicketSeed {
    /// A ticket of a task, asked for from an instant on.
    #[must_use]
    pub fn new(kind: TicketKind, task: &Task, at: DateTime<Utc>) -> Self {
        let policy = &task.tickets.policy;
        let ticket = Ticket::opened(kind, policy, at);
        let notice = |event| {
            let facts = TicketFacts::new(TicketId(0), kind, event, at);
            let facts = facts.asking(0, 0, &task.owners);
            let facts = Facts::of_task(task, None, at, TaskEvent::Ticket(facts));
            Notice::about(task, facts)
        };
        Self {
            kind,
            task_id: task.id,
            occurrence_id: None,
            run_id: None,
            owners: task.owners.clone(),
            opened_at: at,
            first_at: ticket.next_urge_at.unwrap_or(ticket.expires_at),
            expires_at: ticket.expires_at,
            opened: notice(Event::TicketOpened),
            recovered: (kind == TicketKind::Failure && !policy.quiet_done)
                .then(|| notice(Event::TicketDone)),
        }
    }

    /// The same, about a firing.
    #[must_use]
    pub fn of_firing(mut self, occurrence: OccurrenceId, run: RunId) -> Self {
        self.occurrence_id = Some(occurrence);
        self.run_id = Some(run);
        self
    }

    /// The same, about a run.
    #[must_use]
    pub fn of_run(mut self, run: RunId) -> Self {
        self.run_id = Some(run);
        self
    }

    fn key(&self) -> String {
        open_key(self.kind, self.task_id, self.occurrence_id)
    }

    fn row(&self) -> ticket::ActiveModel {
        ticket::ActiveModel {
            task_id: Set(self.task_id.0),
            kind: Set(Code(self.kind)),
            occurrence_id: Set(self.occurrence_id.map(|id| id.0)),
            run_id: Set(self.run_id.map(|id| id.0)),
            state: Set(Code(TicketState::Open)),
            level: Set(0),
            owner: Set(self.owners.first().cloned().unwrap_or_default()),
            asked: Set(to_json(&self.owners)),
            opened_at: Set(self.opened_at),
            since: Set(self.opened_at),
            urges: Set(0),
            urges_before: Set(0),
            next_urge_at: Set(Some(self.first_at)),
            expires_at: Set(self.expires_at),
            version: Set(1),
            checked: Set(0),
            open_key: Set(Some(self.key())),
            ..Default::default()
        }
    }
}

/// Opens tickets, except those that are open already; returns whether a message came of it.
pub(in super::super) async fn open_all(
    tx: &Tx,
    wanted: Wanted,
    seeds: &[TicketSeed],
) -> Result<bool, StoreError> {
    let mut has_messages = false;
    for chunk in seeds.chunks(CHUNK) {
        let keys: Vec<String> = chunk.iter().map(TicketSeed::key).collect();
        let mut known: HashSet<String> = ids(tx, &keys).await?.into_keys().collect();
        // Of two in the same chunk the first is opened.
        let new: Vec<&TicketSeed> = chunk
            .iter()
            .filter(|seed| known.insert(seed.key()))
            .collect();
        if new.is_empty() {
            continue;
        }
        let opened = ticket::Entity::insert_many(new.iter().map(|seed| seed.row()))
            .exec_without_returning(tx)
            .await
            .map_err(StoreError::from);
        if let Err(error) = opened {
            // Another server has just opened it, and reports that: the next try finds it.
            return Err(match error.is_duplicate() {
                true => StoreError::Raced,
                false => error,
            });
        }
        has_messages |= expire_oldest(tx, wanted, &new).await?;
        if !new.iter().any(|seed| wanted.may_go(&seed.opened)) {
            continue;
        }
        let keys: Vec<String> = new.iter().map(|seed| seed.key()).collect();
        let ids = ids(tx, &keys).await?;
        let notices = new.iter().filter_map(|seed| {
            let id = ids.get(&seed.key())?;
            Some(about(&seed.opened, *id))
        });
        let notices: Vec<Notice> = notices.collect();
        has_messages |= insert_wanted(tx, wanted, &notices).await?;
    }
    Ok(has_messages)
}

/// Ends the oldest tickets about firings of tasks that have too many open ones, and reports each; returns whether a
/// message came of it.
async fn expire_oldest(
    tx: &Tx,
    wanted: Wanted,
    opened: &[&TicketSeed],
) -> Result<bool, StoreError> {
    use ticket::Column as C;
    let firings = opened.iter().filter(|seed| seed.kind == TicketKind::Firing);
    let seeds: HashMap<i64, &TicketSeed> = firings.map(|seed| (seed.task_id.0, *seed)).collect();
    if seeds.is_empty() {
        return Ok(false);
    }
    let open = || {
        ticket::Entity::find()
            .filter(C::Kind.eq(Code(TicketKind::Firing)))
            .filter(is_one_of(C::State, &TicketState::OPEN))
    };
    let crowded: Vec<i64> = open()
        .select_only()
        .column(C::TaskId)
        .filter(C::TaskId.is_in(seeds.keys().copied()))
        .group_by(C::TaskId)
        .having(
            C::Id
                .count()
                .gt(i64::try_from(FIRINGS_OPEN_MAX).unwrap_or(i64::MAX)),
        )
        .into_tuple()
        .all(tx)
        .await?;
    let mut has_messages = false;
    for (task, seed) in seeds.iter().filter(|(task, _)| crowded.contains(task)) {
        let rows = open()
            .filter(C::TaskId.eq(*task))
            .order_by_desc(C::Id)
            .offset(FIRINGS_OPEN_MAX)
            .limit(CHUNK as u64)
            .all(tx)
            .await?;
        tracing::warn!(
            task.id = task,
            tickets = rows.len(),
            most = FIRINGS_OPEN_MAX,
            "too many tickets of a task are open: the oldest ones expire"
        );
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let ended = Ended {
            who: ITSELF,
            word: None,
            at: seed.opened_at,
        };
        end(tx, &ids, TicketStep::Expire, &ended).await?;
        let notices = rows.iter().map(|row| {
            let mut notice = about(&seed.opened, TicketId(row.id));
            notice.event = Event::TicketExpired;
            if let Facts::Task {
                event: TaskEvent::Ticket(facts),
                ..
            } = &mut notice.facts
            {
                facts.event = Event::TicketExpired;
                facts.opened_at = row.opened_at;
                facts.urges = row.urges - row.urges_before;
                facts.level = row.level;
            }
            notice
        });
        let notices: Vec<Notice> = notices.collect();
        has_messages |= insert_wanted(tx, wanted, &notices).await?;
    }
    Ok(has_messages)
}

/// The open tickets with these keys.
async fn ids(tx: &Tx, keys: &[String]) -> Result<HashMap<String, TicketId>, StoreError> {
    use ticket::Column as C;
    let rows: Vec<(Option<String>, i64)> = ticket::Entity::find()
        .select_only()
        .columns([C::OpenKey, C::Id])
        .filter(C::OpenKey.is_in(keys.iter().map(String::as_str)))
        .into_tuple()
        .all(tx)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|(key, id)| Some((key?, TicketId(id))))
        .collect())
}

/// A notice about a ticket, with its id.
fn about(notice: &Notice, id: TicketId) -> Notice {
    let mut notice = notice.clone();
    if let Facts::Task {
        event: TaskEvent::Ticket(facts),
        ..
    } = &mut notice.facts
    {
        facts.ticket = id;
    }
    notice
}

/// Ends the tickets about failures of tasks whose runs have succeeded; returns whether a message came of it.
pub(in super::super) async fn recovered(
    tx: &Tx,
    wanted: Wanted,
    seeds: &[TicketSeed],
) -> Result<bool, StoreError> {
    use ticket::Column as C;
    let mut has_messages = false;
    for seed in seeds {
        let rows = ticket::Entity::find()
            .filter(C::OpenKey.eq(seed.key()))
            .all(tx)
            .await?;
        for row in rows {
            let ended = Ended {
                who: ITSELF,
                word: None,
                at: Ord::max(seed.opened_at, row.opened_at),
            };
            let finished = finish(tx, &[row.id], &ended).await?;
            let Some(notice) = seed.recovered.as_ref().filter(|_| !finished.is_empty()) else {
                continue;
            };
            let mut notice = about(notice, TicketId(row.id));
            if let Facts::Task {
                event: TaskEvent::Ticket(facts),
                ..
            } = &mut notice.facts
            {
                facts.opened_at = row.opened_at;
                facts.urges = row.urges;
            }
            has_messages |= insert_wanted(tx, wanted, &[notice]).await?;
        }
    }
    Ok(has_messages)
}

/// How tickets end.
struct Ended<'a> {
    who: &'a str,
    word: Option<&'a str>,
    at: DateTime<Utc>,
}

/// Ends those of these tickets that are open, as done, and returns them: a person, or another server, may have ended
/// the others since they were read.
async fn finish(tx: &Tx, ids: &[i64], ended: &Ended<'_>) -> Result<Vec<i64>, StoreError> {
    end(tx, ids, TicketStep::Finish, ended).await
}

/// Ends tickets by a step out of being open: they are done, or expire. Returns those that were open.
async fn end(
    tx: &Tx,
    ids: &[i64],
    step: TicketStep,
    ended: &Ended<'_>,
) -> Result<Vec<i64>, StoreError> {
    use ticket::Column as C;
    let what = if step == TicketStep::Expire {
        "expired"
    } else {
        "done"
    };
    let mut finished = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        // Locks them: who waits here then sees what the first one did.
        ticket::Entity::update_many()
            .col_expr(C::Version, Expr::col(C::Version))
            .filter(C::Id.is_in(chunk.iter().copied()))
            .filter(is_one_of(C::State, &TicketState::OPEN))
            .exec(tx)
            .await?;
        let open: Vec<i64> = ticket::Entity::find()
            .select_only()
            .column(C::Id)
            .filter(C::Id.is_in(chunk.iter().copied()))
            .filter(is_one_of(C::State, &TicketState::OPEN))
            .into_tuple()
            .all(tx)
            .await?;
        if open.is_empty() {
            continue;
        }
        ticket::Entity::update_many()
            .col_expr(C::NextUrgeAt, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::SnoozedUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::OpenKey, Expr::value(None::<String>))
            .col_expr(C::DoneBy, Expr::value(ended.who))
            .col_expr(C::DoneAt, Expr::value(ended.at))
            .col_expr(C::Word, Expr::value(ended.word))
            .col_expr(C::Version, Expr::col(C::Version).add(1))
            .filter(C::Id.is_in(open.iter().copied()))
            .step(C::State, step)
            .exec(tx)
            .await?;
        withdraw_urges(tx, &open).await?;
        let events = open.iter().map(|id| ticket_event::ActiveModel {
            ticket_id: Set(*id),
            at: Set(ended.at),
            what: Set(what.to_owned()),
            who: Set(ended.who.to_owned()),
            detail: Set(ended.word.unwrap_or_default().to_owned()),
            ..Default::default()
        });
        ticket_event::Entity::insert_many(events)
            .exec_without_returning(tx)
            .await?;
        finished.extend(open);
    }
    Ok(finished)
}

/// Ends the open tickets of a task: all, or those of one kind. The word stands with each.
pub(in super::super) async fn close_of_task(
    tx: &Tx,
    id: TaskId,
    kind: Option<TicketKind>,
    (who, word): (&str, Option<&str>),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    use ticket::Column as C;
    let mut open = ticket::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::TaskId.eq(id.0))
        .filter(is_one_of(C::State, &TicketState::OPEN));
    if let Some(kind) = kind {
        open = open.filter(C::Kind.eq(Code(kind)));
    }
    let ids: Vec<i64> = open.into_tuple().all(tx).await?;
    let word = word.filter(|word| !word.is_empty());
    finish(tx, &ids, &Ended { who, word, at }).await?;
    Ok(())
}

/// Why the tickets of a task are compared with its definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Follow {
    /// It is a new order: created, reopened, or made one by this change.
    Ordered,
    /// Something else has changed. An order whose ticket has ended is not asked for again with that.
    Changed,
}

/// Opens the tickets that a task has by its definition, and ends those that it does not have any more: after it was
/// created, changed, chased or reopened.
pub(in super::super) async fn follow_rule(
    tx: &Tx,
    task: &Task,
    why: Follow,
    (who, at): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    use ticket::Column as C;
    if task.state == TaskState::Closed {
        return Ok(());
    }
    let belongs = |kind: TicketKind| task.tickets.has(kind, task.urging);
    let open: Vec<(i64, Code<TicketKind>)> = ticket::Entity::find()
        .select_only()
        .columns([C::Id, C::Kind])
        .filter(C::TaskId.eq(task.id.0))
        .filter(is_one_of(C::State, &TicketState::OPEN))
        .into_tuple()
        .all(tx)
        .await?;
    let gone = open.iter().filter(|(_, kind)| !belongs(kind.0));
    let gone: Vec<i64> = gone.map(|(id, _)| *id).collect();
    let word = None;
    finish(tx, &gone, &Ended { who, word, at }).await?;
    let lasting: &[TicketKind] = match why {
        Follow::Ordered => &[TicketKind::Task, TicketKind::Chase],
        Follow::Changed => &[TicketKind::Chase],
    };
    let missing = lasting
        .iter()
        .filter(|kind| belongs(**kind) && !open.iter().any(|(_, known)| known.0 == **kind));
    let seeds: Vec<TicketSeed> = missing
        .map(|kind| TicketSeed::new(*kind, task, at))
        .collect();
    open_all(tx, Wanted::ALL, &seeds).await?;
    Ok(())
}

/// Whether a task opens tickets about failures as this transaction sees it: the run that failed may have started
/// before its rule was changed, or the task closed.
pub(in super::super) async fn opens_failures(
    tx: &Tx,
    seed: &TicketSeed,
) -> Result<bool, StoreError> {
    use task::Column as T;
    let found: Option<(Code<TaskState>, Option<String>)> = task::Entity::find_by_id(seed.task_id.0)
        .select_only()
        .columns([T::State, T::Tickets])
        .into_tuple()
        .one(tx)
        .await?;
    let Some((Code(state), rule)) = found else {
        return Ok(false);
    };
    let rule = to_tickets(rule.as_deref())?;
    Ok(state != TaskState::Closed && rule.has(TicketKind::Failure, false))
}
