//! Which schedules are in force: the chase cycle while chasing, else the work schedules (催单工作周期, 工作周期).

use serde::{Deserialize, Serialize};

use super::TaskSpec;
use crate::i18n::Lang;
use crate::schedule::{Schedule, describe_schedule, describe_text};

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
            Self::Urge(urge) => describe_text(urge, lang),
            Self::Work(schedules) => schedules
                .iter()
                .map(|schedule| describe_schedule(schedule, lang))
                .collect::<Vec<_>>()
                .join(lang.pick("；", "; ")),
        }
    }
}

/// A schedule as a person reads it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cycle {
    /// In words.
    pub words: String,
    /// Its text.
    pub spec: String,
    /// How many more there are, where it stands for several.
    pub more: usize,
}

impl Cycle {
    /// A plain schedule, without rules.
    #[must_use]
    pub fn plain(spec: &str, lang: Lang) -> Self {
        Self {
            words: describe_text(spec, lang),
            spec: spec.to_owned(),
            more: 0,
        }
    }

    /// A schedule with its rules, which stands for some more.
    #[must_use]
    pub fn of(schedule: &Schedule, more: usize, lang: Lang) -> Self {
        Self {
            words: describe_schedule(schedule, lang),
            spec: schedule.spec.clone(),
            more,
        }
    }
}

impl TaskSpec {
    /// Its schedules in force, shortened, for a reader of a language.
    #[must_use]
    pub fn cycle(&self, lang: Lang) -> Cycle {
        match self.in_force() {
            InForce::Urge(urge) => Cycle::plain(urge, lang),
            InForce::Work([first, more @ ..]) => Cycle::of(first, more.len(), lang),
            InForce::Work([]) => Cycle::plain("", lang),
        }
    }

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
