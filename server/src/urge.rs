//! Urging (催单): the loop that asks people for tickets again, each urge once, however many servers look.
//!
//! It sleeps until the time of the next ticket. An urge is claimed with its message in one transaction, so a server
//! that dies in between has sent neither or both; the outbox sends it then. See `docs/adr/0038-tickets.md`.

mod check;
mod people;
mod times;

pub use check::CHECKS_AT_ONCE;
pub use people::People;
pub use times::PolicyTimes;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::id::{RunId, TaskId, TicketId};
use app::message::Event;
use app::task::{Task, TaskState};
use app::ticket::TicketKind;
use app::ticket::machine::{self, Effect, Next, TicketEvent};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::executor::Executor;
use crate::facts::{End, Facts, TaskEvent, TicketFacts};
use crate::failpoints;
use crate::firings::{CalendarCache, Snapshot};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{Notice, Store, StoreError, StoredTicket, UrgeClaim, event_of_effect};
use crate::timetable::Patterns;

/// Between two looks without a reason: for what another server has changed.
const LOOK: Duration = Duration::from_secs(15);
/// After a turn that failed.
const RETRY: Duration = Duration::from_secs(1);
/// Tickets of one transaction.
const AT_ONCE: u64 = 1_000;
/// Transactions of one turn; the rest follows with the next one, at once.
const ROUNDS: u32 = 50;
/// A ticket that cannot be read is looked at again after so long: a newer version of the product may be able to.
const UNREADABLE: TimeDelta = TimeDelta::hours(1);
/// Chases without an end, of a server of a former version, are looked for this often.
const ADOPT: TimeDelta = TimeDelta::minutes(10);

/// What the loop and its checks use.
#[derive(Clone)]
pub struct Dependencies {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
}

impl std::fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tools")
    }
}

/// The loop.
pub struct Urging {
    /// Database, clock and signals.
    pub tools: Dependencies,
    /// Runs checks; `None` in a process that starts no commands, where urges go out unchecked.
    pub executor: Option<Arc<Executor>>,
    /// Room for [`CHECKS_AT_ONCE`] checks.
    pub checks: Arc<Semaphore>,
    /// Parsed patterns.
    pub patterns: Arc<Patterns>,
    /// Calendars of working days.
    pub calendar_cache: Arc<CalendarCache>,
    /// This process, as the urges name it.
    pub node_id: String,
    /// When there is something to do again, and when chases were looked for last.
    pub plan: Mutex<Plan>,
}

/// What the loop knows from turn to turn; nothing of it is needed after a restart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    next: Option<DateTime<Utc>>,
    adopted: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Urging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Urging")
    }
}

impl Urging {
    /// Urges all whose time has come.
    async fn look(&self) -> Result<(), StoreError> {
        self.adopt().await?;
        for _ in 0..ROUNDS {
            let (now, begun) = (self.tools.clock.now(), Instant::now());
            let look = self.tools.store.tickets_due(now, AT_ONCE).await?;
            if !look.unreadable.is_empty() {
                self.put_off(&look.unreadable, now).await?;
            }
            if look.due.is_empty() && look.unreadable.is_empty() {
                self.plan(|plan| plan.next = look.next);
                return Ok(());
            }
            let tickets = look.due.len();
            self.claim(look.due, now).await?;
            let took = begun.elapsed();
            tracing::debug!(
                tickets,
                took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
                "urged"
            );
        }
        self.plan(|plan| plan.next = Some(self.tools.clock.now()));
        Ok(())
    }

    fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn adopt(&self) -> Result<(), StoreError> {
        let now = self.tools.clock.now();
        let last = self
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .adopted;
        // A clock that was set back must not delay it.
        if last.is_some_and(|last| (now - last).abs() < ADOPT) {
            return Ok(());
        }
        let adopted = self.tools.store.adopt_chases(now).await?;
        if adopted > 0 {
            tracing::info!(tasks = adopted, "chases without an end have one now");
        }
        self.plan(|plan| plan.adopted = Some(now));
        Ok(())
    }

