//! The machine of a ticket: what happens to it, its policy and the time decide its next state and what follows.
//!
//! Pure: the hours of people and cron expressions come in as [`Times`]. The store writes the result with the version
//! of the ticket as compare-and-set, so of two servers, or two people, one is first and the other one reads again.

mod climb;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use super::{Cadence, StopRule, TicketKind, TicketState, TicketStep, UrgePolicy};
use crate::transition::{RefusedTransition, Step};

/// A ticket, as far as the machine decides about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// What opened it.
    pub kind: TicketKind,
    /// How it stands.
    pub state: TicketState,
    /// The rung of the ladder that was reached.
    pub level: i32,
    /// Since when it has been asked for: opened, reopened or handed over.
    pub since: DateTime<Utc>,
    /// Urges so far.
    pub urges: i32,
    /// How many of them were before it was reopened.
    pub urges_before: i32,
    /// Until when it is put off.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When to look at it next; `None` when it is over.
    pub next_urge_at: Option<DateTime<Utc>>,
    /// When it is due at any hour, where it is looked at later because of the hours of those whom it asks.
    pub rests_since: Option<DateTime<Utc>>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// What happens to a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TicketEvent {
    /// Its time has come.
    Due,
    /// A person takes it.
    Acknowledge,
    /// A person puts it off.
    Snooze(DateTime<Utc>),
    /// It is handed over to another person.
    HandOver,
    /// It is done.
    Done,
    /// It is asked for again.
    Reopen,
}

/// What follows from that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// People are asked.
    Urge {
        /// The number of the urge, from 1.
        n: i32,
        /// The rung of the ladder.
        level: i32,
        /// Whether that rung was just reached.
        escalated: bool,
    },
    /// A person has taken it.
    Acknowledged,
    /// It is put off.
    Snoozed(DateTime<Utc>),
    /// It has another owner.
    HandedOver,
    /// It is done.
    Done,
    /// Its urging has ended without an answer.
    Expired,
    /// It is asked for again.
    Reopened,
}

/// Why something cannot happen to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// Its state does not allow it.
    #[error(transparent)]
    State(#[from] RefusedTransition),
    /// It cannot be put off until a time that is over, or beyond its end.
    #[error("a snooze ends after now and before the ticket expires at {expires_at}")]
    SnoozeEnd {
        /// When it expires.
        expires_at: DateTime<Utc>,
    },
    /// A chase follows the schedule of its task: it is started and stopped with that, and not put off.
    #[error("a chase is neither snoozed nor reopened")]
    Chase,
}

/// Hours and expressions, which need zones and calendars.
pub trait Times {
    /// The instant, or the first one after it in the hours of anyone whom the ticket asks on this rung of the ladder.
    fn within_hours(&self, at: DateTime<Utc>, level: i32) -> DateTime<Utc>;
    /// When these hours end, for an instant in them; `None` where they do not end within the life of a ticket.
    fn hours_end(&self, at: DateTime<Utc>, level: i32) -> Option<DateTime<Utc>>;
    /// The first instant of a cron expression after this one; `None` when there is none.
    fn cron_after(&self, expression: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>>;
}

/// Any hour, without cron expressions.
#[derive(Clone, Copy, Debug)]
pub struct AnyHour;

impl Times for AnyHour {
    fn within_hours(&self, at: DateTime<Utc>, _: i32) -> DateTime<Utc> {
        at
    }

    fn hours_end(&self, _: DateTime<Utc>, _: i32) -> Option<DateTime<Utc>> {
        None
    }

    fn cron_after(&self, _: &str, _: DateTime<Utc>) -> Option<DateTime<Utc>> {
        None
    }
}

/// The next state of a ticket, with what follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    /// The ticket after it.
    pub ticket: Ticket,
    /// The step of its state; `None` where that stays.
    pub step: Option<TicketStep>,
    /// What follows; `None` where only the next time has changed.
    pub effect: Option<Effect>,
}

impl Ticket {
    /// A new one.
    #[must_use]
    pub fn opened(kind: TicketKind, policy: &UrgePolicy, at: DateTime<Utc>) -> Self {
        let expires_at = policy.expires_at(at);
        let first = match kind {
            TicketKind::Chase => expires_at,
            _ => policy.first_at(at),
        };
        Self {
            kind,
            state: TicketState::Open,
            level: 0,
            since: at,
            urges: 0,
            urges_before: 0,
            snoozed_until: None,
            next_urge_at: Some(first),
            rests_since: None,
            expires_at,
        }
    }

    /// Whether it has been urged as often as its policy allows.
    fn is_used_up(&self, policy: &UrgePolicy) -> bool {
        self.urges - self.urges_before >= policy.max_urges.max(1)
    }

