//! When a task fires next: computed, except for postponed firings, which are stored.

use std::collections::HashMap;

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::schedule::Schedule;
use app::task::{InForce, Task, TaskState};
use app::time::Stamp;
use chrono::{DateTime, Utc};

use super::super::Service;
use crate::error::OrInternal;
use crate::firings::CompiledSchedule;
use crate::texts::Missing;

/// The soonest planned firing of each task.
pub(in crate::service) type PlannedNext = HashMap<TaskId, DateTime<Utc>>;

/// When a task fires next.
#[derive(Clone, Copy, Default)]
pub(in crate::service) struct Next {
    /// The next firing; `None` if there is none at present.
    pub(in crate::service) next_at: Option<Stamp>,
    /// Whether it never fires again.
    pub(super) finished: bool,
}

impl Service {
    pub(in crate::service) async fn find_task(&self, lang: Lang, id: TaskId) -> Answer<Task> {
        self.store
            .task(id)
            .await
            .or_internal(lang)?
            .ok_or_else(|| Missing::Task.answer(lang))
    }

    /// The schedules of a task that are in force, compiled; those that this version cannot parse are
    /// omitted.
    pub(in crate::service) fn compiled_schedules(&self, task: &Task) -> Vec<CompiledSchedule> {
        let rules = self.calendar_cache.snapshot();
        let urge;
        let schedules = match task.in_force() {
            InForce::Work(schedules) => schedules,
            InForce::Urge(spec) => {
                // The row's id only matters for jitter, which an urge cycle has none of.
                urge = [Schedule::plain(spec)];
                &urge
            }
        };
        schedules
            .iter()
            .filter_map(|schedule| CompiledSchedule::new(schedule, task, &rules, &self.patterns))
            .collect()
    }

    /// The planned firings of tasks: jitter and blackouts postpone firings beyond their instant, where the
    /// schedules no longer yield them.
    pub(in crate::service) async fn planned_next(
        &self,
        lang: Lang,
        ids: &[TaskId],
    ) -> Answer<PlannedNext> {
        self.store
            .planned_next(ids, self.clock.now())
            .await
            .or_internal(lang)
    }

    /// When a task fires next, and whether it never will.
    pub(in crate::service) fn next_of(&self, task: &Task, planned: &PlannedNext) -> Next {
        if task.state == TaskState::Closed {
            return Next::default();
        }
        let now = self.clock.now();
        let compiled_schedules = self.compiled_schedules(task);
        // Planned firings of a paused task do not start.
        let postponed = planned
            .get(&task.id)
            .filter(|_| task.state == TaskState::Active);
        let next_at = compiled_schedules
            .iter()
            .filter_map(|compiled| compiled.next_start(now))
            .map(|firing| firing.due_at)
            .chain(postponed.copied())
            .min()
            .map(Stamp);
        let over = task.ends_at.is_some_and(|end| end.0 < now);
        let spent = !compiled_schedules.is_empty()
            && compiled_schedules.iter().all(|compiled| {
                compiled.cycle().is_once() && compiled.cycle().next_after(now).is_none()
            });
        Next {
            finished: next_at.is_none() && (over || spent),
            next_at,
        }
    }
}
