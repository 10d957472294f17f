//! What schedules mean before they are saved: words, warnings, and the next firings with
//! everything that is left out between them.

use app::backend::Answer;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{ScheduleId, TaskId};
use app::occurrence::{ClockChange, Exclusion, Firing, ScheduleWords};
use app::page::{Preview, PreviewRequest};
use app::schedule::{
    DayRule, Jitter, Purpose, Schedule, ScheduleDraft, ScheduleSpec, check_spec, describe_schedule,
    field,
};
use app::task::{Mode, Task, TaskState, parse_duration};
use app::time::{Stamp, ZoneRules};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use jiff::tz::TimeZone;

use super::Service;
use super::checks::{instant, unknown_zone};
use super::words::{clock_change_text, excluded_text, note_text};
use crate::error::OrInternal;
use crate::firings::{Merge, Rhythm, Slot, Snapshot};
use crate::timetable::{Patterns, clock_changes, known_version, rules, zone};

/// Firings of a preview when nothing else is asked for.
const FIRINGS: u32 = 10;
/// Firings of a preview at the most.
const FIRINGS_MAX: u32 = 1_000;
/// Left-out firings that a preview shows.
const LEFT_OUT: usize = 50;
/// Left-out firings of one stretch that are shown before the rest of it is stepped over.
const STRETCH: usize = 3;

/// What a preview goes by, besides what is asked.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The zone of a request that names none.
    pub default_zone: &'a str,
    /// Calendars and blackouts.
    pub rules: &'a Snapshot,
    /// Parsed patterns.
    pub patterns: &'a Patterns,
    /// The clock.
    pub now: DateTime<Utc>,
    /// Starts that are listed at the most.
    pub starts: u32,
    /// Left-out firings that are listed at the most.
    pub left_out: usize,
}

impl Service {
    pub(super) async fn preview_of(&self, lang: Lang, request: &PreviewRequest) -> Answer<Preview> {
        let saved = match request.task_id {
            Some(id) => self.store.task(id).await.or_internal(lang)?,
            None => None,
        };
        let basis = Basis {
            default_zone: &self.default_zone,
            rules: &self.almanac.snapshot(),
            patterns: &self.patterns,
            now: self.clock.now(),
            starts: FIRINGS_MAX,
            left_out: LEFT_OUT,
        };
        preview(lang, request, &basis, saved.as_ref())
    }
}

