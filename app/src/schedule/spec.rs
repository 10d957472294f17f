//! The text of a schedule: cron, interval, once, startup.

mod fault;
mod moment;
mod read;
#[cfg(test)]
mod tests;
mod words;

pub use crate::cron::Dialect;
pub use fault::SpecFault;
pub use moment::{Moment, read_moment};
pub use words::{describe_schedule, describe_text};

use crate::cron::CronExpr;
use crate::i18n::Lang;

const DAY_SECONDS: i64 = 86_400;

/// When a schedule fires, read from its text.
#[derive(Clone, PartialEq, Eq, Debug)]
// Not on wasm32, where pointers are shorter and the lint does not apply.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(
        clippy::large_enum_variant,
        reason = "specs are read, asked and dropped; none is kept in numbers"
    )
)]
pub enum ScheduleSpec {
    /// By calendar and wall clock.
    Cron(CronExpr),
    /// Every so many seconds, counted from an anchor.
    Every {
        /// The interval, 1 s to 366 days.
        seconds: i64,
        /// `2026-11-22T09:00:00` in the task's zone, or with a `Z` an instant; `None` for local
        /// midnight of 1 January 2000, so that `every 1h` is on the hour and `every 1d` at
        /// midnight.
        anchor: Option<String>,
    },
    /// Once, at a time in the task's zone or an instant.
    Once {
        /// The time, as text: `2026-12-01T09:00:00`, or with a `Z` an instant.
        at: String,
    },
    /// Each time a server starts.
    Startup,
}

impl ScheduleSpec {
    /// Parses a text.
    ///
    /// # Errors
    /// The first fault found.
    pub fn parse(text: &str) -> Result<Self, SpecFault> {
        Self::parse_dialect(text, Dialect::Standard)
    }

    /// Parses a text whose cron expression is in a dialect.
    ///
    /// - cron: 5 or 6 fields, `@daily` and the like; as Quartz 6 or 7 fields;
    /// - intervals: `every 90s`, `@every 1h30m`, `every 2 hours from 2026-11-22 09:00`,
    ///   `每 2 小时，从 2026-11-22 09:00 起`;
    /// - once: `2026-12-01 09:00`, `at …`, `once …`, `@at …`, `一次 …`; the time also as RFC 3339;
    /// - at startup: `@startup`, `@reboot`, `启动时`.
    ///
    /// Zone data is not available here: dates are checked against the calendar of the years 2000–2999, and an offset
    /// is converted to UTC.
    ///
    /// # Errors
    /// The first fault found.
    pub fn parse_dialect(text: &str, dialect: Dialect) -> Result<Self, SpecFault> {
        match read::words(text) {
            Some(outcome) => outcome,
            None => CronExpr::parse_dialect(text, dialect)
                .map(Self::Cron)
                .map_err(SpecFault::Cron),
        }
    }

    /// `cron`, `interval`, `once` or `startup`: the name used in the API and the database.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Cron(_) => "cron",
            Self::Every { .. } => "interval",
            Self::Once { .. } => "once",
            Self::Startup => "startup",
        }
    }

    /// The text as it is shown and stored; parsing it gives the same in our dialect.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Cron(expr) => expr.canonical(),
            Self::Every { seconds, anchor } => {
                let every = format!("every {}", crate::duration::format_duration(*seconds));
                match anchor {
                    None => every,
                    Some(anchor) => format!("{every} from {anchor}"),
                }
            }
            Self::Once { at } => format!("at {at}"),
            Self::Startup => "@startup".to_owned(),
        }
    }

    /// In words, which say exactly when it fires: specs with the same words fire at the same times.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        words::spec(self, lang)
    }

    /// What a person should know before saving; empty for most.
    #[must_use]
    pub fn warnings(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Cron(expr) => expr
                .warnings()
                .iter()
                .map(|warning| warning.text(lang))
                .collect(),
            Self::Every {
                seconds,
                anchor: None,
            } if *seconds > 0 && DAY_SECONDS % seconds != 0 => {
                let every = self.canonical();
                vec![lang.pick(
                    format!("没有写起点，从任务时区的 2000-01-01 00:00 起算；要自己定起点，请写 {every} from 2026-12-01 09:00 这样"),
                    format!("No start is given, so it counts from 2000-01-01 00:00 in the task's time zone; to choose the start write, for example, {every} from 2026-12-01 09:00"),
                )]
            }
            _ => Vec::new(),
        }
    }
}
