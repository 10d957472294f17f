//! When a task fires next: computed, not stored, but for what is only put off.

use std::collections::HashMap;

use app::backend::Answer;
use app::error::AppError;
use app::i18n::Lang;
use app::id::{ScheduleId, TaskId};
use app::schedule::{DayRule, Jitter, Purpose, Schedule};
use app::task::{Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::super::Service;
use super::task_noun;
use crate::error::OrInternal;
use crate::firings::CompiledSchedule;

/// The soonest planned firing of each task.
pub(super) type PlannedNext = HashMap<TaskId, DateTime<Utc>>;

impl Service {
    pub(in crate::service) async fn find_task(&self, lang: Lang, id: TaskId) -> Answer<Task> {
        let task = self
            .store
            .task(id)
            .await
            .or_internal(lang)?
            .ok_or_else(|| AppError::not_found(lang, task_noun(lang)))?;
        let planned = self.planned_next(lang, &[id]).await?;
        Ok(self.with_next(task, &planned))
    }

    /// The schedules of a task that are in force, ready to be asked; ones that this version cannot
    /// read are not among them.
    pub(in crate::service) fn compiled_schedules(&self, task: &Task) -> Vec<CompiledSchedule> {
        let rules = self.calendar_cache.snapshot();
        let urge = task.urge_cron.as_deref().filter(|_| task.urging);
        let urge = urge.map(|spec| Schedule {
            // The row's id only matters for jitter, which a chase schedule has none of.
            id: ScheduleId(0),
            purpose: Purpose::Urge,
            spec: spec.to_owned(),
            day_rule: DayRule::Any,
            calendar: None,
            jitter: Jitter::default(),
        });
        let schedules = urge.map_or_else(|| task.schedules.clone(), |urge| vec![urge]);
        schedules
            .iter()
            .filter_map(|schedule| CompiledSchedule::new(schedule, task, &rules, &self.patterns))
            .collect()
    }

    /// What the ledger holds for tasks: jitter and blackouts put firings off beyond their instant,
    /// where no schedule names them any more.
    pub(super) async fn planned_next(&self, lang: Lang, ids: &[TaskId]) -> Answer<PlannedNext> {
        self.store
            .planned_next(ids, self.clock.now())
            .await
            .or_internal(lang)
    }

    /// Fills in the next firing and whether there will be none.
    pub(super) fn with_next(&self, mut task: Task, planned: &PlannedNext) -> Task {
        if task.state == TaskState::Closed {
            return task;
        }
        let now = self.clock.now();
        let compiled_schedules = self.compiled_schedules(&task);
        // What is planned of a paused task does not start.
        let put_off = planned
            .get(&task.id)
            .filter(|_| task.state == TaskState::Active);
        task.next_at = compiled_schedules
            .iter()
            .filter_map(|compiled| compiled.next_start(now))
            .map(|firing| firing.due_at)
            .chain(put_off.copied())
            .min()
            .map(Stamp);
        let over = task.ends_at.is_some_and(|end| end.0 < now);
        let spent = !compiled_schedules.is_empty()
            && compiled_schedules.iter().all(|compiled| {
                compiled.cycle().is_once() && compiled.cycle().next_after(now).is_none()
            });
        task.finished = task.next_at.is_none() && (over || spent);
        task
    }
}
