//! What a start by hand asks for, which rules it overrides, and what becomes of it.

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
use super::super::super::words::local;
use crate::admission::{Admission, Room};
use crate::auth::token::random_id;
use crate::error::OrInternal;
use crate::firings::CompiledSchedule;
use crate::timetable::{civil_date, zone};

/// A blackout that ends later than this has no end worth telling.
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
        let mut overrides = state_says(lang, &task, now);
        overrides.extend(window_says(lang, &task, now));
        overrides.extend(self.blackouts_say(lang, &task, now));
        overrides.extend(days_say(lang, &task, &self.compiled_schedules(&task), now));
        overrides.extend(self.dependencies_say(lang, &task, now).await?);
        Ok(RunForm {
            overlap: self.overlap_says(lang, &task).await?,
            parameters: task.execution.parameters.clone(),
            overrides,
            idempotency_key: random_id(16),
        })
    }

    /// The blackouts that hold now.
    fn blackouts_say(&self, lang: Lang, task: &Task, now: DateTime<Utc>) -> Vec<String> {
        let holding = self.calendar_cache.snapshot().concerning(&task.tags);
        holding
            .iter()
            .filter_map(|quiet| {
                let (_, until) = quiet.at(now)?;
                let name = &quiet.name;
                Some(if until - now > FAR {
                    lang.pick(
                        format!("处于停跑时段“{name}”"),
                        format!("The blackout \"{name}\" is in force"),
                    )
                } else {
                    let until = local(until, &task.zone);
                    lang.pick(
                        format!("处于停跑时段“{name}”，到 {until} 为止"),
                        format!("The blackout \"{name}\" is in force until {until}"),
                    )
                })
            })
            .collect()
    }

    /// The tasks it depends on that are not done.
    async fn dependencies_say(
        &self,
        lang: Lang,
        task: &Task,
        now: DateTime<Utc>,
    ) -> Answer<Option<String>> {
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
        let mut names = Vec::new();
        for id in open {
            let found = self.store.task(id).await.or_internal(lang)?;
            names.push(found.map_or_else(|| format!("#{id}"), |task| task.spec.name));
        }
        Ok(Some(lang.pick(
            format!("所依赖的任务还没有完成：{}", names.join("、")),
            format!(
                "Tasks it depends on have not finished: {}",
                names.join(", ")
            ),
        )))
    }

    /// What runs under way make of a start.
    async fn overlap_says(&self, lang: Lang, task: &Task) -> Answer<Option<String>> {
        let (runs, slots) = self.store.room().await.or_internal(lang)?;
        let mut room = Room::new(&slots, &runs);
        let before = room.queued(task.id);
        let replaces = task.execution.overlap == Overlap::Replace;
        let said = match room.admit(task) {
            Admission::Start => None,
            Admission::Wait(WaitReason::Overlap) if replaces => Some(
                lang.pick(
                    "任务正在执行：会先终止它，再启动这一次",
                    "The task is running: that run is stopped first, then this one starts",
                )
                .to_owned(),
            ),
            Admission::Wait(WaitReason::Overlap | WaitReason::Retry) => {
                let place = before + 1;
                Some(lang.pick(
                    format!("任务正在执行：这一次会排队，是第 {place} 个"),
                    format!("The task is running: this run will be queued at position {place}"),
                ))
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
                    lang.pick(
                        format!("并发池“{pool}”没有空名额：这一次会等到有名额再启动"),
                        format!("The pool \"{pool}\" has no free slot: this run will wait for one"),
                    )
                } else {
                    lang.pick(
                        "同时执行的总数已到上限：这一次会等到有空位再启动",
                        "The limit of concurrent runs is reached: this run will wait",
                    )
                    .to_owned()
                })
            }
            Admission::LeaveOut(NoRoom::QueueFull) => Some(
                lang.pick(
                    "任务正在执行，队列也满了：现在启动会被拒绝",
                    "The task is running and its queue is full: starting it now is refused",
                )
                .to_owned(),
            ),
            Admission::LeaveOut(NoRoom::Overlap) => Some(
                lang.pick(
                    "任务正在执行：现在启动会被拒绝",
                    "The task is running: starting it now is refused",
                )
                .to_owned(),
            ),
        };
        Ok(said)
    }
}

/// Says whether the task is paused or closed.
fn state_says(lang: Lang, task: &Task, now: DateTime<Utc>) -> Vec<String> {
    let said = match task.state {
        TaskState::Active => None,
        TaskState::Closed => Some(lang.pick("任务已结单", "The task is closed").to_owned()),
        TaskState::Paused => match task.paused_until {
            Some(until) if until.0 <= now => None,
            Some(until) => {
                let until = local(until.0, &task.zone);
                Some(lang.pick(
                    format!("任务已暂停，到 {until} 为止"),
                    format!("The task is paused until {until}"),
                ))
            }
            None => Some(lang.pick("任务已暂停", "The task is paused").to_owned()),
        },
    };
    said.into_iter().collect()
}

/// Whether now lies outside the task's window.
fn window_says(lang: Lang, task: &Task, now: DateTime<Utc>) -> Option<String> {
    if let Some(start) = task.starts_at.filter(|start| now < start.0) {
        let start = local(start.0, &task.zone);
        return Some(lang.pick(
            format!("还没到有效期开始时间 {start}"),
            format!("The task's active period does not begin until {start}"),
        ));
    }
    task.ends_at.filter(|end| end.0 < now).map(|end| {
        let end = local(end.0, &task.zone);
        lang.pick(
            format!("已过有效期结束时间 {end}"),
            format!("The task's active period ended at {end}"),
        )
    })
}

/// Why none of the schedules would fire on this day; `None` where one may.
fn days_say(
    lang: Lang,
    task: &Task,
    compiled_schedules: &[CompiledSchedule],
    now: DateTime<Utc>,
) -> Option<String> {
    let zone = zone(&task.zone).ok()?;
    let today = civil_date(&zone, now);
    let mut said = compiled_schedules
        .iter()
        .map(|compiled| {
            let calendar = compiled.calendar()?;
            let work = calendar.is_work(today);
            let named = calendar
                .day_name(today)
                .map(|name| lang.pick(format!("（{name}）"), format!(" ({name})")))
                .unwrap_or_default();
            match compiled.rule {
                DayRule::WorkDays | DayRule::NextWorkDay | DayRule::PreviousWorkDay if !work => {
                    Some(lang.pick(
                        format!("今天 {today}{named}是休息日，任务只在工作日执行"),
                        format!("Today, {today}{named}, is a day off; the task runs on working days"),
                    ))
                }
                DayRule::RestDays if work => Some(lang.pick(
                    format!("今天 {today}{named}是工作日，任务只在休息日执行"),
                    format!("Today, {today}{named}, is a working day; the task runs on days off"),
                )),
                DayRule::NthWorkDay(nth)
                    if calendar.nth_work_day(today.year(), today.month(), nth) != Some(today) =>
                {
                    Some(
                        lang.pick(
                            format!("今天 {today} 不是任务在这个月执行的那个工作日"),
                            format!("Today, {today}, is not the working day of the month on which the task runs"),
                        ),
                    )
                }
                _ => None,
            }
        })
        .collect::<Vec<Option<String>>>();
    if said.iter().any(Option::is_none) {
        return None;
    }
    said.drain(..).next().flatten()
}
