//! Warnings about a task that was saved and is probably not what was meant.

use app::backend::Answer;
use app::i18n::Lang;
use app::page::PreviewRequest;
use app::schedule::{Schedule, ScheduleSpec};
use app::task::execution::{EnvVar, env_warnings};
use app::task::{Task, TaskState};
use app::ticket::{FIRINGS_OPEN_MAX, Opens};
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::super::Service;
use super::super::preview::{Basis, preview};
use crate::firings::{CompiledSchedule, Snapshot};
use crate::texts::warnings::TaskWarning;
use crate::texts::{Say, both};
use crate::timetable::{Patterns, parse_instant, zone};

/// Starts to compute: one is enough to know that the task fires.
const STARTS: u32 = 1;

impl Service {
    /// The warnings of a task: those of its schedules, as the form shows them, that it never fires again,
    /// those of its chase schedule, that its tickets ask no one, and those of its variables.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_warnings(&self, lang: Lang, task: &Task) -> Answer<Vec<String>> {
        let mut warnings = self.own_warnings(lang, task);
        warnings.extend(self.unasked(lang, task).await?);
        Ok(warnings)
    }

    /// Those that the task has without regard to channels and rules.
    fn own_warnings(&self, lang: Lang, task: &Task) -> Vec<String> {
        let time = |at: Option<app::time::Stamp>| at.map(|at| at.rfc3339()).unwrap_or_default();
        let request = PreviewRequest {
            schedules: task.schedules.iter().map(Schedule::draft).collect(),
            task_id: Some(task.id),
            tags: task.tags.clone(),
            zone: task.zone.clone(),
            starts_at: time(task.starts_at),
            ends_at: time(task.ends_at),
            count: Some(STARTS),
            ..PreviewRequest::default()
        };
        let rules = self.calendar_cache.snapshot();
        let now = self.clock.now();
        let basis = Basis {
            default_zone: &self.default_zone,
            rules: &rules,
            patterns: &self.patterns,
            now,
            starts: STARTS,
            left_out: 0,
        };
        let mut warnings = Vec::new();
        // A saved task has no faults; a zone that was removed from the data since is reported elsewhere.
        if let Ok(preview) = preview(lang, &request, &basis, Some(task)) {
            warnings = preview.warnings;
            let explained = task.schedules.iter().any(|schedule| {
                let spec = ScheduleSpec::parse(&schedule.spec);
                // It fires when the server starts, or has its own warning that it never fires.
                matches!(spec, Ok(ScheduleSpec::Startup))
            });
            if preview.next.is_empty() && !explained {
                let why = nothing_to_come(task, now, &rules, &self.patterns);
                warnings.extend(why.map(|why| why.say(lang)));
            }
        }
        warnings.extend(
            self.crowding(task, now, &rules)
                .map(|warning| warning.say(lang)),
        );
        let urge = urge_warnings(task, now);
        warnings.extend(urge.iter().map(|warning| warning.say(lang)));
        warnings.extend(env_warnings(&task.execution.env, lang));
        warnings.extend(zone_warning(&task.execution.env).map(|warning| warning.say(lang)));
        if task.execution.limits.memory_mib.is_some()
            && let Some(executor) = &self.executor
            && !executor.bounds_memory_of_runs()
        {
            warnings.push(TaskWarning::MemoryOfEachProcess.say(lang));
        }
        if task.mode.runs_command()
            && task.execution.http.is_none()
            && let Some(executor) = &self.executor
            && let Some(path) = executor.missing_shell(&task.execution.shell)
        {
            warnings.push(TaskWarning::NoShell { path }.say(lang));
        }
        warnings
    }
}

impl Service {
    /// Whether the firings of a task open tickets faster than these expire.
    fn crowding(&self, task: &Task, now: DateTime<Utc>, rules: &Snapshot) -> Option<TaskWarning> {
        if task.tickets.opens != Opens::Firing {
            return None;
        }
        let end = task.tickets.policy.expires_at(now);
        let mut firings = 0;
        for schedule in &task.schedules {
            let Some(compiled) = CompiledSchedule::new(schedule, task, rules, &self.patterns)
            else {
                continue;
            };
            let mut at = now;
            // A rule may skip most of them.
            for _ in 0..20 * FIRINGS_OPEN_MAX {
                let Some(slot) = compiled.next(at).filter(|slot| slot.at < end) else {
                    break;
                };
                at = slot.at;
                let starts = slot.firings.iter().any(|firing| firing.excluded.is_none());
                firings += u64::from(starts);
                if firings > FIRINGS_OPEN_MAX {
                    break;
                }
            }
        }
        (firings > FIRINGS_OPEN_MAX).then_some(TaskWarning::ManyTickets {
            expires_after: task.tickets.policy.expires_after_seconds,
        })
    }
}

