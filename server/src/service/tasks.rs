//! Tasks and what can be done to them.

mod history;
mod kept;
mod next;
mod start;

use app::auth::Action;
use app::backend::{Answer, Caller, List, Tasks};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::{ScheduleId, TaskId};
use app::occurrence::{Explanation, Occurrence, OccurrenceQuery};
use app::page::{Preview, PreviewRequest};
use app::run::{HistoryItem, Run, RunForm, RunRequest};
use app::schedule::{MissedDraft, Purpose, Schedule};
use app::task::{Control, Health, Task, TaskDraft, TaskQuery, TaskRow, TaskState, format_duration};
use app::time::Stamp;
use async_trait::async_trait;
use chrono::DateTime;

pub use kept::KeptLists;

use history::{difference, merge, parse_cursor, reaches_back_to};

use super::{Service, or_taken};
use crate::error::OrInternal;
use crate::store::ListedTask;

/// Rows of a list when nothing else is asked for.
const PAGE: u32 = 50;
/// Rows of a list at the most.
const PAGE_MAX: u32 = 200;
/// Tasks of a list at the most: programs read all of them.
const TASKS_MAX: u32 = 1_000;

fn task_noun(lang: Lang) -> &'static str {
    lang.pick("这个任务", "task")
}

fn name_taken(lang: Lang, name: &str) -> AppError {
    let message = lang.pick(
        format!("已经有名为“{name}”的任务"),
        format!("A task named \"{name}\" exists already"),
    );
    AppError {
        fields: vec![FieldError::new("name", "taken", message.clone())],
        ..AppError::new(ErrorKind::Conflict, "task.name_taken", message)
    }
}

impl Service {
    async fn read_task_list(&self, lang: Lang, query: &TaskQuery) -> Answer<List<TaskRow>> {
        let limit = query.limit.unwrap_or(PAGE).clamp(1, TASKS_MAX);
        // One row more than asked for tells whether there is a next page.
        let mut rows = self
            .store
            .task_rows(query, u64::from(limit) + 1)
            .await
            .or_internal(lang)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|row| row.task.id.to_string());
        let ids: Vec<TaskId> = rows.iter().map(|row| row.task.id).collect();
        let planned = self.planned_next(lang, &ids).await?;
        let items = rows
            .into_iter()
            .map(|listed| self.row_of(listed, &planned))
            .collect();
        Ok(List { items, next })
    }

    /// A task as lists show it: with its next firing and its health.
    fn row_of(&self, listed: ListedTask, planned: &next::PlannedNext) -> TaskRow {
        let task = self.with_next(listed.task, planned);
        TaskRow {
            health: Health::of(&task, &listed.pulse),
            last_run: listed.last_run,
            task,
        }
    }

    /// Some tasks as lists show them, in no order.
    pub(super) async fn rows_of(&self, lang: Lang, ids: &[TaskId]) -> Answer<Vec<TaskRow>> {
        let listed = self.store.task_rows_of(ids).await.or_internal(lang)?;
        let planned = self.planned_next(lang, ids).await?;
        Ok(listed
            .into_iter()
            .map(|listed| self.row_of(listed, &planned))
            .collect())
    }

    async fn changed(&self, lang: Lang, id: TaskId, found: bool) -> Answer<Task> {
        self.signals.tasks.notify_one();
        self.signals.tell(Some(id), None);
        if found {
            self.find_task(lang, id).await
        } else {
            Err(AppError::not_found(lang, task_noun(lang)))
        }
    }

    async fn urge(&self, lang: Lang, task: &Task, cycle: Option<&str>) -> Answer<bool> {
        let cycle = match cycle {
            Some(text) => Some(self.check_urge(lang, text, &task.zone)?),
            None if task.urge_cron.is_none() => {
                let message = lang.pick("请填写催单工作周期", "Enter an urge cycle first");
                return Err(AppError::invalid(
                    lang,
                    vec![FieldError::new("urge_cron", "required", message)],
                ));
            }
            None => None,
        };
        self.store
            .set_urging(task.id, true, cycle.as_deref(), self.clock.now())
            .await
            .or_internal(lang)
    }
}

#[async_trait]
impl Tasks for Service {
    async fn task_list(&self, caller: &Caller, query: &TaskQuery) -> Answer<List<TaskRow>> {
        let rows = self.task_list_rows(caller, query).await?;
        Ok(std::sync::Arc::unwrap_or_clone(rows))
    }

