//! Which tickets a task opens, and how people are asked: how often, when, whom, and until when.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{PolicyPart, TicketCheck, TicketKind};

/// Everybody in the chat, as a name that is mentioned.
pub const EVERYBODY: &str = "@all";
/// The most rungs of a ladder.
pub const LADDER_MAX: usize = 10;
/// The most tickets about firings of one task that are open at once: the oldest one expires when another is opened.
pub const FIRINGS_OPEN_MAX: u64 = 100;
/// The most urges of a ticket.
pub const URGES_MAX: i32 = 1_000;

/// Which tickets a task opens.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Opens {
    /// None.
    #[default]
    None,
    /// One, the task itself: it is open until the task is closed (结单).
    Task,
    /// One for each firing of a reminder.
    Firing,
    /// One while its runs fail or are missed.
    Failure,
}

impl Opens {
    /// All of them, in the order of the form.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Which tickets a task opens, and the policy of their urging. The default opens none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TicketRule {
    /// Which tickets.
    pub opens: Opens,
    /// How people are asked; also the end of 加急.
    pub policy: UrgePolicy,
    /// What is checked before each urge; `null` for nothing.
    pub check: Option<TicketCheck>,
    /// The parts of the policy that the task sets itself; the others are inherited from defaults. `null` for those that
    /// differ from the built-in policy.
    pub own: Option<Vec<PolicyPart>>,
}

impl TicketRule {
    /// Whether tickets of this kind belong to a task with this rule, which is being chased or not.
    #[must_use]
    pub fn has(&self, kind: TicketKind, is_chased: bool) -> bool {
        match kind {
            TicketKind::Task => self.opens == Opens::Task,
            TicketKind::Firing => self.opens == Opens::Firing,
            TicketKind::Failure => self.opens == Opens::Failure,
            TicketKind::Chase => is_chased,
        }
    }

    /// The default, as a shared instance: a server holds thousands of tasks that all have it.
    #[must_use]
    pub fn usual() -> Arc<Self> {
        static USUAL: LazyLock<Arc<TicketRule>> = LazyLock::new(Arc::default);
        Arc::clone(&USUAL)
    }

    /// The shared form to store with a task: [`TicketRule::usual`] if it is equal.
    #[must_use]
    pub fn shared(self) -> Arc<Self> {
        let usual = Self::usual();
        if self == *usual {
            usual
        } else {
            Arc::new(self)
        }
    }
}

/// How people are asked for a ticket. Number and time always end it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct UrgePolicy {
    /// Seconds from the opening to the first urge.
    pub first_after_seconds: i64,
    /// When the next ones follow.
    pub cadence: Cadence,
    /// The hours in which people are asked; `null` for any hour.
    pub hours: Option<WorkingHours>,
    /// Whether it is asked for outside of these hours as well.
    pub urgent: bool,
    /// After this many urges it expires, 1–1,000.
    pub max_urges: i32,
    /// After this many seconds it expires.
    pub expires_after_seconds: i64,
    /// Whom else is asked when no one answers, in the order of their delays.
    pub ladder: Vec<EscalationStep>,
    /// What stops the urging.
    pub stop: StopRule,
    /// Whether no message is sent when it is done.
    pub quiet_done: bool,
}

impl Default for UrgePolicy {
    fn default() -> Self {
        Self {
            first_after_seconds: 30 * 60,
            cadence: Cadence::default(),
            hours: None,
            urgent: false,
            max_urges: 100,
            expires_after_seconds: 7 * 86_400,
            ladder: Vec::new(),
            stop: StopRule::default(),
            quiet_done: false,
        }
    }
}

/// When one urge follows another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// After a time, which grows or shrinks.
    Interval {
        /// Seconds between the first and the second urge.
        every_seconds: i64,
        /// Each further interval is this many percent of the previous one, 10–1000.
        factor_percent: u32,
        /// No interval is shorter, in seconds.
        min_seconds: i64,
        /// No interval is longer, in seconds.
        max_seconds: i64,
    },
    /// By a cron expression in the zone of the task.
    Cron(String),
}

impl Default for Cadence {
    fn default() -> Self {
        Self::Interval {
            every_seconds: 3600,
            factor_percent: 100,
            min_seconds: 3600,
            max_seconds: 3600,
        }
    }
}

