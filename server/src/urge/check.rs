//! The check before an urge: when it passes, the ticket is done; when it fails or takes too long, the urge goes out.
//!
//! The check is claimed like an urge, by the number of the urge that it comes before, so that of several servers one
//! runs it, outside of any transaction. Until its limit is over the ticket rests; a server that dies meanwhile checks
//! nothing again: the urge goes out then.

use std::sync::Arc;

use app::message::Event;
use app::task::Task;
use app::ticket::machine::{self, Effect, Next, TicketEvent};
use app::ticket::{TicketCheck, UrgePolicy};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OwnedSemaphorePermit;

use super::{Dependencies, Urging};
use crate::executor::{Checked, Executor};
use crate::facts::{Facts, TaskEvent, TicketFacts};
use crate::run::Job;
use crate::store::{Notice, StoreError, StoredTicket, UrgeClaim};

/// Checks that a server runs at the same time; others wait for their turn.
pub const CHECKS_AT_ONCE: usize = 16;
/// How long a ticket waits whose check finds no room.
const WAIT: TimeDelta = TimeDelta::seconds(5);
/// How much longer than its limit a check is waited for: starting and ending processes takes time.
const SLACK: TimeDelta = TimeDelta::seconds(20);
/// Times that a ticket is read again which others change.
const TRIES: u32 = 5;

/// A check that is about to be claimed.
pub(super) struct Planned {
    ticket: StoredTicket,
    task: Task,
    check: TicketCheck,
    room: OwnedSemaphorePermit,
    executor: Arc<Executor>,
}

impl Urging {
    /// What comes before the urge that is due: the claim of its check, and the check where there is room for it. `None`
    /// where the urge needs none, or it was checked already.
    pub(super) fn check_first(
        &self,
        ticket: &StoredTicket,
        next: &Next,
        task: Option<&Task>,
        now: DateTime<Utc>,
    ) -> Option<(UrgeClaim, Option<Planned>)> {
        let Some(Effect::Urge { n, .. }) = next.effect else {
            return None;
        };
        let (task, executor) = (task?, self.executor.as_ref()?);
        let check = task.tickets.check.as_ref()?;
        if ticket.checked >= n {
            return None;
        }
        let Ok(room) = Arc::clone(&self.checks).try_acquire_owned() else {
            return Some((rests(ticket, now + WAIT, None), None));
        };
        let limit = TimeDelta::seconds(check.timeout_seconds) + SLACK;
        let planned = Planned {
            ticket: ticket.clone(),
            task: task.clone(),
            check: check.clone(),
            room,
            executor: Arc::clone(executor),
        };
        Some((rests(ticket, now + limit, Some(n)), Some(planned)))
    }

    /// Runs checks that were claimed.
    pub(super) async fn run_checks(
        &self,
        planned: Vec<Planned>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for one in planned {
            let secrets = self.tools.store.granted_to(one.task.id).await?;
            let job = Job::check(one.ticket.id, &one.task, &one.check, secrets.into(), now);
            let (tools, room) = (self.tools.clone(), one.room);
            // The claim has counted.
            let (ticket, version) = (one.ticket.id, one.ticket.version + 1);
            let task = one.task;
            one.executor.check(job, move |checked| async move {
                let settled = if checked.passed {
                    tools.close(ticket, &task, &checked).await
                } else {
                    let (detail, now) = (detail(&checked), tools.clock.now());
                    let urged = tools
                        .store
                        .urge_after_check((ticket, version), &detail, now);
                    urged.await.map(|_| ())
                };
                if let Err(error) = settled {
                    tracing::error!(
                        ticket.id = ticket.0,
                        error = &error as &dyn std::error::Error,
                        "what came of a check could not be written; the urge goes out later"
                    );
                }
                drop(room);
                tools.signals.tickets.notify_one();
                tools.signals.publish(Some(task.id), None);
            });
        }
        Ok(())
    }
}

/// Leaves the ticket as it was read, and sets when the loop reads it again.
fn rests(ticket: &StoredTicket, until: DateTime<Utc>, checks: Option<i32>) -> UrgeClaim {
    let mut resting = ticket.ticket.clone();
    resting.next_urge_at = Some(until.min(resting.expires_at));
    resting.rests_since = None;
    UrgeClaim {
        read: ticket.clone(),
        next: Next {
            ticket: resting,
            step: None,
            effect: None,
        },
        asked: Vec::new(),
        notice: None,
        checks,
    }
}

/// How a check ended, for the history.
fn detail(checked: &Checked) -> String {
    let text = format!("{}\n{}", checked.ending, checked.output);
    text.trim_end().to_owned()
}

impl Dependencies {
    /// Ends a ticket whose check has passed, unless a person came first.
    async fn close(
        &self,
        id: app::id::TicketId,
        task: &Task,
        checked: &Checked,
    ) -> Result<(), StoreError> {
        let policy: &UrgePolicy = &task.tickets.policy;
        for _ in 0..TRIES {
            let Some(read) = self.store.ticket(id).await? else {
                return Ok(());
            };
            let now = self.clock.now();
            let done = TicketEvent::Done;
            let Ok(next) = machine::next(&read.ticket, done, policy, now, &machine::AnyHour) else {
                // It is done already.
                return Ok(());
            };
            let facts = TicketFacts::new(id, read.ticket.kind, Event::TicketDone, read.opened_at);
            let mut facts = facts.asking(
                read.ticket.urged(read.opened_at),
                read.ticket.level,
                &read.asked,
            );
            facts.checked = true;
            let facts = Facts::of_task(task, None, now, TaskEvent::Ticket(facts));
            let notices: Vec<Notice> = (!policy.quiet_done)
                .then(|| Notice::about(task, facts))
                .into_iter()
                .map(|mut notice| {
                    // It asks for nothing.
                    notice.mentions = Vec::new();
                    notice
                })
                .collect();
            let detail = detail(checked);
            let closed = self
                .store
                .close_by_check(&read, &next, &detail, &notices, now);
            if closed.await? {
                tracing::info!(ticket.id = id.0, "a ticket was closed by its check");
                self.signals.outbox.notify_one();
                self.signals.tasks.notify_one();
                return Ok(());
            }
        }
        tracing::warn!(
            ticket.id = id.0,
            "a ticket is changed by others again and again; its check is forgotten"
        );
        Ok(())
    }
}
