//! A compiled schedule: one schedule with all rules that decide when it fires.

use std::sync::Arc;

use app::id::ScheduleId;
use app::schedule::{DayRule, Jitter, Schedule, ScheduleSpec};
use app::task::{Task, TaskState};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Firing, ResolvedBlackout, Slot, Snapshot, days, jitter};
use crate::calendar::WorkCalendar;
use crate::timetable::{Cycle, Patterns, is_in_gap, parse_instant, start_of_day, zone};

/// A pause of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pause {
    /// When it ends; `None` until a person resumes the task.
    pub until: Option<DateTime<Utc>>,
}

/// A schedule with everything that decides when it starts something.
#[derive(Clone, Debug)]
pub struct CompiledSchedule {
    /// The schedule's id.
    pub id: ScheduleId,
    /// Which days count.
    pub rule: DayRule,
    pub(super) jitter: Jitter,
    pub(super) cycle: Cycle,
    startup: bool,
    /// When the task was created.
    born: DateTime<Utc>,
    pub(super) calendar: Option<Arc<WorkCalendar>>,
    pub(super) starts_at: Option<DateTime<Utc>>,
    pub(super) ends_at: Option<DateTime<Utc>>,
    pub(super) quiet: Box<[Arc<ResolvedBlackout>]>,
    pub(super) pause: Option<Pause>,
}

impl CompiledSchedule {
    /// A schedule of a task under the current calendars and blackouts; `None` when this version cannot read it, or
    /// its zone no longer exists.
    #[must_use]
    pub fn new(
        schedule: &Schedule,
        task: &Task,
        rules: &Snapshot,
        patterns: &Patterns,
    ) -> Option<Self> {
        // Each by its name: a field that has no effect on firings is unused, which does not compile.
        let Schedule {
            id,
            // The caller passes the schedules in force.
            purpose: _,
            spec,
            day_rule,
            calendar,
            jitter,
        } = schedule;
        let zone = zone(&task.zone).ok()?;
        let spec = ScheduleSpec::parse(spec).ok()?;
        let cycle = match &spec {
            ScheduleSpec::Cron(expr) => patterns.cycle(expr, zone)?,
            ScheduleSpec::Every { seconds, anchor } => {
                let anchor = match anchor {
                    Some(text) => parse_instant(text, &zone)?,
                    None => start_of_day(&zone, jiff::civil::date(2000, 1, 1)),
                };
                Cycle::every(*seconds, anchor, zone)
            }
            ScheduleSpec::Once { at } => {
                let named = at;
                let at = parse_instant(named, &zone)?;
                match is_in_gap(named, &zone) {
                    true => Cycle::once_after_gap(at, zone),
                    false => Cycle::once(at, zone),
                }
            }
            ScheduleSpec::Startup => Cycle::startup(zone),
        };
        let calendar = day_rule
            .asks_calendar()
            .then(|| calendar_of(calendar.as_deref(), task, rules));
        Some(Self {
            id: *id,
            rule: *day_rule,
            jitter: *jitter,
            cycle,
            startup: spec == ScheduleSpec::Startup,
            born: task.created_at.0,
            calendar,
            starts_at: task.starts_at.map(|at| at.0),
            ends_at: task.ends_at.map(|at| at.0),
            quiet: rules.concerning(&task.tags).into(),
            pause: (task.state == TaskState::Paused).then(|| Pause {
                until: task.paused_until.map(|at| at.0),
            }),
        })
    }

    /// The engine's part of it.
    #[must_use]
    pub fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// The calendar that its day rule uses, if any.
    #[must_use]
    pub fn calendar(&self) -> Option<&Arc<WorkCalendar>> {
        self.calendar.as_ref()
    }

    /// Whether it fires when a server starts.
    #[must_use]
    pub fn is_startup(&self) -> bool {
        self.startup
    }

    /// Whether it counts as a fixed time when clocks change or are set.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.cycle.is_fixed()
    }

    /// Whether an instant lies in the task's window, both ends inclusive.
    #[must_use]
    pub fn in_window(&self, at: DateTime<Utc>) -> bool {
        self.starts_at.is_none_or(|start| start <= at) && self.ends_at.is_none_or(|end| at <= end)
    }

    /// The last instant up to `until` within the window.
    #[must_use]
    pub fn window_end(&self, until: DateTime<Utc>) -> DateTime<Utc> {
        self.ends_at.map_or(until, |end| end.min(until))
    }

    /// The firings caused by a start of the server at `now`.
    #[must_use]
    pub fn at_startup(&self, now: DateTime<Utc>) -> Option<Firing> {
        (self.startup && self.in_window(now)).then(|| {
            let mut firing = Firing::plain(now);
            self.shut_out(&mut firing, now);
            firing
        })
    }

    /// The first slot after an instant, including one that a rule skips.
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>) -> Option<Slot> {
        let mut slot = self.raw_next(after)?;
        let room = (self.jitter.seconds > 0)
            .then(|| self.raw_next(slot.at).map(|next| next.at - slot.at))
            .flatten();
        for firing in &mut slot.firings {
            if firing.excluded.is_some() {
                continue;
            }
            firing.due_at =
                slot.at + jitter::delay(self.jitter, self.id, firing.scheduled_for, room);
            self.shut_out(firing, slot.at);
        }
        Some(slot)
    }

    /// The latest start that jitter allows a firing of the slot at `at`.
    #[must_use]
    pub fn jitter_until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.jitter.seconds > 0).then(|| {
            let room = self.raw_next(at).map(|next| next.at - at);
            at + jitter::limit(self.jitter, room)
        })
    }

    pub(super) fn raw_next(&self, after: DateTime<Utc>) -> Option<Slot> {
        if self.startup {
            return None;
        }
        let from = match self.starts_at {
            Some(start) if start > after => start - TimeDelta::microseconds(1),
            _ => after,
        };
        let slot = match (self.rule, self.calendar.as_deref()) {
            (DayRule::NextWorkDay, Some(calendar)) => {
                days::moved(&self.cycle, calendar, true, self.born, from)
            }
            (DayRule::PreviousWorkDay, Some(calendar)) => {
                days::moved(&self.cycle, calendar, false, self.born, from)
            }
            (DayRule::NthWorkDay(nth), Some(calendar)) => {
                days::nth(&self.cycle, calendar, nth, from)
            }
            (rule, calendar) => days::kept(&self.cycle, rule, calendar, from),
        }?;
        // Never trust an answer that does not move forward: the scheduler would loop endlessly.
        (slot.at > after && self.ends_at.is_none_or(|end| slot.at <= end)).then_some(slot)
    }
}

/// The calendar that a schedule uses. A missing one, as after a downgrade, must not stop the schedule: Monday to
/// Friday counts then, with a warning.
fn calendar_of(name: Option<&str>, task: &Task, rules: &Snapshot) -> Arc<WorkCalendar> {
    rules.calendar(name).unwrap_or_else(|| {
        tracing::error!(
            task.id = task.id.0,
            calendar = name,
            "there is no such calendar; Monday to Friday count as working days"
        );
        Arc::new(WorkCalendar {
            name: name.unwrap_or_default().to_owned(),
            ..WorkCalendar::default()
        })
    })
}
