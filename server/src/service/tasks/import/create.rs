//! Creates imported tasks.

use std::collections::HashMap;
use std::sync::Arc;

use app::auth::Principal;
use app::backend::Answer;
use app::channel::ChannelDraft;
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::import::{ItemOutcome, TaskImportReport};
use app::task::TaskSpec;

use super::super::apply::awaited_first;
use crate::error::OrInternal;
use crate::service::Service;
use crate::service::channels::Checked as CheckedChannel;
use crate::store::{Applied, ChannelSecret, NewTask, StoreError, TaskChanges, TaskChannel};

/// A definition, and the channel that is made for it.
pub(super) type Checked = (TaskSpec, Option<(CheckedChannel, ChannelDraft)>);

/// A task to be made.
pub(super) struct NewImport {
    /// Which of the items.
    pub(super) item: usize,
    /// Below zero: others that wait for it name it by this number.
    pub(super) number: TaskId,
    /// Its definition.
    pub(super) spec: TaskSpec,
    /// Whether it begins paused.
    pub(super) paused: bool,
    /// The robot that it sends to.
    pub(super) robot: Option<(CheckedChannel, ChannelDraft)>,
}

/// Removes from what tasks wait for those that are not made after all, of `count` that were to be. Such a task stays paused,
/// which `note` is called about.
pub(super) fn forsake(new: &mut [NewImport], mut note: impl FnMut(usize), count: usize) {
    let made: std::collections::HashSet<TaskId> = new.iter().map(|task| task.number).collect();
    if made.len() == count {
        return;
    }
    for task in new {
        let is_there = |id: &TaskId| id.0 > 0 || made.contains(id);
        if task.spec.execution.waits.tasks.iter().all(is_there) {
            continue;
        }
        Arc::make_mut(&mut task.spec.execution)
            .waits
            .tasks
            .retain(is_there);
        task.paused = true;
        note(task.item);
    }
}

type Seal<'a> = Box<dyn Fn(ChannelId, ChannelSecret) -> Option<String> + Send + Sync + 'a>;

impl Service {
    /// Creates the tasks of an account, and notes their ids in it; false when it has to be made again.
    pub(super) async fn create_items(
        &self,
        lang: Lang,
        who: &Principal,
        report: &mut TaskImportReport,
        new: &[NewImport],
        seen: i64,
    ) -> Answer<bool> {
        let waits: Vec<(TaskId, &[TaskId])> = new
            .iter()
            .map(|task| (task.number, task.spec.execution.waits.tasks.as_slice()))
            .collect();
        // An item follows others only where that makes no circle.
        let order = awaited_first(&waits).unwrap_or_else(|| (0..new.len()).collect());
        let seals: Vec<Option<Seal<'_>>> = new
            .iter()
            .map(|task| {
                let (checked, _) = task.robot.as_ref()?;
                let seal: Seal<'_> = Box::new(|id, what| checked.seal(&self.sealer, id, what));
                Some(seal)
            })
            .collect();
        let tasks = order.iter().map(|at| {
            let (task, seal) = (&new[*at], seals[*at].as_ref());
            let channel = task
                .robot
                .as_ref()
                .zip(seal)
                .map(|((checked, _), seal)| TaskChannel {
                    new: &checked.new,
                    seal: seal.as_ref(),
                });
            NewTask {
                act: self.act(who, "task.import").detail(task.spec.name.as_str()),
                number: task.number,
                spec: &task.spec,
                paused: task.paused,
                channel,
            }
        });
        let changes = TaskChanges {
            seen,
            new: tasks.collect(),
            ..TaskChanges::default()
        };
        // A message for each of hundreds of tasks would report nothing new.
        let no_notice = |_: &_, _, _: &_| Vec::new();
        let applied = self
            .store
            .apply_tasks(&changes, no_notice, &self.node_id)
            .await;
        let ids = match applied {
            Err(StoreError::Overtaken) => return Ok(false),
            Err(error) if error.is_duplicate() => return Ok(false),
            applied => match applied.or_internal(lang)? {
                Applied::Done(ids) => ids,
                // Only changes and deletions are refused.
                Applied::Refused(..) => return Ok(false),
            },
        };
        let of_items: HashMap<usize, TaskId> =
            order.iter().map(|at| new[*at].item).zip(ids).collect();
        for (at, item) in report.items.iter_mut().enumerate() {
            if item.outcome == ItemOutcome::Created {
                item.id = of_items.get(&at).copied();
            }
        }
        self.signals.tasks_changed();
        self.signals.publish(None, None);
        Ok(true)
    }
}