/// What schedules mean, without a server; `saved` is the task they belong to.
///
/// # Errors
/// The faults of the request.
pub fn preview(
    lang: Lang,
    request: &PreviewRequest,
    basis: &Basis<'_>,
    saved: Option<&Task>,
) -> Answer<Preview> {
    let zone_name = match request.zone.trim() {
        "" => basis.default_zone,
        name => name,
    };
    let found = zone(zone_name)
        .map_err(|_| AppError::invalid(lang, vec![unknown_zone(lang, zone_name)]))?;
    let task = task_of(lang, request, basis, zone_name, &found, saved)?;
    let rhythms: Vec<Rhythm> = task
        .schedules
        .iter()
        .filter_map(|schedule| Rhythm::new(schedule, &task, basis.rules, basis.patterns))
        .collect();
    let now = basis.now;
    let from = request.after.map_or(now, |after| after.0);
    let count = request.count.unwrap_or(FIRINGS).clamp(1, basis.starts) as usize;
    let firings = list(lang, &task, &rhythms, &found, from, (count, basis.left_out));
    let next: Vec<Stamp> = firings
        .iter()
        .filter(|firing| firing.excluded.is_none())
        .map(|firing| firing.due_at)
        .collect();
    let mut warnings = notes(lang, &rhythms, &firings, from);
    if next.len() < count
        && let Some(end) = task.ends_at.filter(|end| end.0 >= from)
    {
        let end = rules(zone_name, &found, end.0).local(end);
        warnings.push(lang.pick(
            format!("截止时间是 {end}，之后不再执行"),
            format!("The window ends at {end}; nothing fires after that"),
        ));
    }
    let schedules: Vec<ScheduleWords> = task
        .schedules
        .iter()
        .map(|schedule| words_of(schedule, lang))
        .collect();
    for words in &schedules {
        for warning in &words.warnings {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
    }
    let around = next.first().map_or(now, |first| first.0);
    Ok(Preview {
        cron: schedules
            .first()
            .map(|schedule| schedule.spec.clone())
            .unwrap_or_default(),
        words: schedules
            .iter()
            .map(|schedule| schedule.words.as_str())
            .collect::<Vec<_>>()
            .join(lang.pick("；", "; ")),
        warnings,
        schedules,
        zone: rules(zone_name, &found, around),
        viewer: viewer(&request.viewer_zone, around),
        next,
        firings,
        tz_version: known_version().version.clone(),
    })
}

/// The task that a request speaks of; only what decides when it fires is filled in.
fn task_of(
    lang: Lang,
    request: &PreviewRequest,
    basis: &Basis<'_>,
    zone_name: &str,
    zone: &TimeZone,
    saved: Option<&Task>,
) -> Answer<Task> {
    let mut faults = Vec::new();
    let drafts = if request.schedules.is_empty() {
        vec![ScheduleDraft::plain(&request.cron)]
    } else {
        request.schedules.clone()
    };
    let mut schedules = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        if index > 0 && draft.is_blank() {
            continue;
        }
        schedules.extend(schedule_of(lang, index, draft, basis, saved, &mut faults));
    }
    let starts_at = instant("starts_at", &request.starts_at, zone, lang, &mut faults);
    let ends_at = instant("ends_at", &request.ends_at, zone, lang, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::invalid(lang, faults));
    }
    // A task that is not saved yet begins with what is asked for.
    let begin = request
        .after
        .map_or(basis.now, |after| after.0.min(basis.now));
    let born = saved.map_or(Stamp(begin), |task| task.created_at);
    Ok(Task {
        id: saved.map_or(TaskId(0), |task| task.id),
        name: String::new(),
        nickname: String::new(),
        owners: Vec::new(),
        tags: request.tags.clone(),
        mode: Mode::Command,
        command: String::new(),
        zone: zone_name.to_owned(),
        cron: String::new(),
        schedules,
        urge_cron: None,
        urging: false,
        channel_id: None,
        starts_at: starts_at.map(Stamp),
        ends_at: ends_at.map(Stamp),
        timeout_seconds: None,
        missed: app::schedule::MissedRule::default(),
        state: saved.map_or(TaskState::Active, |task| task.state),
        paused_until: saved.and_then(|task| task.paused_until),
        finished: false,
        version: 1,
        created_at: born,
        updated_at: born,
        next_at: None,
    })
}

fn schedule_of(
    lang: Lang,
    index: usize,
    draft: &ScheduleDraft,
    basis: &Basis<'_>,
    saved: Option<&Task>,
    faults: &mut Vec<FieldError>,
) -> Option<Schedule> {
    let dialect = draft.dialect().unwrap_or_default();
    let spec = check_spec(&field(index, "spec"), &draft.spec, dialect, lang, faults)?;
    let spec = spec.canonical();
    let rule: DayRule = draft.day_rule.parse().unwrap_or_default();
    let calendar = Some(draft.calendar.trim().to_owned()).filter(|name| !name.is_empty());
    if rule.asks_calendar() && basis.rules.calendar(calendar.as_deref()).is_none() {
        faults.push(FieldError::new(
            &field(index, "calendar"),
            "unknown",
            lang.pick("没有这个日历", "There is no such calendar"),
        ));
    }
    // The saved schedule with the same text: its id decides the jitter.
    let id = saved
        .and_then(|task| task.schedules.iter().find(|saved| saved.spec == spec))
        .map_or(ScheduleId(0), |schedule| schedule.id);
    Some(Schedule {
        id,
        purpose: Purpose::Work,
        spec,
        day_rule: rule,
        calendar,
        jitter: Jitter {
            seconds: parse_duration(&draft.jitter).ok().flatten().unwrap_or(0),
            stable: draft.jitter_stable,
        },
    })
}

