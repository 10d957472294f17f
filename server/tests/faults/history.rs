//! What is known after a row of faults: what should have fired, what the database says about it, and what the
//! commands have written themselves.

use chrono::{DateTime, TimeDelta, Utc};

/// A schedule under test: it fires at every second of the minute that `every` divides.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// Seconds; divides 60.
    pub(crate) every: i64,
    /// When it was created: the first target is later.
    pub(crate) from: DateTime<Utc>,
    /// The last target is at or before it.
    pub(crate) until: DateTime<Utc>,
    /// Whether an occurrence may be retried.
    pub(crate) retries: bool,
}

impl Schedule {
    /// Whether it should fire at this instant.
    pub(crate) fn names(&self, instant: DateTime<Utc>) -> bool {
        instant.timestamp_subsec_nanos() == 0 && instant.timestamp() % self.every == 0
    }

    /// All instants at which it is to fire, from `since` to `until`, both included.
    pub(crate) fn targets(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Iterator<Item = DateTime<Utc>> {
        let every = self.every;
        let first = (since.timestamp() + i64::from(since.timestamp_subsec_nanos() > 0) + every - 1)
            .div_euclid(every)
            * every;
        (0..)
            .map(move |n| first + n * every)
            .map_while(|second| DateTime::from_timestamp(second, 0))
            .take_while(move |instant| *instant <= until)
    }

    /// The same for the whole time under test.
    pub(crate) fn all_targets(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.targets(self.from + TimeDelta::microseconds(1), self.until)
    }
}

/// A row of the product's table of occurrences.
#[derive(Clone, Debug)]
pub(crate) struct Firing {
    pub(crate) id: i64,
    pub(crate) task: i64,
    pub(crate) schedule: i64,
    pub(crate) scheduled_for: DateTime<Utc>,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    /// How many instants the row covers; the last is `scheduled_for`.
    pub(crate) count: i64,
    pub(crate) since: Option<DateTime<Utc>>,
}

/// A row of the product's table of runs.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: i64,
    pub(crate) occurrence: Option<i64>,
    pub(crate) attempt: i64,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) node: String,
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// A line that a command has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) run: i64,
    pub(crate) scheduled_for: Option<DateTime<Utc>>,
    pub(crate) attempt: i64,
    pub(crate) pid: i32,
    /// By the machine's clock.
    pub(crate) at: DateTime<Utc>,
}

impl Line {
    /// Reads `RUN_ID SCHEDULED_FOR ATTEMPT PID NANOSECONDS`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut word = || words.next();
        let run = word()?.parse().ok()?;
        let scheduled_for = match word()? {
            "-" => None,
            instant => Some(DateTime::parse_from_rfc3339(instant).ok()?.to_utc()),
        };
        let attempt = word()?.parse().ok()?;
        let pid = word()?.parse().ok()?;
        let at = DateTime::from_timestamp_nanos(word()?.parse().ok()?);
        word().is_none().then_some(Self {
            run,
            scheduled_for,
            attempt,
            pid,
            at,
        })
    }
}

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) firings: Vec<Firing>,
    pub(crate) runs: Vec<Run>,
    /// As written: some may be torn.
    pub(crate) lines: Vec<String>,
    /// Whether commands and schedules use the same clock, so that an early start can be detected.
    pub(crate) one_clock: bool,
}
