//! A schedule in a zone: when it fires.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::civil::{at_time_on, civil, wall};
use super::pattern::Pattern;
use super::{cron, instant, unix};

/// A schedule of any kind in a zone.
#[derive(Clone, Debug)]
pub struct Cycle {
    kind: Kind,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
enum Kind {
    Cron(Arc<Pattern>),
    Every {
        seconds: i64,
        anchor: DateTime<Utc>,
    },
    Once {
        at: DateTime<Utc>,
        /// It was named as a time that the clock jumps over.
        is_shifted: bool,
    },
    Startup,
}

impl Cycle {
    pub(super) fn cron(pattern: Arc<Pattern>, zone: TimeZone) -> Self {
        Self {
            kind: Kind::Cron(pattern),
            zone,
        }
    }

    /// Fires every so many seconds, at `anchor` and at all whole intervals before and after it.
    ///
    /// Clock changes do not affect it. An interval that is not positive never fires.
    #[must_use]
    pub fn every(seconds: i64, anchor: DateTime<Utc>, zone: TimeZone) -> Self {
        let kind = Kind::Every { seconds, anchor };
        Self { kind, zone }
    }

    /// Fires once.
    #[must_use]
    pub fn once(at: DateTime<Utc>, zone: TimeZone) -> Self {
        let kind = Kind::Once {
            at,
            is_shifted: false,
        };
        Self { kind, zone }
    }

    /// Fires once, at the first instant after the time that was named, which the clock jumps over.
    #[must_use]
    pub fn once_after_gap(at: DateTime<Utc>, zone: TimeZone) -> Self {
        let kind = Kind::Once {
            at,
            is_shifted: true,
        };
        Self { kind, zone }
    }

    /// Fires when the server starts, so never by the clock.
    #[must_use]
    pub fn startup(zone: TimeZone) -> Self {
        let kind = Kind::Startup;
        Self { kind, zone }
    }

