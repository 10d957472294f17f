//! The form of a manual start: its parameters, the rules that it overrides, and whether it has to wait.

use std::collections::HashSet;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::id::TaskId;
use app::run::{NoRoom, WaitReason};
use app::schedule::DayRule;
use app::task::RunForm;
use app::task::execution::{Overlap, WaitsFor, WaitsHow};
use app::task::{Task, TaskState};
use chrono::{DateTime, TimeDelta, Utc};

use super::super::super::Service;
use crate::admission::{Admission, AvailableSlots};
use crate::auth::token::random_id;
use crate::error::OrInternal;
use crate::firings::CompiledSchedule;
use crate::texts::Say;
use crate::texts::starts::{Overlapping, Override};
use crate::texts::times::local;
use crate::timetable::{civil_date, zone};

/// The end of a blackout is not shown if it is further away than this.
const FAR: TimeDelta = TimeDelta::days(366);

impl Service {
    pub(in crate::service) async fn run_form(
        &self,
        caller: &Caller,
        id: TaskId,
    ) -> Answer<RunForm> {
        self.allow(caller, Action::Read)?;
        let (lang, now) = (caller.lang, self.clock.now());
        let task = self.find_task(lang, id).await?;
        let mut overrides: Vec<Override> = state_of(&task, now).into_iter().collect();
        overrides.extend(window_of(&task, now));
        overrides.extend(self.blackouts_of(&task, now));
        overrides.extend(days_of(&task, &self.compiled_schedules(&task), now));
        overrides.extend(self.open_dependencies(lang, &task, now).await?);
        Ok(RunForm {
            overlap: self
                .overlapping(lang, &task)
                .await?
                .map(|overlapping| overlapping.say(lang)),
            parameters: task.execution.parameters.clone(),
            overrides: overrides.iter().map(|rule| rule.say(lang)).collect(),
            idempotency_key: random_id(16),
        })
    }

    /// The blackouts in force now.
    fn blackouts_of(&self, task: &Task, now: DateTime<Utc>) -> Vec<Override> {
        let holding = self.calendar_cache.snapshot().concerning(&task.tags);
        holding
            .iter()
            .filter_map(|quiet| {
                let (_, until) = quiet.at(now)?;
                Some(Override::Blackout {
                    name: quiet.name.clone(),
                    until: (until - now <= FAR).then(|| local(until, &task.zone)),
                })
            })
            .collect()
    }

    /// The dependencies that are not met.
    async fn open_dependencies(
        &self,
        lang: Lang,
        task: &Task,
        now: DateTime<Utc>,
    ) -> Answer<Option<Override>> {
        let waits = &task.execution.waits;
        if waits.tasks.is_empty() {
            return Ok(None);
        }
        let since = now - TimeDelta::seconds(waits.fresh_seconds);
        let only_success = waits.what == WaitsFor::Success;
        let done: HashSet<TaskId> = self
            .store
            .ended_since(&waits.tasks, since, only_success)
            .await
            .or_internal(lang)?;
        let open: Vec<TaskId> = waits
            .tasks
            .iter()
            .copied()
            .filter(|id| !done.contains(id))
            .collect();
        let met = match waits.how {
            WaitsHow::All => open.is_empty(),
            WaitsHow::Any => !done.is_empty(),
        };
        if met {
            return Ok(None);
        }
        let mut known = self.store.task_names(&open).await.or_internal(lang)?;
        let names = open.into_iter();
        let names = names.map(|id| known.remove(&id).unwrap_or_else(|| format!("#{id}")));
        Ok(Some(Override::Dependencies {
            names: names.collect(),
        }))
    }

    /// How active runs affect a start.
    async fn overlapping(&self, lang: Lang, task: &Task) -> Answer<Option<Overlapping>> {
        let (runs, slots) = self.store.room(task.id).await.or_internal(lang)?;
        let mut room = AvailableSlots::new(&slots, &runs);
        let before = room.queued(task.id);
        let replaces = task.execution.overlap == Overlap::Replace;
        Ok(match room.admit(task) {
            Admission::Start => None,
            Admission::Wait(WaitReason::Overlap) if replaces => Some(Overlapping::Replaces),
            Admission::Wait(WaitReason::Overlap | WaitReason::Retry) => {
                Some(Overlapping::Queues { place: before + 1 })
            }
            Admission::Wait(WaitReason::Pool) => {
                let pool = task.execution.pool.as_str();
                let full = |name: &str| {
                    let used = runs
                        .iter()
                        .filter(|run| run.waits.is_none() && run.pool.as_deref() == Some(name));
                    slots
                        .get(name)
                        .is_some_and(|all| used.count() >= *all as usize)
                };
                Some(if !pool.is_empty() && full(pool) {
                    let pool = pool.to_owned();
                    Overlapping::PoolFull { pool }
                } else {
                    Overlapping::AllFull
                })
            }
            Admission::LeaveOut(NoRoom::QueueFull) => Some(Overlapping::QueueFull),
            Admission::LeaveOut(NoRoom::Overlap) => Some(Overlapping::Running),
        })
    }
}

/// Whether the task is paused or closed.
fn state_of(task: &Task, now: DateTime<Utc>) -> Option<Override> {
    match task.state {
        TaskState::Active => None,
        TaskState::Closed => Some(Override::Closed),
        TaskState::Paused => match task.paused_until {
            Some(until) if until.0 <= now => None,
            until => Some(Override::Paused {
                until: until.map(|until| local(until.0, &task.zone)),
            }),
        },
    }
}

/// Whether now lies outside the task's window.
fn window_of(task: &Task, now: DateTime<Utc>) -> Option<Override> {
    if let Some(start) = task.starts_at.filter(|start| now < start.0) {
        let start = local(start.0, &task.zone);
        return Some(Override::NotYet { start });
    }
    let end = task.ends_at.filter(|end| end.0 < now)?;
    let end = local(end.0, &task.zone);
    Some(Override::Over { end })
}

/// Why none of the schedules would fire on this day; `None` where one may.
fn days_of(
    task: &Task,
    compiled_schedules: &[CompiledSchedule],
    now: DateTime<Utc>,
) -> Option<Override> {
    let zone = zone(&task.zone).ok()?;
    let today = civil_date(&zone, now);
    let rules: Option<Vec<Override>> = compiled_schedules
        .iter()
        .map(|compiled| {
            let calendar = compiled.calendar()?;
            let work = calendar.is_work(today);
            let name = calendar.day_name(today).map(str::to_owned);
            match compiled.rule {
                DayRule::WorkDays | DayRule::NextWorkDay | DayRule::PreviousWorkDay if !work => {
                    let today = today.to_string();
                    Some(Override::DayOff { today, name })
                }
                DayRule::RestDays if work => {
                    let today = today.to_string();
                    Some(Override::WorkDay { today, name })
                }
                DayRule::NthWorkDay(nth)
                    if calendar.nth_work_day(today.year(), today.month(), nth) != Some(today) =>
                {
                    let today = today.to_string();
                    Some(Override::OtherWorkDay { today })
                }
                _ => None,
            }
        })
        .collect();
    rules?.into_iter().next()
}
