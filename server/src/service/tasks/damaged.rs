//! Tasks whose rows cannot be read: what is known of them, and how they are stopped.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, Tasks};
use app::i18n::Lang;
use app::id::TaskId;
use app::task::{Control, Controlled, DamagedTask, TASK_UNREADABLE, TaskStep};

use crate::error::OrInternal;
use crate::service::Service;
use crate::store::{DamagedRow, Updated};
use crate::texts::damage::{RowRefusal, next_of_task};
use crate::texts::tasks::TaskRefusal;
use crate::texts::{Missing, Refusal};

/// Why such a task is refused.
fn refusal(row: &DamagedRow) -> RowRefusal {
    RowRefusal::Task {
        id: row.id.to_string(),
        damage: row.damage.clone(),
    }
}

fn view(lang: Lang, row: DamagedRow) -> DamagedTask {
    DamagedTask {
        problem: refusal(&row).answer(lang).message,
        next: next_of_task(row.runs, lang),
        id: row.id,
        name: row.name,
        state: row.state,
        version: row.version,
        runs: row.runs,
    }
}

impl Service {
    /// What is known of a task whose row cannot be read.
    pub(super) async fn damaged_row(&self, lang: Lang, id: TaskId) -> Answer<Option<DamagedRow>> {
        self.store.damaged_task(id).await.or_internal(lang)
    }

    /// Why a task cannot be read, in a sentence.
    pub(super) async fn damage_words(&self, lang: Lang, id: TaskId) -> Answer<Option<String>> {
        let row = self.damaged_row(lang, id).await?;
        Ok(row.map(|row| refusal(&row).answer(lang).message))
    }

    pub(super) async fn read_damage(
        &self,
        caller: &Caller,
        id: TaskId,
    ) -> Answer<Option<DamagedTask>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        match self.damaged_row(lang, id).await? {
            Some(row) => Ok(Some(view(lang, row))),
            // One that does not exist is missing.
            None => self.find_task(lang, id).await.map(|_| None),
        }
    }

    pub(super) async fn control_any(
        &self,
        caller: &Caller,
        id: TaskId,
        control: &Control,
    ) -> Answer<Controlled> {
        let refused = match self.task_control(caller, id, control).await {
            Ok(task) => return Ok(Controlled::Task(Box::new(task))),
            Err(error) if error.code == TASK_UNREADABLE => error,
            Err(error) => return Err(error),
        };
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let (action, step) = match control {
            Control::Pause(None) => ("task.pause", TaskStep::Pause),
            Control::Close => ("task.close", TaskStep::Close),
            // A time needs the zone of the task, and the others its definition.
            Control::Pause(Some(_)) | Control::Restore | Control::Urge(_) | Control::Unurge => {
                return Err(refused);
            }
        };
        if !self.stop_damaged(lang, who, id, action, step).await? {
            return Err(Missing::Task.answer(lang));
        }
        // Only its state may have been what could not be read.
        match self.damaged_row(lang, id).await? {
            Some(row) => Ok(Controlled::Damaged(view(lang, row))),
            None => Ok(Controlled::Task(Box::new(self.view_of(lang, id).await?))),
        }
    }

    /// Pauses or closes a task whose row cannot be read; false when it does not exist.
    async fn stop_damaged(
        &self,
        lang: Lang,
        who: &Principal,
        id: TaskId,
        action: &'static str,
        step: TaskStep,
    ) -> Answer<bool> {
        let row = self.damaged_row(lang, id).await?;
        let name = row.map(|row| row.name).unwrap_or_default();
        let act = self.act(who, action).detail(name.as_str());
        let updated = self.store.stop_damaged_task(&act, id, step).await;
        match updated.or_internal(lang)? {
            Updated::Done => {}
            Updated::Gone => return Ok(false),
            // Only pausing a closed task is refused, and neither step makes it fire.
            Updated::Outdated | Updated::Held => return Err(TaskRefusal::Closed.answer(lang)),
        }
        self.signals.outbox.notify_one();
        self.signals.tasks_changed();
        self.signals.publish(Some(id), None);
        Ok(true)
    }
}
