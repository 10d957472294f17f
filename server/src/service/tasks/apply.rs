//! Applies documents of tasks: a plan, and everything in it in one transaction, or nothing.
//!
//! Documents are checked like the input of a form, by the same functions. The identity of a task is its name. What is
//! not its definition stays as it is: whether it is paused, closed or chased, its secrets, its history.

mod batch;
mod order;
mod plan;
mod report;

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::id::TaskId;
use app::task::{CHANGES_MAX, DOCUMENTS_MAX, Task, TaskDocument};
use sha2::{Digest, Sha256};

pub(in crate::service) use batch::{Batch, Lookup};
pub(super) use plan::document_of;
pub use report::{ApplyReport, FieldChange, PlanAction, PlannedTask};

use super::save::creation;
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
use crate::texts::tasks::TaskRefusal;
use order::awaited_first;
use plan::{Planned, doomed};

/// How many times documents are checked again after others changed what they name, or took a name.
const TRIES: u32 = 8;

/// Documents to apply.
#[derive(Clone, Debug, Default)]
pub struct ApplyRequest {
    /// The documents, in any order.
    pub documents: Vec<TaskDocument>,
    /// Whether only the plan is asked for.
    pub dry_run: bool,
    /// Tasks with this tag that no document names are deleted. Then every document has the tag.
    pub prune: Option<String>,
    /// The plan that was seen: see [`ApplyReport::plan`].
    pub plan: Option<String>,
}

/// A plan with what it is made of.
struct Plan {
    planned: Vec<Planned>,
    doomed: Vec<Task>,
    report: ApplyReport,
}

impl Service {
    /// Applies documents, or returns the plan.
    ///
    /// # Errors
    /// When the caller lacks the right, a document has faults (at `documents[0].command`, …), the tasks are not as they
    /// were when the plan was seen, or a task that is to be deleted is needed.
    pub async fn apply_tasks(
        &self,
        caller: &Caller,
        request: &ApplyRequest,
    ) -> Answer<ApplyReport> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let count = request.documents.len();
        if !(1..=DOCUMENTS_MAX).contains(&count) {
            return Err(FileRefusal::Documents { count }.answer(lang));
        }
        for _ in 0..TRIES {
            let (seen, _) = self.store.cluster_state().await.or_internal(lang)?;
            let plan = self.plan_of(lang, request).await?;
            if request
                .plan
                .as_ref()
                .is_some_and(|seen| *seen != plan.report.plan)
            {
                return Err(FileRefusal::PlanOutdated.answer(lang));
            }
            let report = &plan.report;
            let changes = report.created + report.changed + report.deleted;
            if changes > CHANGES_MAX {
                return Err(FileRefusal::TooManyChanges { changes }.answer(lang));
            }
            if request.dry_run || changes == 0 {
                return Ok(plan.report);
            }
            if let Some(report) = self.carry_out(lang, who, plan, seen).await? {
                return Ok(report);
            }
            self.load_calendars().await.or_internal(lang)?;
        }
        Err(TaskRefusal::Busy.answer(lang))
    }

    async fn plan_of(&self, lang: Lang, request: &ApplyRequest) -> Answer<Plan> {
        let tag = request.prune.as_deref();
        let batch = self.batch(lang, &request.documents, tag).await?;
        let planned = self.plan(lang, &batch, &request.documents, tag).await?;
        let doomed = doomed(&batch, &planned);
        let mut report = ApplyReport {
            dry_run: request.dry_run,
            ..ApplyReport::default()
        };
        for task in &planned {
            *match task.action {
                PlanAction::Create => &mut report.created,
                PlanAction::Change => &mut report.changed,
                PlanAction::Same | PlanAction::Delete => &mut report.same,
            } += 1;
            report.tasks.push(PlannedTask {
                action: task.action,
                name: task.spec.name.clone(),
                id: task.stored.as_ref().map(|stored| stored.id),
                version: task.stored.as_ref().map(|stored| stored.version),
                changes: task.changes.clone(),
            });
        }
        report.deleted = doomed.len();
        report.tasks.extend(doomed.iter().map(|task| PlannedTask {
            action: PlanAction::Delete,
            name: task.name.clone(),
            id: Some(task.id),
            version: Some(task.version),
            changes: Vec::new(),
        }));
        report.plan = identified(lang, &report.tasks)?;
        Ok(Plan {
            planned,
            doomed,
            report,
        })
    }

    /// Does what a plan says; `None` where it has to be made again.
    async fn carry_out(
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
        self.signals.tasks.notify_one();
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
    ) -> Answer<app::error::AppError> {
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

/// A text that two plans share only if they do the same to the same versions.
fn identified(lang: Lang, tasks: &[PlannedTask]) -> Answer<String> {
    let text = serde_json::to_vec(tasks).or_internal(lang)?;
    let hash = Sha256::digest(&text);
    Ok(hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
