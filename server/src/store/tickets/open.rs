//! Opening tickets, each once, in the transaction of their cause.

use std::collections::{HashMap, HashSet};

use app::id::{OccurrenceId, RunId, TaskId, TicketId};
use app::message::Event;
use app::task::{Task, TaskState};
use app::ticket::machine::Ticket;
use app::ticket::{FIRINGS_OPEN_MAX, Opens, TicketKind, TicketState, TicketStep};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::super::code::{Code, is_one_of};
use super::super::entity::{task, ticket};
use super::super::messages::{Notice, insert_wanted};
use super::super::rules::EventMask;
use super::super::tasks::{to_json, to_tickets};
use super::super::{StoreError, Tx};
use super::end::{Ended, end};
use super::{CHUNK, ITSELF, newest_of_states, open_key, urged};
use crate::facts::{Facts, TaskEvent, TicketFacts};

/// A ticket to be opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketSeed {
    kind: TicketKind,
    task_id: TaskId,
    occurrence_id: Option<OccurrenceId>,
    run_id: Option<RunId>,
    owners: Vec<String>,
    pub(super) opened_at: DateTime<Utc>,
    first_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// That it was opened.
    opened: Notice,
    /// That it is done because a run has succeeded; none where its task wants no such message.
    pub(super) recovered: Option<Notice>,
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

    /// The ticket of a start of a task: each firing of a reminder, and each start by hand, asks for its own.
    #[must_use]
    pub fn of_start(task: &Task, at: DateTime<Utc>) -> Option<Self> {
        // Firings of the chase schedule ask for what is open already.
        let opens = task.tickets.opens == Opens::Firing && !task.urging;
        opens.then(|| Self::new(TicketKind::Firing, task, at))
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

    pub(super) fn key(&self) -> String {
        open_key(self.kind, self.task_id, self.occurrence_id, self.run_id)
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
    wanted: EventMask,
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
    wanted: EventMask,
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
            .order_by(newest_of_states(), Order::Desc)
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
                facts.urges = urged(row);
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
pub(super) fn about(notice: &Notice, id: TicketId) -> Notice {
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
    let rule = match to_tickets(rule.as_deref()) {
        Ok(rule) => rule,
        // The results of other runs are in the same transaction.
        Err(error) if error.is_unreadable() => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(state != TaskState::Closed && rule.has(TicketKind::Failure, false))
}