    /// The zone whose clock it follows.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// True if it names fixed times, which fire once whatever the clock does: a single instant,
    /// or an expression without a wildcard in its time of day.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        match &self.kind {
            Kind::Cron(pattern) => pattern.fixed,
            Kind::Once { .. } => true,
            Kind::Every { .. } | Kind::Startup => false,
        }
    }

    /// True if it fires exactly then.
    #[must_use]
    pub fn names(&self, at: DateTime<Utc>) -> bool {
        match &self.kind {
            Kind::Cron(pattern) => {
                at.timestamp_subsec_nanos() == 0 && cron::names(pattern, &self.zone, unix(at))
            }
            _ => self.previous_at_or_before(at) == Some(at),
        }
    }

    /// True if it fires once and never again.
    #[must_use]
    pub fn is_once(&self) -> bool {
        matches!(self.kind, Kind::Once { .. })
    }

    /// True if a firing at this instant replaces a time that the clock jumped over.
    #[must_use]
    pub fn is_shifted(&self, at: DateTime<Utc>) -> bool {
        match &self.kind {
            Kind::Cron(pattern) => pattern.fixed && !pattern.contains(wall(civil(&self.zone, at))),
            Kind::Once { is_shifted, .. } => *is_shifted,
            Kind::Every { .. } | Kind::Startup => false,
        }
    }

    /// The first firing after an instant; `None` when there is none, or none before the year 5000.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = match &self.kind {
            Kind::Cron(pattern) => instant(cron::next(pattern, &self.zone, unix(after))?),
            Kind::Every { seconds, anchor } => {
                firing(*anchor, *seconds, intervals(*anchor, *seconds, after)? + 1)
                    .filter(|next| unix(*next) < END)
            }
            Kind::Once { at, .. } => Some(*at),
            Kind::Startup => None,
        }?;
        // Never trust an answer that does not move forward: the scheduler would loop endlessly.
        (next > after).then_some(next)
    }

    /// The first firing after an instant that lies in a window, both ends inclusive.
    #[must_use]
    pub fn next_in(
        &self,
        after: DateTime<Utc>,
        starts_at: Option<DateTime<Utc>>,
        ends_at: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let from = match starts_at {
            Some(start) if start > after => just_before(start),
            _ => after,
        };
        self.next_after(from)
            .filter(|next| ends_at.is_none_or(|end| *next <= end))
    }

    /// The last firing at an instant or before it; `None` when there is none, or none after the
    /// year 1 or within the 500 years before.
    #[must_use]
    pub fn previous_at_or_before(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let previous = match &self.kind {
            Kind::Cron(pattern) => instant(cron::previous(pattern, &self.zone, unix(at))?),
            Kind::Every { seconds, anchor } => {
                firing(*anchor, *seconds, intervals(*anchor, *seconds, at)?)
            }
            Kind::Once { at: only, .. } => Some(*only),
            Kind::Startup => None,
        }?;
        (previous <= at).then_some(previous)
    }

    /// How many firings there are after `after` and up to `until`, exactly.
    ///
    /// The cost grows with the days and the clock changes between the two, not with the firings: ten years take some
    /// 0.1 ms.
    #[must_use]
    pub fn count_between(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
        if until <= after {
            return 0;
        }
        let count = match &self.kind {
            Kind::Cron(pattern) => {
                i128::from(cron::count(pattern, &self.zone, unix(after), unix(until)))
            }
            Kind::Every { seconds, anchor } => {
                let passed = |at| intervals(*anchor, *seconds, at).unwrap_or(0);
                passed(until) - passed(after)
            }
            Kind::Once { at, .. } => i128::from(*at > after && *at <= until),
            Kind::Startup => 0,
        };
        u64::try_from(count).unwrap_or(0)
    }

    /// The time of day, to the second, of the first firing on a date; with `not_before`, of the first whose time of
    /// day is not before that.
    ///
    /// A time that fell into a gap counts on the date and at the time at which it fires.
    #[must_use]
    pub fn first_on(&self, date: Date, not_before: Option<Time>) -> Option<Time> {
        let wanted = date.to_datetime(not_before.unwrap_or(Time::midnight()));
        let mut from = just_before(at_time_on(&self.zone, date, wanted.time()));
        // One step is enough, except where the clock is put back: there the time has to come again.
        for _ in 0..8 {
            let next = self.next_after(from)?;
            let found = civil(&self.zone, next);
            if found.date() > date {
                return None;
            }
            if found >= wanted {
                return Some(found.time());
            }
            let missing = wanted.duration_since(found).as_secs();
            from =
                just_before(next.checked_add_signed(TimeDelta::try_seconds(missing)?)?).max(next);
        }
        None
    }
}

const NANOS: i128 = 1_000_000_000;

/// 5000-01-01T00:00:00Z: intervals end where the years of expressions do.
const END: i64 = 95_617_584_000;

/// Nanoseconds since 1970, for all representable instants.
fn nanos(at: DateTime<Utc>) -> i128 {
    i128::from(at.timestamp()) * NANOS + i128::from(at.timestamp_subsec_nanos())
}

/// How many whole intervals of `step` seconds lie between the anchor and an instant; negative before the anchor, and
/// `None` for an invalid interval.
fn intervals(anchor: DateTime<Utc>, step: i64, at: DateTime<Utc>) -> Option<i128> {
    (step > 0).then(|| (nanos(at) - nanos(anchor)).div_euclid(i128::from(step) * NANOS))
}

/// The instant so many intervals after the anchor, if it is representable.
fn firing(anchor: DateTime<Utc>, step: i64, count: i128) -> Option<DateTime<Utc>> {
    let step = i128::from(step) * NANOS;
    let at = nanos(anchor).checked_add(step.checked_mul(count)?)?;
    let seconds = i64::try_from(at.div_euclid(NANOS)).ok()?;
    let fraction = u32::try_from(at.rem_euclid(NANOS)).ok()?;
    DateTime::from_timestamp(seconds, fraction)
}

fn just_before(at: DateTime<Utc>) -> DateTime<Utc> {
    at.checked_sub_signed(TimeDelta::nanoseconds(1))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}
