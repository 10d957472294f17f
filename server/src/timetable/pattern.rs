//! Cron patterns on wall clock times, without zones: what matches, and how often.

use std::collections::{HashMap, VecDeque};
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::cron::CronExpr;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::civil::{face, wall};
use super::cycle::Cycle;

/// 0001-01-01T00:00:00 to 5000-01-01T00:00:00 (exclusive) in wall clock time: the years croner searches.
const KNOWN: Range<i64> = -62_135_596_800..95_617_584_000;

/// Seconds of a civil day.
pub(super) const DAY: i64 = 86_400;

/// The Gregorian calendar repeats after 400 years, weekdays and all: 20,871 whole weeks.
const CALENDAR_DAYS: i64 = 146_097;

/// Parsed patterns, shared: a pattern takes 6 KB and 13 µs to parse, and many tasks have the same one.
#[derive(Debug, Default)]
pub struct Patterns {
    parsed: Mutex<HashMap<String, Arc<Pattern>>>,
}

impl Patterns {
    /// The cycle of a checked expression in a zone; `None` when the engine refuses it, which no expression accepted
    /// by our parser is known to cause.
    #[must_use]
    pub fn cycle(&self, expr: &CronExpr, zone: TimeZone) -> Option<Cycle> {
        let text = expr.engine_text();
        let known = self.parsed().get(&text).cloned();
        let pattern = match known {
            Some(pattern) => pattern,
            None => {
                // Without the lock: finding out that an expression never fires takes 1 ms, which other callers need
                // not wait for.
                let pattern = Arc::new(Pattern::new(expr, &text)?);
                let mut parsed = self.parsed();
                if parsed.len() >= 10_000 {
                    parsed.clear();
                }
                Arc::clone(parsed.entry(text).or_insert(pattern))
            }
        };
        Some(Cycle::cron(pattern, zone))
    }

    fn parsed(&self) -> MutexGuard<'_, HashMap<String, Arc<Pattern>>> {
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pattern with what counting needs.
#[derive(Debug)]
pub(super) struct Pattern {
    cron: Cron,
    expr: CronExpr,
    times: Times,
    /// See [`CronExpr::is_fixed_time`].
    pub(super) fixed: bool,
    /// No date ever matches. Finding that out takes croner 1 ms, so it is computed once.
    never: bool,
    found: Found,
}

impl Pattern {
    fn new(expr: &CronExpr, text: &str) -> Option<Self> {
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        let cron = parser.parse(text).ok()?;
        // The last 400 years that croner searches contain every possible date.
        let start = Date::constant(4600, 1, 1).to_datetime(jiff::civil::Time::midnight());
        let never = cron.find_next_occurrence(&start, true).is_err();
        Some(Self {
            times: Times {
                hours: bits(&cron.pattern.hours.values()),
                minutes: bits(&cron.pattern.minutes.values()),
                seconds: bits(&cron.pattern.seconds.values()),
            },
            fixed: expr.is_fixed_time(),
            expr: expr.clone(),
            cron,
            never,
            found: Found::default(),
        })
    }

    /// The first matching wall clock time from `low` on.
    pub(super) fn first(&self, low: i64) -> Option<i64> {
        if self.never || low >= KNOWN.end {
            return None;
        }
        if let Some(found) = self.found.after(low) {
            return Some(found);
        }
        let from = face(low.max(KNOWN.start));
        let found = wall(self.cron.find_next_occurrence(&from, true).ok()?);
        KNOWN.contains(&found).then(|| {
            self.found.note(low, found);
            found
        })
    }

    /// The last matching wall clock time up to `high`.
    pub(super) fn last(&self, high: i64) -> Option<i64> {
        if self.never || high < KNOWN.start {
            return None;
        }
        let high = face(high.min(KNOWN.end - 1));
        let found = self.cron.find_previous_occurrence(&high, true).ok()?;
        Some(wall(found)).filter(|found| KNOWN.contains(found))
    }

    /// Whether a wall clock time matches.
    pub(super) fn contains(&self, at: i64) -> bool {
        KNOWN.contains(&at)
            && self.times.contains(at.rem_euclid(DAY))
            && self.has_date(face(at).date())
    }