    async fn task_get(&self, caller: &Caller, id: TaskId) -> Answer<Task> {
        self.allow(caller, Action::Read)?;
        self.find_task(caller.lang, id).await
    }

    async fn task_row(&self, caller: &Caller, id: TaskId) -> Answer<TaskRow> {
        self.allow(caller, Action::Read)?;
        let rows = self.rows_of(caller.lang, &[id]).await?;
        rows.into_iter()
            .next()
            .ok_or_else(|| AppError::not_found(caller.lang, task_noun(caller.lang)))
    }

    async fn task_create(&self, caller: &Caller, draft: &TaskDraft) -> Answer<Task> {
        let who = self.allow(caller, Action::Edit)?;
        let new = self.check_task(caller.lang, draft, None).await?;
        let now = self.clock.now();
        let first_message = |id: TaskId| {
            let task = preview_task(id, &new, now);
            self.composer.created(&task, now)
        };
        let inserted = self.store.insert_task(&new, now, first_message).await;
        let id = or_taken(inserted, caller.lang, || name_taken(caller.lang, &new.name))?;
        self.audit(who, "task.create", Some(id.0), &new.name).await;
        self.signals.outbox.notify_one();
        self.changed(caller.lang, id, true).await
    }

    async fn task_update(&self, caller: &Caller, id: TaskId, draft: &TaskDraft) -> Answer<Task> {
        let who = self.allow(caller, Action::Edit)?;
        let new = self.check_task(caller.lang, draft, Some(id)).await?;
        let before = self.task_draft(caller, id).await?;
        let updated = self.store.update_task(id, &new, self.clock.now()).await;
        let found = or_taken(updated, caller.lang, || name_taken(caller.lang, &new.name))?;
        let after = self.task_draft(caller, id).await?;
        self.audit(who, "task.update", Some(id.0), &difference(&before, &after))
            .await;
        self.changed(caller.lang, id, found).await
    }

