//! "Why did it (not) run at …": one sentence, from the ledger for the past and from the schedule for
//! the future.

mod ledger;

use app::backend::Answer;
use app::i18n::Lang;
use app::id::{OccurrenceId, RunId};
use app::occurrence::{Explanation, Verdict};
use app::task::{Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

use super::Service;
use crate::error::OrInternal;
use crate::firings::{CompiledSchedule, Excluded, Firing, Slot};
use crate::texts::explain::BySchedule;
use crate::texts::times::{TimeFault, local};
use crate::texts::{Fault, Say, Text, firings};
use crate::timetable::{at_time_on, civil_date, parse_instant, rules, time_of_day, zone};

/// The content of an explanation, before it is made a sentence.
struct ExplanationText {
    verdict: Verdict,
    words: Text,
    occurrence_id: Option<OccurrenceId>,
    run_id: Option<RunId>,
}

impl ExplanationText {
    /// From the schedule.
    fn new(verdict: Verdict, why: &BySchedule) -> Self {
        Self {
            verdict,
            words: why.words(),
            occurrence_id: None,
            run_id: None,
        }
    }
}

impl Service {
    pub(super) async fn explain(&self, lang: Lang, task: &Task, text: &str) -> Answer<Explanation> {
        let zone = zone(&task.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        // A time of day alone means today.
        let found = match time_of_day(text) {
            Some(time) => Some(at_time_on(&zone, civil_date(&zone, self.clock.now()), time)),
            None => parse_instant(text, &zone),
        };
        let Some(at) = found else {
            return Err(TimeFault::NotAMoment.alone("at", lang));
        };
        let until = at + asked_length(text, at);
        let said = match self.ledger_says(lang, task, at, until).await? {
            Some(said) => said,
            None => self.schedule_says(lang, task, at, until).await?,
        };
        Ok(Explanation {
            at: Stamp(at),
            verdict: said.verdict,
            sentence: said.words.of(lang),
            occurrence_id: said.occurrence_id,
            run_id: said.run_id,
            zone: rules(&task.zone, &zone, at),
        })
    }

    /// The explanation by the schedule, where the ledger has no row.
    async fn schedule_says(
        &self,
        lang: Lang,
        task: &Task,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<ExplanationText> {
        let now = self.clock.now();
        let shown = local(at, &task.zone);
        if until < task.created_at.0 {
            let created = local(task.created_at.0, &task.zone);
            return Ok(ExplanationText::new(
                Verdict::NotCreated,
                &BySchedule::NotCreated { created },
            ));
        }
        let gone = self.store.gone_until(task.id).await.or_internal(lang)?;
        if let Some(gone) = gone.filter(|gone| at <= *gone) {
            let until = local(gone, &task.zone);
            return Ok(ExplanationText::new(
                Verdict::Unknown,
                &BySchedule::Gone { at: shown, until },
            ));
        }
        if let Some(said) = self.controls_say(lang, task, at, now).await? {
            return Ok(said);
        }
        if task.starts_at.is_some_and(|start| until < start.0)
            || task.ends_at.is_some_and(|end| at > end.0)
        {
            let bound =
                |at: Option<Stamp>| at.map_or("…".to_owned(), |at| local(at.0, &task.zone));
            let (from, to) = (bound(task.starts_at), bound(task.ends_at));
            let at = shown;
            return Ok(ExplanationText::new(
                Verdict::Window,
                &BySchedule::OutsideWindow { at, from, to },
            ));
        }
        let compiled_schedules = self.compiled_schedules(task);
        let named = compiled_schedules
            .iter()
            .filter_map(|compiled| Some((compiled, named_in(compiled, at, until)?)))
            // The one at the instant itself, then one that starts: that explains more than a skipped one.
            .min_by_key(|(_, (_, firing))| (firing.scheduled_for != at, firing.excluded.is_some()));
        if let Some((compiled, (slot, firing))) = named {
            return Ok(of_named(task, compiled, (&slot, &firing), now));
        }
        let before = compiled_schedules
            .iter()
            .filter_map(|compiled| compiled.cycle().previous_at_or_before(at))
            .max();
        let after = compiled_schedules
            .iter()
            .filter_map(|compiled| compiled.next_start(until))
            .map(|firing| firing.due_at)
            .min();
        let edited = (at < task.updated_at.0 && at < now).then_some(task.updated_at.0);
        let shown_in_zone = |at: DateTime<Utc>| local(at, &task.zone);
        Ok(ExplanationText::new(
            Verdict::NotNamed,
            &BySchedule::NotNamed {
                at: shown,
                schedule: Text::each(|lang| task.cycle_words(lang)),
                before: before.map(shown_in_zone),
                after: after.map(shown_in_zone),
                edited: edited.map(shown_in_zone),
            },
        ))
    }

    /// The explanation by a pause or a close, where one held at that time.
    async fn controls_say(
        &self,
        lang: Lang,
        task: &Task,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Answer<Option<ExplanationText>> {
        let last = self
            .store
            .last_control(task.id, at.min(now))
            .await
            .or_internal(lang)?;
        let Some((action, when, who)) = last else {
            return Ok(None);
        };
        let when = local(when, &task.zone);
        Ok(match action.as_str() {
            "task.close" => Some(ExplanationText::new(
                Verdict::Closed,
                &BySchedule::Closed { who, when },
            )),
            "task.pause"
                if at <= now
                    || (task.state == TaskState::Paused
                        && task.paused_until.is_none_or(|until| at < until.0)) =>
            {
                Some(ExplanationText::new(
                    Verdict::Paused,
                    &BySchedule::Paused { who, when },
                ))
            }
            _ => None,
        })
    }
}

/// How much more than its first instant a time means: the minute, where it has no seconds, else the second.
fn asked_length(text: &str, at: DateTime<Utc>) -> TimeDelta {
    let exact = at.timestamp_subsec_nanos() != 0;
    let length = match (names_seconds(text), exact) {
        (_, true) => return TimeDelta::zero(),
        (true, false) => TimeDelta::seconds(1),
        (false, false) => TimeDelta::minutes(1),
    };
    // The database keeps microseconds.
    length - TimeDelta::microseconds(1)
}

/// Whether a time has seconds: `09:00:30`, and not `2026-12-01T09:00+08:00`.
fn names_seconds(text: &str) -> bool {
    let colon = |c: char| matches!(c, ':' | '\u{ff1a}');
    let Some((_, behind_hours)) = text.split_once(colon) else {
        return false;
    };
    let without_offset = behind_hours.split(['+', '-']).next();
    without_offset.is_some_and(|clock| clock.contains(colon))
}

/// The explanation of a firing that a schedule names.
fn of_named(
    task: &Task,
    compiled: &CompiledSchedule,
    (slot, firing): (&Slot, &Firing),
    now: DateTime<Utc>,
) -> ExplanationText {
    let due = local(firing.due_at, &task.zone);
    if let Some(excluded) = &firing.excluded {
        let why = firings::excluded(excluded, compiled, &task.zone);
        let verdict = match excluded {
            Excluded::Paused => Verdict::Paused,
            Excluded::Day { .. }
            | Excluded::Merged { .. }
            | Excluded::Nowhere { .. }
            | Excluded::Blackout { .. } => Verdict::Skipped,
        };
        return ExplanationText::new(verdict, &BySchedule::Excluded { why });
    }
    if firing.due_at > now {
        let note = firings::note(firing, slot, compiled);
        return ExplanationText::new(Verdict::Planned, &BySchedule::Planned { due, note });
    }
    // Named by the schedule, in the past, and not in the ledger.
    let why = if slot.at < task.updated_at.0 {
        let edited = local(task.updated_at.0, &task.zone);
        BySchedule::NamedSince { edited, due }
    } else {
        BySchedule::NoRecord { due }
    };
    ExplanationText::new(Verdict::Unknown, &why)
}

/// The firing of a schedule that is planned for this period, or starts in it, with its slot.
fn named_in(
    compiled: &CompiledSchedule,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Option<(Slot, Firing)> {
    let before = at - TimeDelta::microseconds(1);
    let chosen = |slot: Slot| {
        // Other slots may be merged with the one planned for it.
        let firing = slot
            .firings
            .iter()
            .min_by_key(|firing| {
                let named = at <= firing.scheduled_for && firing.scheduled_for <= until;
                (!named, firing.excluded.is_some())
            })?
            .clone();
        Some((slot, firing))
    };
    if let Some(slot) = compiled.next(before).filter(|slot| slot.at <= until) {
        return chosen(slot);
    }
    let cycle = compiled.cycle();
    // Planned there, and moved elsewhere by a day rule.
    let moved = cycle
        .next_after(before)
        .filter(|named| *named <= until)
        .and_then(|named| compiled.slot_of(named));
    // Planned earlier, and postponed to it by jitter or a blackout.
    let postponed = || {
        let named = cycle.previous_at_or_before(before)?;
        let slot = compiled.slot_of(named)?;
        let starts = |firing: &Firing| at <= firing.due_at && firing.due_at <= until;
        let found = slot
            .firings
            .iter()
            .any(|f| f.excluded.is_none() && starts(f));
        found.then_some(slot)
    };
    moved.or_else(postponed).and_then(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_means_its_minute_or_its_second() {
        let table = [
            ("09:00", 59_999_999),
            ("9\u{ff1a}00", 59_999_999),
            ("2026-12-01", 59_999_999),
            ("2026-12-01 09:00", 59_999_999),
            ("2026-12-01T09:00Z", 59_999_999),
            ("2026-12-01T09:00+08:00", 59_999_999),
            ("09:00:00", 999_999),
            ("9\u{ff1a}00\u{ff1a}00", 999_999),
            ("2026-12-01T09:00:00Z", 999_999),
            ("2026-12-01T09:00:00-03:30", 999_999),
        ];
        let whole = DateTime::UNIX_EPOCH;
        for (text, micros) in table {
            let length = asked_length(text, whole);
            assert_eq!(length.num_microseconds(), Some(micros), "{text}");
        }
        let part = whole + TimeDelta::microseconds(5);
        assert!(asked_length("09:00:00.000005", part).is_zero());
    }
}
