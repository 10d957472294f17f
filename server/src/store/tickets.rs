//! Tickets: what is asked for until it is done. The machine in `app::ticket::machine` decides; what is written here is
//! its result, with the version of the ticket as compare-and-set.

mod act;
mod chase;
mod check;
mod end;
mod failed;
mod filter;
mod follow;
mod names;
mod open;
mod outcome;
mod over;
mod urge;

use app::auth::Principal;
use app::id::{OccurrenceId, RunId, TaskId, TicketId};
use app::task::Task;
use app::ticket::machine::Ticket;
use app::ticket::{
    LocalTime, TicketEntry, TicketKind, TicketOrder, TicketState, TicketUrge, TicketView,
};
use app::time::Stamp;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{ticket, ticket_event, ticket_urge};
use super::tasks::from_json;
use super::{Store, StoreError, Tx};

pub use act::{TaskFollows, TicketChange, TicketChanged, event_of as event_of_effect};
pub use chase::Chasing;
pub(super) use chase::{count_firings, renew_chase};
pub(super) use end::{close_of_task, delivered, recovered};
pub use filter::TicketFilter;
pub(super) use filter::names;
use filter::{matching, newest_of_states};
pub(super) use follow::{ReconcileReason, follow_rule};
pub use open::TicketSeed;
pub(super) use open::{open_all, opens_failures};
pub use urge::{TicketLook, UrgeClaim};

/// Entries of its history, and urges, that are shown and kept for a ticket.
const SHOWN: u64 = 200;
/// Checks that failed, among the entries of its history; they are counted apart.
const CHECKS_SHOWN: u64 = 20;
/// Rows of one statement.
const CHUNK: usize = 500;
/// The name for the product's own acts.
const ITSELF: &str = "jcrontab";

/// A ticket as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredTicket {
    /// Its id.
    pub id: TicketId,
    /// Its task.
    pub task_id: TaskId,
    /// The firing that it is about.
    pub occurrence_id: Option<OccurrenceId>,
    /// The run that it is about.
    pub run_id: Option<RunId>,
    /// Whose it is; may be empty.
    pub owner: String,
    /// Whom it asks on the lowest level.
    pub asked: Vec<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// What the machine decides about.
    pub ticket: Ticket,
    /// Who took it, and when.
    pub acknowledged: Option<(String, DateTime<Utc>)>,
    /// Who ended it, and when.
    pub done: Option<(String, DateTime<Utc>)>,
    /// The word that was left then.
    pub word: Option<String>,
    /// Counts its changes.
    pub version: i64,
    /// The number of the urge that was checked last.
    pub checked: i32,
}

/// Urges of a row since it was opened, or reopened last, as [`Ticket::urged`] counts them.
fn urged(row: &ticket::Model) -> i32 {
    if row.since == row.opened_at {
        row.urges
    } else {
        row.urges - row.urges_before
    }
}

fn read(row: ticket::Model) -> Result<StoredTicket, StoreError> {
    Ok(StoredTicket {
        id: TicketId(row.id),
        task_id: TaskId(row.task_id),
        occurrence_id: row.occurrence_id.map(OccurrenceId),
        run_id: row.run_id.map(RunId),
        owner: row.owner,
        asked: from_json(&row.asked)?,
        opened_at: row.opened_at,
        ticket: Ticket {
            kind: row.kind.0,
            state: row.state.0,
            level: row.level,
            since: row.since,
            urges: row.urges,
            urges_before: row.urges_before,
            snoozed_until: row.snoozed_until,
            next_urge_at: row.next_urge_at,
            rests_since: row.rests_since,
            expires_at: row.expires_at,
        },
        acknowledged: row.acknowledged_by.zip(row.acknowledged_at),
        done: row.done_by.zip(row.done_at),
        word: row.word,
        version: row.version,
        checked: row.checked,
    })
}

impl StoredTicket {
    /// The run that a ticket about failures was opened by.
    #[must_use]
    pub fn failed_run(&self) -> Option<RunId> {
        self.run_id
            .filter(|_| self.ticket.kind == TicketKind::Failure)
    }

    /// The people that it asks on its level, with those of the ladder. A person who has taken it is asked in the place of
    /// those whom it asked before, and alone as long as it is taken; after a snooze the ladder goes on.
    #[must_use]
    pub fn asks(&self, ladder: &[String]) -> Vec<String> {
        let taken = self.acknowledged.as_ref().map(|(who, _)| who);
        // The console is no person who can be asked.
        let mut asked = match taken.filter(|who| *who != Principal::CONSOLE) {
            Some(who) if self.ticket.state == TicketState::Acknowledged => {
                return vec![who.clone()];
            }
            Some(who) => vec![who.clone()],
            None => self.asked.clone(),
        };
        for who in ladder {
            if !asked.contains(who) {
                asked.push(who.clone());
            }
        }
        asked
    }

