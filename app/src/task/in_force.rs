//! Which schedules are in force: the chase cycle while chasing, else the work schedules (催单工作周期, 工作周期).

use super::TaskSpec;
use crate::i18n::Lang;
use crate::schedule::{Schedule, ScheduleSpec, describe_schedule};

/// A task's schedules in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InForce<U, W> {
    /// The chase cycle.
    Urge(U),
    /// The work schedules.
    Work(W),
}

impl<U, W> InForce<U, W> {
    /// The rule. A task that is chased without a chase cycle keeps its work schedules.
    #[must_use]
    pub fn of(urging: bool, urge: Option<U>, work: W) -> Self {
        match urge {
            Some(urge) if urging => Self::Urge(urge),
            _ => Self::Work(work),
        }
    }
}

impl InForce<&str, &[Schedule]> {
    /// It in words.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Urge(urge) => ScheduleSpec::parse(urge)
                .map_or_else(|_| (*urge).to_owned(), |spec| spec.describe(lang)),
            Self::Work(schedules) => schedules
                .iter()
                .map(|schedule| describe_schedule(schedule, lang))
                .collect::<Vec<_>>()
                .join(lang.pick("；", "; ")),
        }
    }
}

impl TaskSpec {
    /// Its schedules in force.
    #[must_use]
    pub fn in_force(&self) -> InForce<&str, &[Schedule]> {
        InForce::of(self.urging, self.urge_cron.as_deref(), &self.schedules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_urge_cycle_holds_while_urging() {
        for (urging, urge, expected) in [
            (true, Some("urge"), InForce::Urge("urge")),
            (true, None, InForce::Work("work")),
            (false, Some("urge"), InForce::Work("work")),
            (false, None, InForce::Work("work")),
        ] {
            assert_eq!(InForce::of(urging, urge, "work"), expected);
        }
    }
}