    async fn task_draft(&self, caller: &Caller, id: TaskId) -> Answer<TaskDraft> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        let zone_rules = self.rules_of(&task.zone);
        let local = |at: Option<Stamp>| {
            at.map(|at| zone_rules.local(at).replacen(' ', "T", 1))
                .unwrap_or_default()
        };
        Ok(TaskDraft {
            execution: self.execution_draft(caller.lang, &task.execution).await?,
            starts_at: local(task.starts_at),
            ends_at: local(task.ends_at),
            name: task.name,
            nickname: task.nickname,
            owners: task.owners,
            tags: task.tags,
            mode: task.mode,
            command: task.command,
            zone: task.zone,
            cron: String::new(),
            schedules: task.schedules.iter().map(Schedule::draft).collect(),
            missed: MissedDraft::of(&task.missed),
            urge_cron: task.urge_cron.unwrap_or_default(),
            urging: task.urging,
            channel_id: task.channel_id.map(|id| id.0),
            timeout: task
                .timeout_seconds
                .map(format_duration)
                .unwrap_or_default(),
        })
    }

    async fn task_control(&self, caller: &Caller, id: TaskId, control: &Control) -> Answer<Task> {
        let who = self.allow(caller, Action::Operate)?;
        let (lang, now) = (caller.lang, self.clock.now());
        let task = self.find_task(lang, id).await?;
        let set = async |state, until: Option<DateTime<chrono::Utc>>| {
            self.store
                .set_task_state(id, state, until, now)
                .await
                .or_internal(lang)
        };
        let (found, action) = match control {
            Control::Pause(_) if task.state == TaskState::Closed => {
                return Err(AppError::new(
                    ErrorKind::Conflict,
                    "task.closed",
                    lang.pick(
                        "任务已结单，不能暂停",
                        "The task is closed, so it cannot be paused",
                    ),
                )
                .with_hint(lang.pick("先恢复它", "Restore it first")));
            }
            Control::Pause(until) => {
                let until = until
                    .as_deref()
                    .map(|until| self.check_until(lang, until, &task.zone))
                    .transpose()?;
                (set(TaskState::Paused, until).await?, "task.pause")
            }
            Control::Close => (set(TaskState::Closed, None).await?, "task.close"),
            Control::Restore => (set(TaskState::Active, None).await?, "task.restore"),
            Control::Urge(cycle) => (self.urge(lang, &task, cycle.as_deref()).await?, "task.urge"),
            Control::Unurge => (
                self.store
                    .set_urging(id, false, None, now)
                    .await
                    .or_internal(lang)?,
                "task.unurge",
            ),
        };
        self.audit(who, action, Some(id.0), &task.name).await;
        self.changed(lang, id, found).await
    }

    async fn task_delete(&self, caller: &Caller, id: TaskId) -> Answer<()> {
        let who = self.allow(caller, Action::Edit)?;
        let task = self.find_task(caller.lang, id).await?;
        self.check_not_awaited(caller.lang, &task).await?;
        if let Some(executor) = &self.executor {
            for run in self.store.running(1000).await.or_internal(caller.lang)? {
                if run.task_id == id {
                    executor.stop(
                        run.id,
                        crate::executor::StopReason::Person(who.name.clone()),
                    );
                }
            }
        }
        let found = self
            .store
            .delete_task(id, self.clock.now())
            .await
            .or_internal(caller.lang)?;
        self.audit(who, "task.delete", Some(id.0), &task.name).await;
        self.signals.tasks.notify_one();
        self.signals.tell(Some(id), None);
        if found {
            Ok(())
        } else {
            Err(AppError::not_found(caller.lang, task_noun(caller.lang)))
        }
    }

    async fn task_run_form(&self, caller: &Caller, id: TaskId) -> Answer<RunForm> {
        self.run_form(caller, id).await
    }

    async fn task_run(&self, caller: &Caller, id: TaskId, request: &RunRequest) -> Answer<Run> {
        let started = self.start_by_hand(caller, id, request).await?;
        Ok(started.run)
    }

    async fn task_history(
        &self,
        caller: &Caller,
        id: TaskId,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<HistoryItem>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let cursor = after
            .as_deref()
            .map(|text| parse_cursor(text, lang))
            .transpose()?;
        let (before_run, before_at) =
            cursor.map_or((None, None), |(run, at)| (Some(run), Some(at)));
        let runs = self
            .store
            .task_runs(id, before_run, limit as u64 + 1)
            .await
            .or_internal(lang)?;
        let unruns = self
            .store
            .task_unruns(
                id,
                before_at,
                reaches_back_to(&runs, limit),
                limit as u64 + 1,
            )
            .await
            .or_internal(lang)?;
        Ok(merge(runs, unruns, limit, cursor))
    }

    async fn preview(&self, caller: &Caller, request: &PreviewRequest) -> Answer<Preview> {
        self.allow(caller, Action::Read)?;
        self.preview_of(caller.lang, request).await
    }

    async fn task_occurrences(
        &self,
        caller: &Caller,
        id: TaskId,
        query: &OccurrenceQuery,
    ) -> Answer<List<Occurrence>> {
        self.allow(caller, Action::Read)?;
        self.past_occurrences(caller.lang, id, query).await
    }

    async fn task_upcoming(
        &self,
        caller: &Caller,
        id: TaskId,
        limit: u32,
    ) -> Answer<Vec<Occurrence>> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        self.upcoming_occurrences(caller.lang, &task, limit.clamp(1, PAGE_MAX) as usize)
            .await
    }

    async fn task_explain(&self, caller: &Caller, id: TaskId, at: &str) -> Answer<Explanation> {
        self.allow(caller, Action::Read)?;
        let task = self.find_task(caller.lang, id).await?;
        self.explain(caller.lang, &task, at).await
    }
}

/// The task as it will be, for its first message.
fn preview_task(id: TaskId, new: &crate::store::NewTask, now: DateTime<chrono::Utc>) -> Task {
    Task {
        id,
        name: new.name.clone(),
        nickname: new.nickname.clone(),
        owners: new.owners.clone(),
        tags: new.tags.clone(),
        mode: new.mode,
        command: new.command.clone(),
        zone: new.zone.clone(),
        cron: new
            .schedules
            .first()
            .map(|schedule| schedule.spec.clone())
            .unwrap_or_default(),
        schedules: new
            .schedules
            .iter()
            .map(|schedule| Schedule {
                id: ScheduleId(0),
                purpose: Purpose::Work,
                spec: schedule.spec.clone(),
                day_rule: schedule.day_rule,
                calendar: schedule.calendar.clone(),
                jitter: schedule.jitter,
            })
            .collect(),
        urge_cron: new.urge_cron.clone(),
        urging: new.urging,
        channel_id: new.channel_id,
        starts_at: new.starts_at.map(Stamp),
        ends_at: new.ends_at.map(Stamp),
        timeout_seconds: new.timeout_seconds,
        missed: new.missed,
        execution: new.execution.clone().shared(),
        state: TaskState::Active,
        paused_until: None,
        finished: false,
        version: 1,
        created_at: Stamp(now),
        updated_at: Stamp(now),
        next_at: None,
    }
}