/// Why a task never fires again, where the user can change that.
fn nothing_to_come(
    task: &Task,
    now: DateTime<Utc>,
    rules: &Snapshot,
    patterns: &Patterns,
) -> Option<TaskWarning> {
    let (start, end) = (task.starts_at.map(|at| at.0), task.ends_at.map(|at| at.0));
    if end.is_some_and(|end| end < now) {
        return Some(TaskWarning::Over);
    }
    if let Some(times) = single_times(task) {
        let all = |test: &dyn Fn(DateTime<Utc>) -> bool| times.iter().all(|at| test(*at));
        return if all(&|at| at <= now) {
            Some(TaskWarning::Past)
        } else if all(&|at| end.is_some_and(|end| at > end)) {
            Some(TaskWarning::BehindWindow)
        } else if all(&|at| start.is_some_and(|start| at < start)) {
            Some(TaskWarning::BeforeWindow)
        } else if times
            .iter()
            .all(|at| *at <= now || !in_window(*at, start, end))
        {
            Some(TaskWarning::NeverInWindow)
        } else {
            // Something else prevents it, such as a blackout.
            None
        };
    }
    // Firings that a pause or a blackout skips do not concern the window.
    let fires = |task: &Task| {
        let mut schedules = task.schedules.iter();
        schedules.any(|schedule| {
            let compiled = CompiledSchedule::new(schedule, task, rules, patterns);
            compiled.is_some_and(|compiled| compiled.next(now).is_some())
        })
    };
    let mut free = Task {
        state: TaskState::Active,
        paused_until: None,
        ..task.clone()
    };
    (free.spec.starts_at, free.spec.ends_at) = (None, None);
    (!fires(task) && fires(&free)).then_some(TaskWarning::NeverInWindow)
}

/// Whether an instant lies in a window, both ends inclusive.
fn in_window(at: DateTime<Utc>, start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> bool {
    start.is_none_or(|start| start <= at) && end.is_none_or(|end| at <= end)
}

/// The times of a task whose schedules are all single times.
fn single_times(task: &Task) -> Option<Vec<DateTime<Utc>>> {
    let zone = zone(&task.zone).ok()?;
    let time = |spec: &str| match ScheduleSpec::parse(spec) {
        Ok(ScheduleSpec::Once { at }) => parse_instant(&at, &zone),
        _ => None,
    };
    task.schedules
        .iter()
        .map(|schedule| time(&schedule.spec))
        .collect()
}

/// The warnings of the chase schedule.
fn urge_warnings(task: &Task, now: DateTime<Utc>) -> Vec<TaskWarning> {
    let Some(spec) = (task.urge_cron.as_deref()).and_then(|urge| ScheduleSpec::parse(urge).ok())
    else {
        return Vec::new();
    };
    // Both lists have the same warnings, in the two languages.
    let (zh, en) = (spec.warnings(Lang::Zh), spec.warnings(Lang::En));
    let mut warnings: Vec<TaskWarning> = zh
        .into_iter()
        .zip(en)
        .map(|(zh, en)| TaskWarning::Urge {
            warning: both(zh, en),
        })
        .collect();
    if let (ScheduleSpec::Once { at }, Ok(zone)) = (&spec, zone(&task.zone))
        && parse_instant(at, &zone).is_some_and(|at| at <= now)
    {
        warnings.push(TaskWarning::UrgePast);
    }
    warnings
}

/// The warning for an unknown zone in the variable `TZ`: the C library then silently uses UTC.
fn zone_warning(env: &[EnvVar]) -> Option<TaskWarning> {
    // With its own zone data the command may know other zones.
    if env.iter().any(|one| one.name == "TZDIR") {
        return None;
    }
    let value = &env.iter().find(|one| one.name == "TZ")?.value;
    (!is_zone_of_libc(value)).then(|| TaskWarning::UnknownTz {
        value: value.clone(),
    })
}

/// Whether the C library understands a value of `TZ`: a name, a file, or a POSIX rule such as `CST-8`
/// (tzset(3)).
fn is_zone_of_libc(value: &str) -> bool {
    let name = value.strip_prefix(':').unwrap_or(value);
    let plain = ["posix/", "right/"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    name.is_empty()
        || name.starts_with('/')
        || zone(plain.unwrap_or(name)).is_ok()
        || TimeZone::posix(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_the_c_library_does_not_know_is_reported() {
        for known in [
            "",
            ":",
            "UTC",
            "UTC0",
            "Asia/Shanghai",
            ":Europe/Berlin",
            "posix/Europe/Berlin",
            "/usr/share/zoneinfo/Europe/Berlin",
            "CST-8",
            "<+08>-8",
            "CET-1CEST,M3.5.0,M10.5.0/3",
        ] {
            assert!(is_zone_of_libc(known), "{known}");
        }
        for unknown in ["Mars/Base", "asia/shanghai", "Beijing", "UTC+"] {
            assert!(!is_zone_of_libc(unknown), "{unknown}");
        }
        let variable = |name: &str, value: &str| EnvVar {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut env = vec![variable("TZ", "Mars/Base")];
        let value = "Mars/Base".to_owned();
        assert_eq!(zone_warning(&env), Some(TaskWarning::UnknownTz { value }));
        env.push(variable("TZDIR", "/opt/zones"));
        assert_eq!(zone_warning(&env), None);
    }
}