    /// When people are asked next. `None` where only its end is left: it is over, its policy stops here, it has been urged
    /// as often as it may; and for a chase, which is urged by firings of its task.
    #[must_use]
    pub fn asks_next(&self, policy: &UrgePolicy) -> Option<DateTime<Utc>> {
        let at = self.next_urge_at?;
        let stops =
            self.state == TicketState::Acknowledged && policy.stop == StopRule::Acknowledged;
        let ends = stops || self.kind == TicketKind::Chase || self.is_used_up(policy);
        (!ends && at < self.expires_at).then_some(at)
    }

    /// The instant, or the first one after it in the hours of anyone whom it asks by then: a rung of the ladder that is
    /// reached meanwhile asks people whose hours may begin sooner.
    #[must_use]
    pub fn within_hours(
        &self,
        policy: &UrgePolicy,
        at: DateTime<Utc>,
        times: &dyn Times,
    ) -> DateTime<Utc> {
        if policy.urgent {
            return at;
        }
        // A person who has taken it is asked alone.
        let climbs = self.state != TicketState::Acknowledged;
        let mut level = self.level;
        if climbs {
            level = level.max(self.reached(policy, at, times));
        }
        let mut opens = times.within_hours(at, level);
        while climbs
            && opens > at
            && let Some((rung, reached)) = self.next_rung(policy, level, times)
            && rung < opens
        {
            level = reached;
            opens = opens.min(times.within_hours(rung.max(at), level));
        }
        opens
    }

    /// When it expires if no one answers: after its last urge that is sooner than its time allows.
    #[must_use]
    pub fn ends_at(&self, policy: &UrgePolicy) -> DateTime<Utc> {
        match self.next_urge_at {
            Some(at) if self.kind != TicketKind::Chase && self.is_used_up(policy) => at,
            _ => self.expires_at,
        }
    }

    /// Urges since it was opened, or reopened last.
    #[must_use]
    pub fn urged(&self, opened_at: DateTime<Utc>) -> i32 {
        // `urges_before` also makes room for one more urge where a person put it off or handed it over; putting it off
        // leaves `since`.
        if self.since == opened_at {
            self.urges
        } else {
            self.urges - self.urges_before
        }
    }

    /// Leaves room for one more urge where all have been sent: a person has answered and expects to be asked again.
    fn allow_one_more(&mut self, policy: &UrgePolicy) {
        let least = self.urges + 1 - policy.max_urges.max(1);
        self.urges_before = self.urges_before.max(least);
    }

    /// The step to another state, and what follows.
    fn step(mut self, step: TicketStep, effect: Effect) -> Result<Next, Refused> {
        self.state = step.take(self.state)?;
        if self.state.is_over() {
            (self.next_urge_at, self.rests_since) = (None, None);
        }
        if self.state != TicketState::Snoozed {
            self.snoozed_until = None;
        }
        Ok(Next {
            ticket: self,
            step: Some(step),
            effect: Some(effect),
        })
    }

    /// The same state, to be checked again then.
    fn later(mut self, at: DateTime<Utc>) -> Next {
        self.next_urge_at = Some(at.min(self.expires_at));
        self.rests_since = None;
        Next {
            ticket: self,
            step: None,
            effect: None,
        }
    }
}

/// What becomes of a ticket. Something due that is not due (yet, or any more) changes nothing.
///
/// # Errors
/// When its state does not allow it.
pub fn next(
    ticket: &Ticket,
    happening: TicketEvent,
    policy: &UrgePolicy,
    now: DateTime<Utc>,
    times: &dyn Times,
) -> Result<Next, Refused> {
    let mut ticket = ticket.clone();
    match happening {
        TicketEvent::Due => Ok(due(ticket, policy, now, times)),
        TicketEvent::Acknowledge => {
            let was_snoozed = ticket.state == TicketState::Snoozed;
            let mut next = ticket.step(TicketStep::Acknowledge, Effect::Acknowledged)?;
            let taken = &mut next.ticket;
            if policy.stop == StopRule::Acknowledged {
                (taken.next_urge_at, taken.rests_since) = (Some(taken.expires_at), None);
            } else if was_snoozed {
                // It was put off, and is asked for as usual now.
                follow(taken, policy, now, times);
            }
            Ok(next)
        }
        TicketEvent::Snooze(until) => {
            if ticket.kind == TicketKind::Chase {
                return Err(Refused::Chase);
            }
            if !ticket.state.is_over() && (until <= now || until >= ticket.expires_at) {
                let expires_at = ticket.expires_at;
                return Err(Refused::SnoozeEnd { expires_at });
            }
            (ticket.next_urge_at, ticket.rests_since) = (Some(until), None);
            ticket.snoozed_until = Some(until);
            ticket.allow_one_more(policy);
            ticket.step(TicketStep::Snooze, Effect::Snoozed(until))
        }
        TicketEvent::HandOver => {
            ticket.level = 0;
            ticket.since = now;
            if ticket.kind != TicketKind::Chase {
                ticket.allow_one_more(policy);
            }
            let mut next = ticket.step(TicketStep::HandOver, Effect::HandedOver)?;
            if next.ticket.kind != TicketKind::Chase {
                // The message that says so asks already.
                follow(&mut next.ticket, policy, now, times);
            }
            Ok(next)
        }
        TicketEvent::Done => ticket.step(TicketStep::Finish, Effect::Done),
        TicketEvent::Reopen => {
            if ticket.kind == TicketKind::Chase {
                return Err(Refused::Chase);
            }
            ticket.level = 0;
            ticket.since = now;
            ticket.urges_before = ticket.urges;
            ticket.expires_at = policy.expires_at(now);
            (ticket.next_urge_at, ticket.rests_since) = (Some(policy.first_at(now)), None);
            ticket.step(TicketStep::Reopen, Effect::Reopened)
        }
    }
}

