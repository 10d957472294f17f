//! What documents do to the tasks: checked like any other input, and compared with what is stored.

use std::collections::HashMap;

use app::backend::Answer;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::task::execution::ExecutionDraft;
use app::task::{Task, TaskDocument, TaskDraft, TaskSpec};

use super::super::save::keep_window;
use super::batch::{Batch, Lookup};
use super::circles::circles;
use super::difference::difference;
use super::report::{FieldChange, PlanAction};
use crate::service::Service;
use crate::texts::Fault;
use crate::texts::files::FileFault;
use crate::texts::tasks::TaskFault;

/// Faults that one answer has.
const FAULTS_MAX: usize = 200;

/// A task that a document names.
#[derive(Debug)]
pub(super) struct Planned {
    /// What happens to it.
    pub(super) action: PlanAction,
    /// Its id; below zero for a new one.
    pub(super) id: TaskId,
    /// It as it is stored; `None` for a new one.
    pub(super) stored: Option<Task>,
    /// Its definition.
    pub(super) spec: TaskSpec,
    /// The draft of what is stored, and of the new definition.
    pub(super) drafts: (TaskDraft, TaskDraft),
    /// The fields that change.
    pub(super) changes: Vec<FieldChange>,
}

impl Service {
    /// Checks documents and compares them with what is stored.
    pub(super) async fn plan(
        &self,
        lang: Lang,
        batch: &Batch,
        documents: &[TaskDocument],
        tag: Option<&str>,
    ) -> Answer<Vec<Planned>> {
        let (mut all, mut faults) = (Vec::with_capacity(documents.len()), Vec::new());
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (at, document) in documents.iter().enumerate() {
            let mut found = Vec::new();
            let name = document.name.trim();
            if let Some(first) = seen.insert(name, at).filter(|_| !name.is_empty()) {
                let fault = FileFault::SameName { first: first + 1 };
                found.push(fault.on("name", lang));
            }
            if let Some(tag) = tag
                && !app::task::entries(&document.tags)
                    .iter()
                    .any(|own| own == tag)
            {
                let tag = tag.to_owned();
                found.push(FileFault::WithoutTag { tag }.on("tags", lang));
            }
            match self.planned(lang, batch, at, document, &mut found).await? {
                Some(planned) if found.is_empty() => all.push(planned),
                _ => faults.extend(found.into_iter().map(|fault| placed(at, fault))),
            }
            if faults.len() >= FAULTS_MAX {
                break;
            }
        }
        if faults.is_empty() {
            faults = circles(lang, batch, &all);
        }
        match faults.is_empty() {
            true => Ok(all),
            false => Err(AppError::invalid(lang, faults)),
        }
    }

    /// The task of one document; `None` where it has faults.
    async fn planned(
        &self,
        lang: Lang,
        batch: &Batch,
        at: usize,
        document: &TaskDocument,
        faults: &mut Vec<FieldError>,
    ) -> Answer<Option<Planned>> {
        let stored = batch.tasks.get(document.name.trim());
        let mut draft = document.draft();
        // Whether it is chased is its state, which a document does not change.
        draft.urging = stored.is_some_and(|task| task.urging);
        let channel = document.channel.trim();
        if !channel.is_empty() {
            let found = batch.channel(channel, stored.map(|task| task.id));
            if found.is_none() {
                faults.push(TaskFault::UnknownChannel.on("channel", lang));
            }
            draft.channel_id = Some(found.map_or(0, |id| id.0));
        }
        let checked = self
            .check_task_in(lang, &draft, stored, Lookup::Batch(batch))
            .await;
        let mut spec = match checked {
            Ok(spec) => spec,
            Err(error) if error.kind == ErrorKind::Invalid => {
                faults.extend(error.fields.into_iter().map(named));
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let Some(stored) = stored else {
            let after = self.draft_in(batch, &spec);
            return Ok(Some(Planned {
                action: PlanAction::Create,
                id: Batch::number(at),
                stored: None,
                spec,
                drafts: (TaskDraft::default(), after),
                changes: Vec::new(),
            }));
        };
        let before = self.draft_in(batch, &stored.spec);
        keep_window(&mut spec, &draft, &before, &stored.spec);
        let after = self.draft_in(batch, &spec);
        let old = document_of(batch, &stored.spec, before.clone());
        let new = document_of(batch, &spec, after.clone());
        let action = match old == new {
            true => PlanAction::Same,
            false => PlanAction::Change,
        };
        Ok(Some(Planned {
            action,
            id: stored.id,
            stored: Some(stored.clone()),
            spec,
            drafts: (before, after),
            changes: difference(&old, &new),
        }))
    }

    /// The draft that would leave a definition unchanged.
    pub(in crate::service::tasks) fn draft_in(&self, batch: &Batch, spec: &TaskSpec) -> TaskDraft {
        let mut execution = ExecutionDraft::from(spec.execution.as_ref());
        execution.waits.tasks = spec
            .execution
            .waits
            .tasks
            .iter()
            .map(|id| batch.name(*id))
            .collect();
        let zone_rules = self.rules_of(&spec.zone);
        let local = |at| zone_rules.local(at).replacen(' ', "T", 1);
        TaskDraft::of(spec, execution, local)
    }
}

/// The document of a definition.
pub(in crate::service::tasks) fn document_of(
    batch: &Batch,
    spec: &TaskSpec,
    draft: TaskDraft,
) -> TaskDocument {
    let channel = spec.channel_id.map(|id: ChannelId| batch.channel_name(id));
    TaskDocument::of(draft, channel.unwrap_or_default())
}

/// The fault of a field as documents have it.
fn named(mut fault: FieldError) -> FieldError {
    if fault.field == "channel_id" {
        "channel".clone_into(&mut fault.field);
    }
    fault
}

pub(super) fn placed(document: usize, mut fault: FieldError) -> FieldError {
    fault.field = format!("documents[{document}].{}", fault.field);
    fault
}