    /// Tickets that this version cannot read, or whose task it cannot, are left for a while: the others go on.
    async fn put_off(&self, ids: &[TicketId], now: DateTime<Utc>) -> Result<(), StoreError> {
        tracing::error!(?ids, "tickets cannot be read and are not urged");
        self.tools.store.put_off(ids, now, now + UNREADABLE).await
    }

    async fn claim(&self, due: Vec<StoredTicket>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut ids: Vec<TaskId> = due.iter().map(|ticket| ticket.task_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (tasks, unreadable) = self.tools.store.readable_tasks(&ids).await?;
        let is_readable = |ticket: &StoredTicket| !unreadable.contains(&ticket.task_id);
        let (due, unread): (Vec<_>, Vec<_>) = due.into_iter().partition(is_readable);
        if !unread.is_empty() {
            let unread: Vec<TicketId> = unread.iter().map(|ticket| ticket.id).collect();
            self.put_off(&unread, now).await?;
        }
        let calendars = self.calendar_cache.snapshot();
        warn_of_missing(&tasks, &calendars);
        let names_rota = due.iter().any(|ticket| {
            let task = tasks.get(&ticket.task_id);
            task.is_some_and(|task| People::names_rota(ticket, task))
        });
        let people = People::read(&self.tools.store, names_rota, now).await?;
        let failed = due.iter().filter_map(StoredTicket::failed_run);
        let failed: Vec<RunId> = failed.collect();
        let failed = self.tools.store.failed_ends(&failed).await?;
        let mut claims: Vec<UrgeClaim> = Vec::with_capacity(due.len());
        let mut checks = Vec::new();
        for ticket in due {
            let task = tasks.get(&ticket.task_id);
            let times = task.map(|task| {
                let policy = &task.tickets.policy;
                let times = PolicyTimes::new(policy, &task.zone, &calendars, &self.patterns);
                times.asking(&people, &ticket)
            });
            let Some(next) = next_of(&ticket, task.zip(times.as_ref()), now) else {
                continue;
            };
            let asked = asked(&ticket, &next, (times.as_ref(), &people), now);
            if ticket.ticket.kind == TicketKind::Chase && next.effect == Some(Effect::Expired) {
                if self.tools.store.end_chase(&ticket, &next, now).await? {
                    tracing::info!(ticket.id = ticket.id.0, "a chase has ended");
                    self.tools.signals.tasks.notify_one();
                    self.tools.signals.outbox.notify_one();
                    self.tools.signals.publish(Some(ticket.task_id), None);
                }
                continue;
            }
            if let Some((rests, check)) = self.check_first(&ticket, &next, task, now) {
                claims.push(rests);
                checks.extend(check);
                continue;
            }
            let end = ticket.failed_run().and_then(|run| failed.get(&run));
            claims.push(claim(ticket, next, (task, end), asked, now));
        }
        if claims.is_empty() {
            return Ok(());
        }
        failpoints::point("urge.before");
        let claimed = self
            .tools
            .store
            .claim_urges(&claims, &self.node_id, now)
            .await?;
        failpoints::point("urge.committed");
        let Some(has_messages) = claimed else {
            tracing::debug!("tickets were changed meanwhile and are read again");
            return Ok(());
        };
        self.run_checks(checks, now).await?;
        if has_messages {
            self.tools.signals.outbox.notify_one();
        }
        for id in ids {
            self.tools.signals.publish(Some(id), None);
        }
        Ok(())
    }
}

/// What becomes of a ticket now.
fn next_of(
    ticket: &StoredTicket,
    task: Option<(&Task, &PolicyTimes<'_>)>,
    now: DateTime<Utc>,
) -> Option<Next> {
    // A closed task, or one that opens no such tickets any more, asks for nothing: usually its tickets end with that.
    let asks = |(task, _): &(&Task, &PolicyTimes<'_>)| {
        task.state != TaskState::Closed && task.tickets.has(ticket.ticket.kind, task.urging)
    };
    let Some((task, times)) = task.filter(asks) else {
        // Its task is gone, and so is what was asked for.
        let policy = app::ticket::UrgePolicy::default();
        let happening = TicketEvent::Done;
        return machine::next(&ticket.ticket, happening, &policy, now, &machine::AnyHour).ok();
    };
    let policy = &task.tickets.policy;
    if ticket.ticket.kind == TicketKind::Task && task.urging {
        let next = machine::asked_elsewhere(&ticket.ticket, policy, now, times);
        return Some(next);
    }
    machine::next(&ticket.ticket, TicketEvent::Due, policy, now, times).ok()
}

/// Whom a ticket asks: the people of this moment, since the next urge may ask others; of these those in whose hours it is.
fn asked(
    ticket: &StoredTicket,
    next: &Next,
    (times, people): (Option<&PolicyTimes<'_>>, &People),
    now: DateTime<Utc>,
) -> Vec<String> {
    let ladder = times.map(|times| times.ladder(next.ticket.level));
    let mut asked = ticket.asks(&ladder.unwrap_or_default());
    people.on_call.name(&mut asked);
    match (times, next.effect) {
        (Some(times), Some(Effect::Urge { .. })) => times.asked_at(&asked, now),
        // Everyone hears of its end.
        _ => asked,
    }
}

/// Policies that name a calendar which does not exist: Monday to Friday count then.
fn warn_of_missing(tasks: &HashMap<TaskId, Task>, calendars: &Snapshot) {
    let named = tasks.values().filter_map(|task| {
        let name = task.tickets.policy.hours.as_ref()?.calendar.as_deref()?;
        calendars.calendar(Some(name)).is_none().then_some(name)
    });
    let missing: BTreeSet<&str> = named.collect();
    if !missing.is_empty() {
        tracing::error!(
            calendars = ?missing,
            "policies of tickets name calendars that do not exist; Monday to Friday count as working days"
        );
    }
}

/// What is written about a ticket.
fn claim(
    read: StoredTicket,
    next: Next,
    (task, failed): (Option<&Task>, Option<&End>),
    asked: Vec<String>,
    now: DateTime<Utc>,
) -> UrgeClaim {
    let notice = task.zip(next.effect).and_then(|(task, effect)| {
        let says = matches!(effect, Effect::Urge { .. } | Effect::Expired);
        says.then(|| notice(&read, &next, (task, failed), (effect, &asked), now))
    });
    UrgeClaim {
        read,
        next,
        asked,
        notice,
        checks: None,
    }
}

fn notice(
    read: &StoredTicket,
    next: &Next,
    (task, failed): (&Task, Option<&End>),
    (effect, asked): (Effect, &[String]),
    now: DateTime<Utc>,
) -> Notice {
    let event: Event = event_of_effect(effect);
    let (id, ticket) = (read.id, &next.ticket);
    let facts = TicketFacts::new(id, ticket.kind, event, read.opened_at);
    let facts = facts.asking(ticket.urged(read.opened_at), ticket.level, asked);
    let asks = matches!(effect, Effect::Urge { .. });
    let facts = facts.failing(failed.filter(|_| asks));
    let run = facts.failed.as_ref().and(read.run_id);
    let facts = Facts::of_task(task, run, now, TaskEvent::Ticket(facts));
    let mut notice = Notice::about(task, facts);
    // It is the ticket's message: the run ended with its own.
    notice.run_id = None;
    notice.mentions = asked.to_vec();
    notice
}

#[async_trait]
impl Periodic for Urging {
    fn spec(&self) -> Spec {
        Spec {
            name: "urge",
            every: Some(LOOK),
            woken: true,
            backoff: Backoff::new(RETRY, LOOK),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        Ok(self.look().await?)
    }

    async fn woken(&self) {
        let next = self
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next;
        let time = async {
            match next {
                Some(next) => self.tools.clock.sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = time => {}
            () = self.tools.signals.tickets.notified() => {}
        }
    }
}
