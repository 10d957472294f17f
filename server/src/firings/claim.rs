//! What a claim checks when a firing is due: rules may have changed since it was planned.

use app::calendar::BlackoutPolicy;
use chrono::{DateTime, Utc};

use super::CompiledSchedule;

/// A blackout in force when a firing is about to start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActiveBlackout {
    /// The firing is dropped.
    Dropped,
    /// It may start then.
    Until(DateTime<Utc>),
}

impl CompiledSchedule {
    /// Whether the task is paused at an instant.
    #[must_use]
    pub fn is_paused(&self, at: DateTime<Utc>) -> bool {
        self.pause
            .is_some_and(|pause| pause.until.is_none_or(|until| at < until))
    }

    /// The blackout in force at an instant, if any. One that drops firings takes precedence, else the one that ends
    /// last.
    #[must_use]
    pub fn shut_now(&self, now: DateTime<Utc>) -> Option<ActiveBlackout> {
        let holding: Vec<_> = self
            .quiet
            .iter()
            .filter_map(|quiet| Some((quiet.policy, quiet.at(now)?.1)))
            .collect();
        if holding
            .iter()
            .any(|(policy, _)| *policy == BlackoutPolicy::Drop)
        {
            return Some(ActiveBlackout::Dropped);
        }
        holding
            .into_iter()
            .map(|(_, until)| ActiveBlackout::Until(until))
            .max_by_key(|shut| match shut {
                ActiveBlackout::Until(until) => Some(*until),
                ActiveBlackout::Dropped => None,
            })
    }
}