/// What becomes of a ticket whose time has come while the chase schedule of its task asks already.
#[must_use]
pub fn asked_elsewhere(
    ticket: &Ticket,
    policy: &UrgePolicy,
    now: DateTime<Utc>,
    times: &dyn Times,
) -> Next {
    if now >= ticket.expires_at {
        return due(ticket.clone(), policy, now, times);
    }
    let mut next = Next {
        ticket: ticket.clone(),
        step: None,
        effect: None,
    };
    follow(&mut next.ticket, policy, now, times);
    let is_over = ticket.next_urge_at.is_none_or(|at| at <= now);
    if ticket.state == TicketState::Snoozed && is_over {
        next.ticket.state = TicketState::Open;
        next.ticket.snoozed_until = None;
        next.step = Some(TicketStep::Wake);
    }
    next
}

/// Its time has come.
fn due(ticket: Ticket, policy: &UrgePolicy, now: DateTime<Utc>, times: &dyn Times) -> Next {
    let unchanged = Next {
        ticket: ticket.clone(),
        step: None,
        effect: None,
    };
    if ticket.state.is_over() || ticket.next_urge_at.is_none_or(|at| at > now) {
        return unchanged;
    }
    if now >= ticket.expires_at || ticket.is_used_up(policy) {
        let expired = ticket.step(TicketStep::Expire, Effect::Expired);
        return expired.unwrap_or(unchanged);
    }
    if ticket.kind == TicketKind::Chase {
        // Its urges are firings of the chase schedule: only its end is due here.
        let end = ticket.expires_at;
        return ticket.later(end);
    }
    let is_taken = ticket.state == TicketState::Acknowledged;
    if is_taken && policy.stop == StopRule::Acknowledged {
        let end = ticket.expires_at;
        return ticket.later(end);
    }
    let open_at = ticket.within_hours(policy, now, times);
    if open_at > now {
        let since = ticket.rests_since.or(ticket.next_urge_at);
        let mut next = ticket.later(open_at);
        next.ticket.rests_since = since;
        return next;
    }
    let mut ticket = ticket;
    // A person who has taken it is asked alone.
    let reached = match is_taken {
        true => ticket.level,
        false => ticket.reached(policy, now, times),
    };
    let escalated = reached > ticket.level;
    if escalated {
        ticket.level = reached;
    }
    ticket.urges += 1;
    let step = (ticket.state == TicketState::Snoozed).then_some(TicketStep::Wake);
    if step.is_some() {
        ticket.state = TicketState::Open;
        ticket.snoozed_until = None;
    }
    follow(&mut ticket, policy, now, times);
    let effect = Effect::Urge {
        n: ticket.urges,
        level: ticket.level,
        escalated,
    };
    Next {
        ticket,
        step,
        effect: Some(effect),
    }
}

/// Sets when it is urged after now.
fn follow(ticket: &mut Ticket, policy: &UrgePolicy, now: DateTime<Utc>, times: &dyn Times) {
    let end = ticket.expires_at;
    let at = match &policy.cadence {
        Cadence::Cron(expression) => times.cron_after(expression, now).unwrap_or(end),
        interval => {
            let n = (ticket.urges - ticket.urges_before).max(1);
            let wait = interval.wait_seconds(n).unwrap_or(1);
            chrono::TimeDelta::try_seconds(wait)
                .and_then(|wait| now.checked_add_signed(wait))
                .unwrap_or(end)
        }
    };
    let climbs = ticket.state != TicketState::Acknowledged;
    let rung = climbs.then(|| ticket.next_rung(policy, ticket.level, times));
    let rung = rung.flatten().filter(|(rung, _)| *rung > now);
    let at = rung.map_or(at, |(rung, _)| rung.min(at));
    let opens = ticket.within_hours(policy, at, times).min(end);
    ticket.next_urge_at = Some(opens);
    ticket.rests_since = (at < opens).then_some(at);
}
