//! Default policies: what a task leaves open is taken from the default of its tag, then from that of the whole system,
//! then from the built-in one.
//!
//! A rule that is stored holds the policy in force, with the parts that are the task's own: a reader of a task needs
//! nothing else, and a change of a default rewrites the tasks that inherit from it.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{TicketRule, UrgePolicy};
use crate::i18n::Lang;

/// The name of the default for all tasks, in the place of a tag.
pub const EVERY_TAG: &str = "*";

/// A part of a policy that is set, or inherited, as a whole.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PolicyPart {
    /// The first urge.
    FirstAfter,
    /// The interval or cron expression, with its factor and bounds.
    Cadence,
    /// Working hours and calendar.
    Hours,
    /// At any hour.
    Urgent,
    /// The number of urges.
    MaxUrges,
    /// The end.
    ExpiresAfter,
    /// The ladder.
    Ladder,
    /// What stops it.
    Stop,
    /// No message when it is done.
    QuietDone,
}

impl PolicyPart {
    /// The name on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::FirstAfter) => "首次催单",
            (Lang::Zh, Self::Cadence) => "催单间隔",
            (Lang::Zh, Self::Hours) => "工作时间",
            (Lang::Zh, Self::Urgent) => "紧急",
            (Lang::Zh, Self::MaxUrges) => "次数上限",
            (Lang::Zh, Self::ExpiresAfter) => "过期时间",
            (Lang::Zh, Self::Ladder) => "升级",
            (Lang::Zh, Self::Stop) => "停止条件",
            (Lang::Zh, Self::QuietDone) => "完成不通知",
            (Lang::En, Self::FirstAfter) => "first urge",
            (Lang::En, Self::Cadence) => "interval",
            (Lang::En, Self::Hours) => "working hours",
            (Lang::En, Self::Urgent) => "urgent",
            (Lang::En, Self::MaxUrges) => "maximum number",
            (Lang::En, Self::ExpiresAfter) => "expiry",
            (Lang::En, Self::Ladder) => "escalation",
            (Lang::En, Self::Stop) => "stop condition",
            (Lang::En, Self::QuietDone) => "no message when done",
        }
    }
}

/// A default policy: that of a tag, or of the whole system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PolicyDefault {
    /// The tag; `*` for all tasks.
    pub tag: String,
    /// The parts that it sets.
    pub own: Vec<PolicyPart>,
    /// Their values; those of other parts are the built-in ones.
    pub policy: UrgePolicy,
    /// Counts its changes: a change that was made from an older version is refused.
    #[serde(default)]
    pub version: i64,
}

impl UrgePolicy {
    /// Takes one part from another policy.
    fn take(&mut self, part: PolicyPart, from: &Self) {
        match part {
            PolicyPart::FirstAfter => self.first_after_seconds = from.first_after_seconds,
            PolicyPart::Cadence => self.cadence.clone_from(&from.cadence),
            PolicyPart::Hours => self.hours.clone_from(&from.hours),
            PolicyPart::Urgent => self.urgent = from.urgent,
            PolicyPart::MaxUrges => self.max_urges = from.max_urges,
            PolicyPart::ExpiresAfter => self.expires_after_seconds = from.expires_after_seconds,
            PolicyPart::Ladder => self.ladder.clone_from(&from.ladder),
            PolicyPart::Stop => self.stop = from.stop,
            PolicyPart::QuietDone => self.quiet_done = from.quiet_done,
        }
    }

    /// The parts in which it differs from the built-in policy.
    #[must_use]
    pub fn unusual(&self) -> Vec<PolicyPart> {
        let usual = Self::default();
        let parts = PolicyPart::VARIANTS.iter().copied();
        parts
            .filter(|part| {
                let mut same = self.clone();
                same.take(*part, &usual);
                same != *self
            })
            .collect()
    }

