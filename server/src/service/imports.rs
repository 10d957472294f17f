//! Use cases of imported crontabs: the account of every line, the tasks made of entries, and who runs them.

mod account;
mod check;
mod clock;
mod lookups;
mod words;

use std::collections::HashMap;

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, Imports, List};
use app::i18n::Lang;
use app::id::TaskId;
use app::import::{
    CrontabImport, HandedOver, Handover, ImportReport, ImportedLine, LineKind, TASKS_MAX,
};
use app::task::TaskSpec;
use app::time::Stamp;
use async_trait::async_trait;

use super::Service;
use crate::error::OrInternal;
use crate::store::{NewLine, StoreError, TakeoverDirection};
use crate::texts::imports::ImportFault;
use crate::texts::tasks::TaskRefusal;
use crate::texts::{Fault, Refusal};
use account::PlannedTask;

/// How many times an import is checked again after others changed what it names, or took a name.
const TRIES: u32 = 8;
/// The most rows of a page.
const PAGE_MAX: u32 = 1_000;

impl Service {
    /// Creates the tasks of an account, and notes their ids in it; false when it has to be made again.
    async fn create_imported(
        &self,
        lang: Lang,
        who: &Principal,
        report: &mut ImportReport,
        made: &[PlannedTask],
        seen: i64,
    ) -> Answer<bool> {
        let lines: Vec<NewLine<'_>> = made.iter().map(PlannedTask::line).collect();
        let act = |spec: &TaskSpec| self.act(who, "task.import").detail(spec.name.as_str());
        let created = match self.store.import_tasks(act, &lines, seen).await {
            Err(StoreError::Overtaken) => {
                self.load_calendars().await.or_internal(lang)?;
                return Ok(false);
            }
            Err(error) if error.is_duplicate() => return Ok(false),
            created => created.or_internal(lang)?,
        };
        // Another import of the same lines came first.
        if created.iter().any(Option::is_none) {
            return Ok(false);
        }
        let ids: HashMap<(usize, u32), TaskId> = made
            .iter()
            .zip(created)
            .filter_map(|(made, id)| Some(((made.source, made.number), id?)))
            .collect();
        for (at, source) in report.sources.iter_mut().enumerate() {
            for line in &mut source.lines {
                if let (Some(task), Some(id)) = (&mut line.task, ids.get(&(at, line.number))) {
                    task.id = Some(*id);
                }
            }
        }
        Ok(true)
    }

    async fn hand(
        &self,
        caller: &Caller,
        handover: &Handover,
        (handing, action): (TakeoverDirection, &'static str),
    ) -> Answer<HandedOver> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let mut tasks = handover.tasks.clone();
        if tasks.is_empty() || tasks.len() > TASKS_MAX {
            return Err(ImportFault::TooManyTasks.alone("tasks", lang));
        }
        // In one order everywhere: two transactions that lock the same tasks do not wait for each other.
        tasks.sort_unstable();
        tasks.dedup();
        let act = self.act(who, action);
        let at = Some(Stamp(act.at()));
        let changed = self
            .store
            .hand_over(&act, &tasks, handing)
            .await
            .or_internal(lang)?;
        self.signals.tasks_changed();
        for id in &changed {
            self.signals.publish(Some(*id), None);
        }
        tasks.retain(|id| !changed.contains(id));
        Ok(HandedOver {
            changed,
            unchanged: tasks,
            at,
        })
    }
}

#[async_trait]
impl Imports for Service {
    async fn import_crontab(
        &self,
        caller: &Caller,
        import: &CrontabImport,
    ) -> Answer<ImportReport> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        for _ in 0..TRIES {
            let (seen, _) = self.store.cluster_state().await.or_internal(lang)?;
            let (mut report, made) = self.account_of(lang, import).await?;
            if import.dry_run || made.is_empty() {
                return Ok(report);
            }
            if self
                .create_imported(lang, who, &mut report, &made, seen)
                .await?
            {
                self.signals.tasks_changed();
                self.signals.publish(None, None);
                return Ok(report);
            }
        }
        Err(TaskRefusal::Busy.answer(lang))
    }

    async fn import_list(
        &self,
        caller: &Caller,
        after: Option<TaskId>,
        limit: u32,
    ) -> Answer<List<ImportedLine>> {
        self.allow(caller, Action::Read)?;
        let limit = limit.clamp(1, PAGE_MAX) as usize;
        let mut items = self
            .store
            .imported_lines(after, limit as u64 + 1)
            .await
            .or_internal(caller.lang)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more);
        let next = next.map(|line| line.task_id.to_string());
        Ok(List { items, next })
    }

    async fn import_take_over(&self, caller: &Caller, handover: &Handover) -> Answer<HandedOver> {
        self.hand(
            caller,
            handover,
            (TakeoverDirection::Over, "task.take_over"),
        )
        .await
    }

    async fn import_give_back(&self, caller: &Caller, handover: &Handover) -> Answer<HandedOver> {
        self.hand(
            caller,
            handover,
            (TakeoverDirection::Back, "task.give_back"),
        )
        .await
    }
}

/// Counts what an account says.
fn count(report: &mut ImportReport) {
    let lines = report.sources.iter().flat_map(|source| &source.lines);
    let (mut created, mut known, mut faults) = (0, 0, 0);
    for line in lines {
        match (line.kind, &line.task) {
            (LineKind::Fault, _) => faults += 1,
            (_, Some(task)) if task.known => known += 1,
            (_, Some(_)) => created += 1,
            _ => {}
        }
    }
    (report.created, report.known, report.faults) = (created, known, faults);
}