fn words_of(schedule: &Schedule, lang: Lang) -> ScheduleWords {
    ScheduleWords {
        spec: schedule.spec.clone(),
        words: describe_schedule(schedule, lang),
        warnings: ScheduleSpec::parse(&schedule.spec)
            .map(|spec| spec.warnings(lang))
            .unwrap_or_default(),
    }
}

fn viewer(name: &str, around: DateTime<Utc>) -> Option<ZoneRules> {
    let name = name.trim();
    let zone = zone(name).ok()?;
    Some(rules(name, &zone, around))
}

/// The next `count` starts, with what is left out between them, which is bounded, too.
fn list(
    lang: Lang,
    task: &Task,
    rhythms: &[Rhythm],
    zone: &TimeZone,
    from: DateTime<Utc>,
    (count, left_out_max): (usize, usize),
) -> Vec<Firing> {
    let mut firings: Vec<Firing> = Vec::new();
    let mut merge = Merge::new(rhythms, from);
    let (mut starts, mut left_out) = (0, 0);
    // How many were left out in a row, by schedule.
    let mut stretch = vec![0_usize; rhythms.len()];
    let mut before = from;
    while starts < count
        && left_out < left_out_max
        && let Some((index, slot)) = merge.next()
    {
        let changes = clock_changes(zone, before, slot.at);
        before = slot.at;
        let rhythm = &rhythms[index];
        for firing in &slot.firings {
            let excluded = firing.excluded.as_ref().map(|excluded| Exclusion {
                code: excluded.code().to_owned(),
                text: excluded_text(lang, excluded, rhythm, &task.zone),
            });
            if excluded.is_some() {
                left_out += 1;
                stretch[index] += 1;
            } else {
                starts += 1;
                stretch[index] = 0;
            }
            let settled = rhythm.schedule.id != ScheduleId(0);
            firings.push(Firing {
                schedule: u32::try_from(index).unwrap_or(u32::MAX),
                scheduled_for: Stamp(firing.scheduled_for),
                due_at: Stamp(if settled || excluded.is_some() {
                    firing.due_at
                } else {
                    without_jitter(firing, &slot)
                }),
                due_until: rhythm
                    .jitter_until(slot.at)
                    .filter(|_| !settled && excluded.is_none())
                    .map(Stamp),
                clock_change: changes.last().map(|(at, was, is)| ClockChange {
                    at: Stamp(*at),
                    text: clock_change_text(lang, *was, *is),
                }),
                note: note_text(lang, firing, &slot, rhythm),
                excluded,
            });
        }
        if stretch[index] >= STRETCH {
            merge.skip_to(index, rhythm.behind(&slot));
            stretch[index] = 0;
        }
    }
    firings
}

/// The start of a firing whose jitter is not settled before it is saved.
fn without_jitter(firing: &crate::firings::Firing, slot: &Slot) -> DateTime<Utc> {
    // A blackout puts off further than jitter does, to its end, which is settled.
    if firing.put_off {
        firing.due_at
    } else {
        slot.at
    }
}

/// Years without data, in the firings shown and half a year behind them.
fn notes(lang: Lang, rhythms: &[Rhythm], firings: &[Firing], from: DateTime<Utc>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let last = firings.last().map_or(from, |firing| firing.due_at.0);
    for rhythm in rhythms {
        let Some(calendar) = rhythm.calendar() else {
            continue;
        };
        for year in from.year()..=(last + TimeDelta::days(1)).year().min(from.year() + 20) {
            if i16::try_from(year).is_ok_and(|year| calendar.has_year(year)) {
                continue;
            }
            let name = &calendar.name;
            let note = lang.pick(
                format!("日历 {name} 没有 {year} 年的数据，该年按周一至周五为工作日计算"),
                format!("Calendar {name} has no data for {year}: Monday to Friday count as work days then"),
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
