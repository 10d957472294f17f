//! What becomes of an event at a channel that a rule decides about.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Rule, RuleAction};
use crate::message::Event;

/// What a rule needs to know besides itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleContext {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// How many consecutive runs of the task went wrong, this one included; `None` where no run
    /// did, and where that is not known.
    pub streak: Option<i64>,
    /// When the rule last sent this event for this task.
    pub last_sent: Option<DateTime<Utc>>,
    /// When the quiet hours of the rule end; `None` outside them.
    pub quiet_until: Option<DateTime<Utc>>,
    /// Whether it is about a task whose tickets urge people at any hour.
    pub urgent: bool,
}

/// What becomes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoutingOutcome {
    /// It is sent.
    Sent,
    /// It is sent when the quiet hours are over.
    Held {
        /// When that is.
        until: DateTime<Utc>,
    },
    /// It is counted, and the next message says so.
    Throttled {
        /// When the next one may go.
        until: DateTime<Utc>,
    },
    /// Not at this number of consecutive failures.
    OtherFailure {
        /// That number.
        streak: i64,
    },
    /// The rule sends nothing.
    Muted,
}

impl Rule {
    /// Whether [`RuleContext::streak`] matters for an event.
    #[must_use]
    pub fn counts_failures(&self, event: Event) -> bool {
        self.failures != super::Failures::All && event.is_failure()
    }

    /// Whether [`RuleContext::last_sent`] matters for an event.
    #[must_use]
    pub fn throttles(&self, event: Event) -> bool {
        self.throttle_seconds > 0 && event.may_repeat()
    }

    /// Whether [`RuleContext::quiet_until`] matters for an event. `urgent` for tasks whose tickets urge people at any
    /// hour: what asks for these passes.
    #[must_use]
    pub fn holds(&self, event: Event, urgent: bool) -> bool {
        let passes = (self.urgent && event.is_failure()) || (urgent && event.asks_for_ticket());
        self.quiet.is_some() && !passes
    }

    /// What becomes of an event.
    #[must_use]
    pub fn fate(&self, event: Event, now: &RuleContext) -> RoutingOutcome {
        if self.action == RuleAction::Mute {
            return RoutingOutcome::Muted;
        }
        if self.counts_failures(event)
            && let Some(streak) = now.streak
            && !self.failures.includes(Some(streak))
        {
            return RoutingOutcome::OtherFailure { streak };
        }
        if self.throttles(event)
            && let Some(last) = now.last_sent
        {
            let apart = TimeDelta::seconds(self.throttle_seconds);
            // Results may be written in another order than the runs ended. One that is sent much
            // later than now was sent before the clock was set back.
            if (now.at - last).abs() < apart {
                return RoutingOutcome::Throttled {
                    until: last + apart,
                };
            }
        }
        match now.quiet_until {
            Some(until) if self.holds(event, now.urgent) => RoutingOutcome::Held { until },
            _ => RoutingOutcome::Sent,
        }
    }
}