    /// The default for a task with these tags, from the stored ones: for each part the first of its tags that sets it,
    /// then that of the whole system.
    #[must_use]
    pub fn default_for(tags: &[String], defaults: &[PolicyDefault]) -> Self {
        let mut policy = Self::default();
        let everything = EVERY_TAG.to_owned();
        // The strongest comes last.
        for tag in std::iter::once(&everything).chain(tags.iter().rev()) {
            for default in defaults.iter().filter(|default| default.tag == *tag) {
                for part in &default.own {
                    policy.take(*part, &default.policy);
                }
            }
        }
        policy
    }
}

impl TicketRule {
    /// The parts of its policy that are its own; all that are unusual where none are named, as before there were defaults.
    #[must_use]
    pub fn own_parts(&self) -> Vec<PolicyPart> {
        self.own.clone().unwrap_or_else(|| self.policy.unusual())
    }

    /// The parts that it has from a default.
    #[must_use]
    pub fn inherited_parts(&self) -> Vec<PolicyPart> {
        let own = self.own_parts();
        let mut parts = self.policy.unusual();
        parts.retain(|part| !own.contains(part));
        parts
    }

    /// The same rule, with the parts that are not its own from these defaults.
    #[must_use]
    pub fn inheriting(&self, tags: &[String], defaults: &[PolicyDefault]) -> Self {
        let mut rule = self.clone();
        let own = self.own_parts();
        let mut policy = UrgePolicy::default_for(tags, defaults);
        for part in &own {
            policy.take(*part, &self.policy);
        }
        rule.policy = policy;
        rule.name_own(own);
        rule
    }

    /// Names the parts that are its own, unless they are just the unusual ones.
    pub(crate) fn name_own(&mut self, own: Vec<PolicyPart>) {
        self.own = (self.policy.unusual() != own).then_some(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{Cadence, StopRule};

    fn default(tag: &str, policy: UrgePolicy) -> PolicyDefault {
        PolicyDefault {
            tag: tag.to_owned(),
            own: policy.unusual(),
            policy,
            version: 1,
        }
    }

    #[test]
    fn a_part_comes_from_the_task_its_tag_or_the_system() {
        let usual = UrgePolicy::default;
        let defaults = [
            default(
                EVERY_TAG,
                UrgePolicy {
                    max_urges: 5,
                    first_after_seconds: 60,
                    ..usual()
                },
            ),
            default(
                "db",
                UrgePolicy {
                    max_urges: 7,
                    stop: StopRule::Acknowledged,
                    ..usual()
                },
            ),
            default(
                "web",
                UrgePolicy {
                    max_urges: 9,
                    urgent: true,
                    ..usual()
                },
            ),
        ];
        let tags =
            |tags: &[&str]| -> Vec<String> { tags.iter().map(|tag| (*tag).to_owned()).collect() };
        let rule = TicketRule {
            policy: UrgePolicy {
                cadence: Cadence::Cron("0 9 * * *".to_owned()),
                ..usual()
            },
            ..TicketRule::default()
        };
        for (of, max, first, urgent, stop) in [
            (&[][..], 5, 60, false, StopRule::Done),
            (&["x"][..], 5, 60, false, StopRule::Done),
            (&["db", "web"][..], 7, 60, true, StopRule::Acknowledged),
            (&["web", "db"][..], 9, 60, true, StopRule::Acknowledged),
        ] {
            let found = rule.inheriting(&tags(of), &defaults);
            let policy = &found.policy;
            assert_eq!(
                (
                    policy.max_urges,
                    policy.first_after_seconds,
                    policy.urgent,
                    policy.stop
                ),
                (max, first, urgent, stop),
                "{of:?}"
            );
            assert_eq!(found.own_parts(), [PolicyPart::Cadence]);
            assert!(found.inherited_parts().contains(&PolicyPart::MaxUrges));
            // Again, with and without defaults: nothing is kept that is not its own.
            assert_eq!(found.inheriting(&tags(of), &defaults), found);
            assert_eq!(found.inheriting(&[], &[]), rule);
        }
        // What is set to the built-in value is set all the same.
        let mut own = rule.clone();
        own.name_own(vec![PolicyPart::Cadence, PolicyPart::MaxUrges]);
        assert_eq!(own.inheriting(&[], &defaults).policy.max_urges, 100);
    }
}