    /// As everything outside sees it: with its task's name and zone, the people of the ladder so far, and when people are
    /// asked next, also where they are.
    #[must_use]
    pub fn view(self, task: &Task, next: Option<(DateTime<Utc>, Vec<LocalTime>)>) -> TicketView {
        let policy = &task.tickets.policy;
        let asked = self.asks(&policy.asked_at(self.ticket.level));
        let (acknowledged_by, acknowledged_at) = self.acknowledged.unzip();
        let (done_by, done_at) = self.done.unzip();
        let ticket = self.ticket;
        let (next_urge_at, next_local) = next.unzip();
        TicketView {
            id: self.id,
            task_id: self.task_id,
            task: task.name.clone(),
            kind: ticket.kind,
            occurrence_id: self.occurrence_id,
            run_id: self.run_id,
            state: ticket.state,
            level: ticket.level,
            owner: self.owner,
            asked,
            opened_at: Stamp(self.opened_at),
            since: Stamp(ticket.since),
            urges: ticket.urged(self.opened_at),
            next_urge_at: next_urge_at.map(Stamp),
            next_local: next_local.unwrap_or_default(),
            expires_at: Stamp(ticket.ends_at(policy)),
            snoozed_until: ticket.snoozed_until.map(Stamp),
            acknowledged_by,
            acknowledged_at: acknowledged_at.map(Stamp),
            done_by,
            done_at: done_at.map(Stamp),
            word: self.word,
            zone: task.zone.clone(),
            version: self.version,
        }
    }
}

impl Store {
    /// Tickets in the order of the filter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tickets(
        &self,
        filter: &TicketFilter,
        limit: u64,
    ) -> Result<Vec<StoredTicket>, StoreError> {
        let find = matching(filter)?;
        // Of one state the index has them in their order.
        let find = match (
            filter.order,
            filter.task.is_some() && filter.states.len() > 1,
        ) {
            (TicketOrder::Newest, true) => find.order_by(newest_of_states(), Order::Desc),
            (TicketOrder::Newest, false) => find.order_by_desc(ticket::Column::Id),
            (TicketOrder::Oldest, _) => find.order_by(newest_of_states(), Order::Asc),
            (TicketOrder::Level, _) => find
                .order_by_desc(ticket::Column::Level)
                .order_by(newest_of_states(), Order::Asc),
        };
        let rows = find.limit(limit).all(&self.reader).await?;
        rows.into_iter().map(read).collect()
    }

    /// One ticket.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ticket(&self, id: TicketId) -> Result<Option<StoredTicket>, StoreError> {
        let row = ticket::Entity::find_by_id(id.0).one(&self.reader).await?;
        row.map(read).transpose()
    }

    /// What people did to a ticket, oldest first, and its urges, newest first; the last of both.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ticket_history(
        &self,
        id: TicketId,
    ) -> Result<(Vec<TicketEntry>, Vec<TicketUrge>), StoreError> {
        let events = ticket_event::Entity::find()
            .filter(ticket_event::Column::TicketId.eq(id.0))
            .order_by_desc(ticket_event::Column::Id)
            .limit(SHOWN + CHECKS_SHOWN)
            .all(&self.reader)
            .await?;
        let entry = |row: ticket_event::Model| TicketEntry {
            at: Stamp(row.at),
            what: row.what.word().to_owned(),
            who: row.who,
            detail: row.detail,
        };
        let entries: Vec<TicketEntry> = events.into_iter().rev().map(entry).collect();
        let urges = self.urges_of(id, &entries).await?;
        Ok((entries, urges))
    }
}

/// Removes the tickets of a task that is deleted. By their ids: MariaDB would look at the urges and entries of all tickets
/// for a subquery.
pub(super) async fn forget(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    loop {
        let ids: Vec<i64> = ticket::Entity::find()
            .select_only()
            .column(ticket::Column::Id)
            .filter(ticket::Column::TaskId.eq(id.0))
            .limit(CHUNK as u64)
            .into_tuple()
            .all(tx)
            .await?;
        if ids.is_empty() {
            return Ok(());
        }
        ticket_urge::Entity::delete_many()
            .filter(ticket_urge::Column::TicketId.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
        ticket_event::Entity::delete_many()
            .filter(ticket_event::Column::TicketId.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
        ticket::Entity::delete_many()
            .filter(ticket::Column::Id.is_in(ids.iter().copied()))
            .exec(tx)
            .await?;
    }
}

/// The key that makes an open ticket the only one of its kind: about a firing, or about a start by hand, which has no
/// firing.
fn open_key(
    kind: TicketKind,
    task: TaskId,
    occurrence: Option<OccurrenceId>,
    run: Option<RunId>,
) -> String {
    match (kind, occurrence, run) {
        (TicketKind::Firing, Some(occurrence), _) => format!("firing:{occurrence}"),
        (TicketKind::Firing, None, Some(run)) => format!("firing-run:{run}"),
        (kind, ..) => format!("{}:{task}", kind.as_str()),
    }
}