impl Cadence {
    /// Seconds after the urge number `n`, counted from 1; `None` where a cron expression decides.
    #[must_use]
    pub fn wait_seconds(&self, n: i32) -> Option<i64> {
        let Self::Interval {
            every_seconds,
            factor_percent,
            min_seconds,
            max_seconds,
        } = self
        else {
            return None;
        };
        let (min, max) = (
            (*min_seconds).max(1),
            (*max_seconds).max(*min_seconds).max(1),
        );
        let factor = f64::from((*factor_percent).clamp(10, 1000)) / 100.0;
        let wait = (*every_seconds).max(1) as f64 * factor.powi((n - 1).clamp(0, URGES_MAX));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to the maximum, which is small"
        )]
        Some(wait.clamp(min as f64, max as f64) as i64)
    }
}

/// The hours in which people are asked, in the zone of the task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkingHours {
    /// The first minute of the day.
    pub from: u16,
    /// The minute at which they end, 1440 for midnight; the next day's, where it is not after `from`.
    pub until: u16,
    /// Only working days of this calendar, with make-up days (调休); `null` for every day.
    pub calendar: Option<String>,
}

/// People who are asked in addition, after a time without an answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EscalationStep {
    /// Seconds after the ticket was opened, reopened or handed over.
    pub after_seconds: i64,
    /// Who; `@all` for everybody in the chat.
    pub who: Vec<String>,
}

/// What stops urging before its end.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StopRule {
    /// Only that it is done. A person who takes it stops the ladder.
    #[default]
    Done,
    /// That a person takes it.
    Acknowledged,
}

impl StopRule {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name used in the API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl UrgePolicy {
    /// When a ticket that is asked for from `since` on expires.
    #[must_use]
    pub fn expires_at(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        after(since, self.expires_after_seconds)
    }

    /// When it is urged first, without regard to working hours.
    #[must_use]
    pub fn first_at(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        after(since, self.first_after_seconds).min(self.expires_at(since))
    }

    /// The people of the rungs up to this level, each once.
    #[must_use]
    pub fn asked_at(&self, level: i32) -> Vec<String> {
        let rungs = usize::try_from(level).unwrap_or_default();
        let mut asked: Vec<String> = Vec::new();
        for who in self.ladder.iter().take(rungs).flat_map(|rung| &rung.who) {
            if !asked.contains(who) {
                asked.push(who.clone());
            }
        }
        asked
    }
}

/// An instant some seconds later; a number that no calendar has room for changes nothing.
fn after(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds.max(0))
        .and_then(|length| at.checked_add_signed(length))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(every: i64, factor: u32, min: i64, max: i64) -> Cadence {
        Cadence::Interval {
            every_seconds: every,
            factor_percent: factor,
            min_seconds: min,
            max_seconds: max,
        }
    }

    #[test]
    fn intervals_grow_and_shrink_within_their_bounds() {
        let waits = |cadence: &Cadence| -> Vec<Option<i64>> {
            (1..=5).map(|n| cadence.wait_seconds(n)).collect()
        };
        let grows = interval(600, 200, 600, 3600);
        assert_eq!(waits(&grows), [600, 1200, 2400, 3600, 3600].map(Some));
        let shrinks = interval(3600, 50, 600, 3600);
        assert_eq!(waits(&shrinks), [3600, 1800, 900, 600, 600].map(Some));
        assert_eq!(
            interval(60, 1000, 60, 7_200).wait_seconds(i32::MAX),
            Some(7_200)
        );
        assert_eq!(interval(0, 0, 0, 0).wait_seconds(1_000), Some(1));
        assert_eq!(Cadence::Cron("0 9 * * *".to_owned()).wait_seconds(1), None);
    }

    #[test]
    fn each_rung_of_the_ladder_adds_people() {
        let rung = |after_seconds, who: &[&str]| EscalationStep {
            after_seconds,
            who: who.iter().map(|name| (*name).to_owned()).collect(),
        };
        let policy = UrgePolicy {
            ladder: vec![
                rung(60, &["李四"]),
                rung(120, &["王五", "李四"]),
                rung(300, &[EVERYBODY]),
            ],
            ..UrgePolicy::default()
        };
        assert_eq!(policy.asked_at(0), Vec::<String>::new());
        assert_eq!(policy.asked_at(2), ["李四", "王五"]);
        assert_eq!(policy.asked_at(99), ["李四", "王五", EVERYBODY]);
    }
}
