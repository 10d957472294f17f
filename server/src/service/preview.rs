//! Previews schedules before they are saved: description, warnings, and the next firings with the
//! skipped ones in between.

mod list;

use app::backend::Answer;
use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;
use app::occurrence::ScheduleWords;
use app::page::{Preview, PreviewRequest};
use app::schedule::{
    Named, SCHEDULES_MAX, Schedule, ScheduleDraft, ScheduleSpec, describe_schedule,
};
use app::task::{Task, TaskSpec};
use app::time::{Stamp, ZoneRules};
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::Service;
use super::checks::{check_named, window as window_of};
use crate::error::OrInternal;
use crate::firings::{CompiledSchedule, Snapshot};
use crate::texts::tasks::TaskFault;
use crate::texts::times::TimeFault;
use crate::texts::warnings::{PreviewNote, between_schedules};
use crate::texts::{Fault, Say};
use crate::timetable::{Patterns, known_version, rules, zone};
pub(super) use list::{DENSE, STRETCH};
use list::{list, notes};

/// The default number of firings of a preview.
const FIRINGS: u32 = 10;
/// The most firings a preview may have.
const FIRINGS_MAX: u32 = 1_000;
/// Skipped firings that a preview shows.
const LEFT_OUT: usize = 50;

/// The inputs of a preview besides the request.
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
    /// The most starts to list.
    pub starts: u32,
    /// The most skipped firings to list.
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
            rules: &self.calendar_cache.snapshot(),
            patterns: &self.patterns,
            now: self.clock.now(),
            starts: FIRINGS_MAX,
            left_out: LEFT_OUT,
        };
        preview(lang, request, &basis, saved.as_ref())
    }
}

/// Previews schedules without a server; `saved` is the task they belong to.
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
    let found =
        zone(zone_name).map_err(|_| TimeFault::unknown_zone(zone_name).alone("zone", lang))?;
    let task = task_of(lang, request, basis, zone_name, &found, saved)?;
    let compiled_schedules: Vec<CompiledSchedule> = task
        .schedules
        .iter()
        .filter_map(|schedule| CompiledSchedule::new(schedule, &task, basis.rules, basis.patterns))
        .collect();
    let now = basis.now;
    let from = request.after.map_or(now, |after| after.0);
    let count = request.count.unwrap_or(FIRINGS).clamp(1, basis.starts) as usize;
    let firings = list(
        lang,
        &task,
        &compiled_schedules,
        &found,
        from,
        (count, basis.left_out),
    );
    let next: Vec<Stamp> = firings
        .iter()
        .filter(|firing| firing.excluded.is_none())
        .map(|firing| firing.due_at)
        .collect();
    let mut warnings: Vec<PreviewNote> = notes(&compiled_schedules, &firings, from);
    if next.len() < count
        && let Some(end) = task.ends_at.filter(|end| end.0 >= from)
    {
        let end = rules(zone_name, &found, end.0).full(end);
        let zone = zone_name.to_owned();
        warnings.push(PreviewNote::WindowEnds { end, zone });
    }
    let mut warnings: Vec<String> = warnings.iter().map(|note| note.say(lang)).collect();
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
            .join(between_schedules(lang)),
        warnings,
        schedules,
        zone: rules(zone_name, &found, around),
        viewer: viewer(&request.viewer_zone, around),
        next,
        firings,
        tz_version: known_version().version.clone(),
    })
}

/// The task that a request describes; only the fields that decide when it fires are filled in.
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
    let typed = drafts
        .iter()
        .enumerate()
        .filter(|(index, draft)| *index == 0 || !draft.is_blank());
    // Every reader may request a preview: no more is computed than could be saved.
    if typed.clone().count() > SCHEDULES_MAX {
        return Err(TaskFault::TooManySchedules.alone("schedules", lang));
    }
    let mut named = Named::default();
    let mut schedules: Vec<Schedule> = typed
        .filter_map(|(index, draft)| draft.read(index, lang, &mut named, &mut faults))
        .collect();
    check_named(lang, &named, zone, basis.rules, &mut faults);
    let window = (request.starts_at.as_str(), request.ends_at.as_str());
    let (starts_at, ends_at) = window_of(lang, window, zone, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::invalid(lang, faults));
    }
    for schedule in &mut schedules {
        adopt_id(schedule, saved);
    }
    // A task that is not saved yet begins at the requested time.
    let begin = request
        .after
        .map_or(basis.now, |after| after.0.min(basis.now));
    let spec = TaskSpec {
        tags: request.tags.clone(),
        zone: zone_name.to_owned(),
        schedules,
        starts_at: starts_at.map(Stamp),
        ends_at: ends_at.map(Stamp),
        ..TaskSpec::default()
    };
    Ok(match saved {
        Some(saved) => Task {
            spec,
            ..saved.clone()
        },
        None => Task::entered(TaskId(0), spec, Stamp(begin)),
    })
}

/// Gives a schedule the id of the saved one with the same text: the id determines the jitter.
fn adopt_id(schedule: &mut Schedule, saved: Option<&Task>) {
    let same = |task: &Task| {
        let mut all = task.schedules.iter();
        all.find(|one| one.spec == schedule.spec).map(|one| one.id)
    };
    if let Some(id) = saved.and_then(same) {
        schedule.id = id;
    }
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
