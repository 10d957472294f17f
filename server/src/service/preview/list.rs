//! The firings of a preview.

use app::i18n::Lang;
use app::id::ScheduleId;
use app::occurrence::{ClockChange, Exclusion, Firing};
use app::task::Task;
use app::time::Stamp;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use jiff::tz::TimeZone;

use crate::firings::{CompiledSchedule, Merge, Slot};
use crate::texts::firings as words;
use crate::texts::warnings::PreviewNote;
use crate::timetable::clock_changes;

/// Slots that are searched for starts, in addition to the requested number.
const SLOTS: usize = 4_000;
/// Skipped firings in a row that are shown before the rest of them is omitted.
pub(in crate::service) const STRETCH: usize = 3;
/// Skipped firings less than this apart are in a row.
pub(in crate::service) const DENSE: TimeDelta = TimeDelta::hours(20);

/// The next `count` starts, with a limited number of the skipped firings in between.
pub(super) fn list(
    lang: Lang,
    task: &Task,
    compiled_schedules: &[CompiledSchedule],
    zone: &TimeZone,
    from: DateTime<Utc>,
    (count, left_out_max): (usize, usize),
) -> Vec<Firing> {
    let mut firings: Vec<Firing> = Vec::new();
    let mut merge = Merge::new(compiled_schedules, from);
    let (mut starts, mut left_out, mut slots) = (0, 0, 0);
    // How many were skipped in a row, by schedule.
    let mut stretch = vec![(0_usize, from); compiled_schedules.len()];
    let mut before = from;
    while starts < count
        && slots < SLOTS + count
        && let Some((index, slot)) = merge.next()
    {
        slots += 1;
        let changes = clock_changes(zone, before, slot.at);
        let compiled = &compiled_schedules[index];
        let shown = firings.len();
        for firing in &slot.firings {
            let excluded = firing.excluded.as_ref().map(|excluded| Exclusion {
                code: excluded.reason().as_str().to_owned(),
                text: words::excluded(excluded, compiled, &task.zone).of(lang),
            });
            if excluded.is_some() {
                // Skipped firings days apart each get a line; dense ones are omitted.
                let dense = slot.at - stretch[index].1 < DENSE;
                stretch[index] = (if dense { stretch[index].0 + 1 } else { 1 }, slot.at);
                left_out += 1;
                if left_out > left_out_max {
                    continue;
                }
            } else {
                starts += 1;
                stretch[index] = (0, slot.at);
            }
            let settled = compiled.id != ScheduleId(0);
            firings.push(Firing {
                schedule: u32::try_from(index).unwrap_or(u32::MAX),
                scheduled_for: Stamp(firing.scheduled_for),
                due_at: Stamp(if settled || excluded.is_some() {
                    firing.due_at
                } else {
                    without_jitter(firing, &slot)
                }),
                due_until: compiled
                    .jitter_until(slot.at)
                    .filter(|_| !settled && excluded.is_none())
                    .map(Stamp),
                clock_change: changes.last().map(|(at, was, is)| ClockChange {
                    at: Stamp(*at),
                    text: words::clock_change(*was, *is).of(lang),
                }),
                note: words::note(firing, &slot, compiled).map(|note| note.of(lang)),
                excluded,
            });
        }
        if firings.len() > shown {
            // Otherwise the next one that is shown would mark the clock change.
            before = slot.at;
        }
        if stretch[index].0 >= STRETCH {
            merge.skip_to(index, compiled.behind(&slot));
            stretch[index] = (0, slot.at);
        }
    }
    firings
}

/// The start of a firing without its jitter, which is not known before the schedule is saved.
fn without_jitter(firing: &crate::firings::Firing, slot: &Slot) -> DateTime<Utc> {
    // A blackout postpones to its end, which is later than any jitter and is known.
    if firing.postponed {
        firing.due_at
    } else {
        slot.at
    }
}

/// Notes on years without data, in the period shown and the half year after it.
pub(super) fn notes(
    compiled_schedules: &[CompiledSchedule],
    firings: &[Firing],
    from: DateTime<Utc>,
) -> Vec<PreviewNote> {
    let mut notes: Vec<PreviewNote> = Vec::new();
    let last = firings.last().map_or(from, |firing| firing.due_at.0);
    for compiled in compiled_schedules {
        let Some(calendar) = compiled.calendar() else {
            continue;
        };
        for year in from.year()..=(last + TimeDelta::days(1)).year().min(from.year() + 20) {
            if i16::try_from(year).is_ok_and(|year| calendar.has_year(year)) {
                continue;
            }
            let note = PreviewNote::NoDataFor {
                calendar: calendar.name.clone(),
                year,
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
