//! Does what a plan says.

use app::auth::Principal;
use app::backend::Answer;
use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;

use super::super::save::creation;
use super::order::awaited_first;
use super::plan::Planned;
use super::{ApplyReport, Plan, PlanAction};
use crate::error::OrInternal;
use crate::executor::StopReason;
use crate::service::Service;
use crate::service::execution::awaited;
use crate::store::{
    Applied, ChangedTask, DoomedTask, NewTask, NotApplied, StoreError, TaskChanges,
};
use crate::texts::Refusal;
use crate::texts::channel_uses::ChannelInUse;
use crate::texts::files::FileRefusal;

impl Service {
    /// Does what a plan says; `None` where it has to be made again.
    pub(super) async fn carry_out(
        &self,
        lang: Lang,
        who: &Principal,
        plan: Plan,
        seen: i64,
    ) -> Answer<Option<ApplyReport>> {
        let Plan {
            planned,
            doomed,
            mut report,
        } = plan;
        let created: Vec<&Planned> = of(&planned, PlanAction::Create).collect();
        let waits: Vec<(TaskId, &[TaskId])> = created
            .iter()
            .map(|task| (task.id, task.spec.execution.waits.tasks.as_slice()))
            .collect();
        // There is no circle: the plan has none.
        let order = awaited_first(&waits).unwrap_or_default();
        let new = order.iter().map(|at| NewTask {
            act: self
                .act(who, "task.create")
                .detail(created[*at].spec.name.as_str()),
            number: created[*at].id,
            spec: &created[*at].spec,
            paused: false,
            channel: None,
        });
        let changed = of(&planned, PlanAction::Change).filter_map(|task| {
            let stored = task.stored.as_ref()?;
            let drafts = (&task.drafts.0, &task.drafts.1);
            let (act, notice) = self.change_of(who, stored, &task.spec, drafts);
            Some(ChangedTask {
                act,
                id: stored.id,
                version: stored.version,
                spec: &task.spec,
                notice,
            })
        });
        let changes = TaskChanges {
            seen,
            new: new.collect(),
            changed: changed.collect(),
            doomed: doomed
                .iter()
                .map(|task| DoomedTask {
                    act: self.act(who, "task.delete").detail(task.name.as_str()),
                    id: task.id,
                    version: task.version,
                })
                .collect(),
        };
        let applied = self
            .store
            .apply_tasks(&changes, creation, &self.node_id)
            .await;
        let ids = match applied {
            Err(StoreError::Overtaken) => return Ok(None),
            Err(error) if error.is_duplicate() => return Ok(None),
            applied => match applied.or_internal(lang)? {
                Applied::Done(ids) => ids,
                Applied::Refused(task, why) => {
                    return Err(self.not_applied(lang, &report, task, why).await?);
                }
            },
        };
        for (new, id) in changes.new.iter().zip(ids) {
            let mut tasks = report.tasks.iter_mut();
            if let Some(task) = tasks.find(|task| task.name == new.spec.name) {
                (task.id, task.version) = (Some(id), Some(1));
            }
        }
        self.signals.tasks_changed();
        self.signals.outbox.notify_one();
        self.signals.publish(None, None);
        for task in &doomed {
            if let Some(executor) = &self.executor {
                executor.stop_task(task.id, &StopReason::Person(who.name.clone()));
            }
            self.forget_scratch(task.id);
        }
        Ok(Some(report))
    }

    /// Why nothing was applied.
    async fn not_applied(
        &self,
        lang: Lang,
        report: &ApplyReport,
        task: TaskId,
        why: NotApplied,
    ) -> Answer<AppError> {
        let mut tasks = report.tasks.iter();
        let planned = tasks.find(|planned| planned.id == Some(task));
        let name = planned
            .map(|planned| planned.name.clone())
            .unwrap_or_default();
        Ok(match why {
            NotApplied::Outdated => FileRefusal::TaskOutdated { name }.answer(lang),
            NotApplied::RunsElsewhere(runs) => FileRefusal::Running { name, runs }.answer(lang),
            NotApplied::Awaited(by) => awaited(lang, &by),
            NotApplied::RobotUsed(robot) => {
                let uses = self.store.channel_uses(robot, Some(task)).await;
                let uses = uses.or_internal(lang)?;
                ChannelInUse { uses, own: true }.answer(lang)
            }
        })
    }
}

fn of(planned: &[Planned], action: PlanAction) -> impl Iterator<Item = &Planned> {
    planned.iter().filter(move |task| task.action == action)
}