    /// How many wall clock times match in `from..to`; the negative of `to..from` if that is reversed.
    pub(super) fn count(&self, from: i64, to: i64) -> i64 {
        if from > to {
            return -self.count(to, from);
        }
        let from = from.clamp(KNOWN.start, KNOWN.end);
        let to = to.clamp(KNOWN.start, KNOWN.end);
        if self.never || from == to {
            return 0;
        }
        let (first, last) = (from.div_euclid(DAY), to.div_euclid(DAY));
        let days = last - first;
        let part = |at: i64| {
            let before = self.times.before(at.rem_euclid(DAY));
            if before > 0 && self.has_date(face(at).date()) {
                before
            } else {
                0
            }
        };
        let repeats = days / CALENDAR_DAYS;
        let mut dates = self.dates(first, days % CALENDAR_DAYS);
        if repeats > 0 {
            dates += repeats * self.dates(first, CALENDAR_DAYS);
        }
        dates * self.times.total() + part(to) - part(from)
    }

    /// How many of `days` dates match, the first being day `first` of the Unix epoch.
    fn dates(&self, first: i64, days: i64) -> i64 {
        let mut date = face(first * DAY).date();
        let mut matching = 0;
        for _ in 0..days {
            matching += i64::from(self.has_date(date));
            date = date.tomorrow().unwrap_or(Date::MAX);
        }
        matching
    }

    fn has_date(&self, date: Date) -> bool {
        let (Ok(month), Ok(day)) = (u8::try_from(date.month()), u8::try_from(date.day())) else {
            return false;
        };
        self.expr.matches_date(i32::from(date.year()), month, day)
    }
}

/// The last answers of croner. Many tasks have equal patterns and ask about the same moment, and the search is by far
/// the most work.
#[derive(Debug, Default)]
struct Found(Mutex<VecDeque<RangeInclusive<i64>>>);

impl Found {
    /// Ranges that are kept: tasks with one pattern are in several zones, and ask from several moments.
    const KEPT: usize = 4;

    /// The first match from `low` on, if known: in a range, only the end matches.
    fn after(&self, low: i64) -> Option<i64> {
        let stretches = self.stretches();
        let known = stretches.iter().find(|stretch| stretch.contains(&low))?;
        Some(*known.end())
    }

    /// Records that `found` is the first match from `low` on.
    fn note(&self, low: i64, found: i64) {
        let mut stretches = self.stretches();
        stretches.truncate(Self::KEPT - 1);
        stretches.push_front(low..=found);
    }

    fn stretches(&self) -> MutexGuard<'_, VecDeque<RangeInclusive<i64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The matching times of day: every combination of an hour, a minute and a second.
#[derive(Debug)]
struct Times {
    hours: u64,
    minutes: u64,
    seconds: u64,
}

impl Times {
    /// How many there are.
    fn total(&self) -> i64 {
        size(self.hours) * size(self.minutes) * size(self.seconds)
    }

    /// How many come before a second of the day.
    fn before(&self, second: i64) -> i64 {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let mut count = size(below(self.hours, hour)) * size(self.minutes) * size(self.seconds);
        if has(self.hours, hour) {
            count += size(below(self.minutes, minute)) * size(self.seconds);
            if has(self.minutes, minute) {
                count += size(below(self.seconds, second));
            }
        }
        count
    }

    fn contains(&self, second: i64) -> bool {
        has(self.hours, second / 3600)
            && has(self.minutes, second / 60 % 60)
            && has(self.seconds, second % 60)
    }
}

fn bits(values: &[u16]) -> u64 {
    values
        .iter()
        .fold(0, |bits, value| bits | 1 << (value % 64))
}

fn size(bits: u64) -> i64 {
    i64::from(bits.count_ones())
}

fn has(bits: u64, value: i64) -> bool {
    bits >> value & 1 == 1
}

/// The bits of smaller values only.
fn below(bits: u64, value: i64) -> u64 {
    bits & ((1 << value) - 1)
}
