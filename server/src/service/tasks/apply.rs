//! Applies documents of tasks: a plan, and everything in it in one transaction, or nothing.
//!
//! Documents are checked like the input of a form, by the same functions. The identity of a task is its name. What is
//! not its definition stays as it is: whether it is paused, closed or chased, its secrets, its history.

mod batch;
mod carry_out;
mod circles;
mod difference;
mod order;
mod plan;
mod report;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::task::{CHANGES_MAX, DOCUMENTS_MAX, Task, TaskDocument};
use sha2::{Digest, Sha256};

pub(in crate::service) use batch::{Batch, Lookup};
pub(super) use order::awaited_first;
pub(super) use plan::document_of;
pub use report::{ApplyReport, FieldChange, PlanAction, PlannedTask};

use crate::error::OrInternal;
use crate::service::Service;
use crate::texts::Refusal;
use crate::texts::files::FileRefusal;
use crate::texts::tasks::TaskRefusal;
use circles::doomed;
use plan::Planned;

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
