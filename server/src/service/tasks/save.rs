//! Creates and saves tasks. Every change increments the version of a task: a save based on an older
//! version is refused with the changes made meanwhile, and the input is kept.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::channel::ChannelDraft;
use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;
use app::rule::{FurtherChannels, RuleEdit, TaskNotify};
use app::task::{Task, TaskDraft, TaskSpec, TaskView};
use app::time::Stamp;

use super::super::channels::Checked;
use super::super::{Service, or_taken};
use super::history::{changed_fields, difference};
use crate::error::OrInternal;
use crate::facts::{Facts, TaskEvent};
use crate::store::{Act, CheckedSpec, Inserted, Notice, StoreError, TaskChannel, Updated};
use crate::texts::outdated::Attempt;
use crate::texts::rules::RuleFault;
use crate::texts::tasks::{Change, TaskRefusal};
use crate::texts::times::local;
use crate::texts::{Fault, Missing, Refusal};

/// How many times a task is checked again after it, or what it names, was changed by others.
const SAVE_TRIES: u32 = 8;
/// Changes of others that a conflict lists.
const CHANGES_SHOWN: u64 = 5;

/// The result of saving a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It is saved.
    Done(Box<TaskView>),
    /// It was changed since the given version; nothing is saved.
    Outdated {
        /// Its current version.
        version: i64,
        /// The conflict, with the changes.
        error: AppError,
    },
}

impl Saved {
    /// The task, or the conflict as a failure.
    ///
    /// # Errors
    /// When nothing was saved.
    pub fn or_outdated(self) -> Answer<TaskView> {
        match self {
            Self::Done(task) => Ok(*task),
            Self::Outdated { error, .. } => Err(error),
        }
    }
}

impl Service {
    /// Creates a task with the rules that send its events to further channels: all of that, or nothing.
    ///
    /// # Errors
    /// When the caller lacks the right, or the input has faults.
    pub async fn create_task(
        &self,
        caller: &Caller,
        draft: &TaskDraft,
        notify: &[TaskNotify],
    ) -> Answer<TaskView> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        for _ in 0..SAVE_TRIES {
            let (seen, _) = self.store.cluster_state().await.or_internal(lang)?;
            let spec = self.check_task(lang, draft, None).await?;
            let robot = self.check_robot(lang, draft)?;
            let further = self.check_notify(lang, None, notify).await?;
            let act = self.act(who, "task.create").detail(spec.name.as_str());
            let first_notice = |id: TaskId| creation(&act, id, &spec);
            let seal = |id, what| robot.as_ref()?.0.seal(&self.sealer, id, what);
            let channel = robot.as_ref().map(|(checked, _)| TaskChannel {
                new: &checked.new,
                seal: &seal,
            });
            let rules = |id| self.rules_of_new(who, id, &further);
            let checked = CheckedSpec { spec: &spec, seen };
            let inserted = self
                .store
                .insert_task_with(&act, checked, channel, rules, first_notice);
            match or_taken(inserted.await, lang, || name_taken(lang, &spec))? {
                Inserted::Done(id) => {
                    self.signals.outbox.notify_one();
                    let view = self.changed(lang, id, true).await?;
                    self.foresee_robot(lang, &view, robot).await?;
                    return Ok(view);
                }
                // It was deleted since it was checked.
                Inserted::NoChannel => return Err(RuleFault::UnknownChannel.alone("notify", lang)),
                Inserted::Outdated => self.load_calendars().await.or_internal(lang)?,
            }
        }
        Err(TaskRefusal::Busy.answer(lang))
    }

    /// Notes with the channel that was made for a task when nothing would be sent to its address.
    async fn foresee_robot(
        &self,
        lang: Lang,
        task: &Task,
        robot: Option<(Checked, ChannelDraft)>,
    ) -> Answer<()> {
        match (task.channel_id, robot) {
            (Some(id), Some((_, draft))) => self.foresee_channel(lang, id, &draft).await,
            _ => Ok(()),
        }
    }

    /// Saves a task. `typed` computes the new definition from the stored one. With `read`, the version
    /// that the input is based on, only that version is replaced; without it, the current one.
    ///
    /// # Errors
    /// When the caller lacks the right, the task does not exist, or the input has faults.
    pub async fn save_task(
        &self,
        caller: &Caller,
        id: TaskId,
        read: Option<i64>,
        typed: impl Fn(&TaskDraft) -> Answer<TaskDraft> + Send + Sync,
    ) -> Answer<Saved> {
        self.save_task_with(caller, id, read, typed, None).await
    }

    /// The same, with the further channels of the task: all of that is saved, or nothing.
    ///
    /// # Errors
    /// Likewise, and when the rules for those channels are not those that the input is based on.
    pub async fn save_task_with(
        &self,
        caller: &Caller,
        id: TaskId,
        read: Option<i64>,
        typed: impl Fn(&TaskDraft) -> Answer<TaskDraft> + Send + Sync,
        further: Option<&FurtherChannels>,
    ) -> Answer<Saved> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        for _ in 0..SAVE_TRIES {
            let (seen, _) = self.store.cluster_state().await.or_internal(lang)?;
            let stored = self.find_task(lang, id).await?;
            if let Some(read) = read.filter(|read| *read != stored.version) {
                let version = stored.version;
                let error = self.outdated(lang, &stored, read, Attempt::Save).await?;
                return Ok(Saved::Outdated { version, error });
            }
            let before = self.draft_of(lang, &stored.spec).await?;
            let draft = typed(&before)?;
            let mut spec = self.check_task(lang, &draft, Some(&stored)).await?;
            keep_window(&mut spec, &draft, &before, &stored.spec);
            let robot = self.check_robot(lang, &draft)?;
            let edits: Vec<RuleEdit> = match further {
                Some(further) => self.further_edits(lang, id, further).await?,
                None => Vec::new(),
            };
            let rules = self.rule_acts(who, edits);
            let seal = |id, what| robot.as_ref()?.0.seal(&self.sealer, id, what);
            let channel = robot.as_ref().map(|(checked, _)| TaskChannel {
                new: &checked.new,
                seal: &seal,
            });
            let mut after = self.draft_of(lang, &spec).await?;
            if robot.is_some() {
                // That it was changed; not to what.
                "…".clone_into(&mut after.robot);
            }
            let (act, notice) = self.change_of(who, &stored, &spec, (&before, &after));
            let checked = (stored.version, CheckedSpec { spec: &spec, seen });
            let updated = self
                .store
                .update_task_with(&act, id, checked, channel, &rules, &[notice])
                .await;
            // A rule was changed since it was read, or a channel deleted.
            if matches!(updated, Err(StoreError::Overtaken)) {
                continue;
            }
            match or_taken(updated, lang, || name_taken(lang, &spec))? {
                Updated::Done => {
                    self.signals.outbox.notify_one();
                    let task = self.changed(lang, id, true).await?;
                    self.foresee_robot(lang, &task, robot).await?;
                    return Ok(Saved::Done(Box::new(task)));
                }
                Updated::Gone => return Err(Missing::Task.answer(lang)),
                // A change of its definition is no step.
                Updated::Outdated | Updated::Held => {
                    self.load_calendars().await.or_internal(lang)?
                }
            }
        }
        Err(TaskRefusal::Busy.answer(lang))
    }

    /// The act that gives a task another definition, and what reports it; `drafts` are those before and after.
    pub(super) fn change_of(
        &self,
        who: &Principal,
        stored: &Task,
        spec: &TaskSpec,
        (before, after): (&TaskDraft, &TaskDraft),
    ) -> (Act, Notice) {
        let act = self
            .act(who, "task.update")
            .detail(difference(before, after));
        let fields = changed_fields(before, after);
        let changed = Task {
            spec: spec.clone(),
            ..stored.clone()
        };
        let event = TaskEvent::changed(act.who(), fields);
        let facts = Facts::of_task(&changed, None, act.at(), event);
        (act, Notice::about(&changed, facts))
    }

    /// The refusal of something that was based on another version than the stored one.
    pub(super) async fn outdated(
        &self,
        lang: Lang,
        stored: &Task,
        read: i64,
        attempt: Attempt,
    ) -> Answer<AppError> {
        let version = stored.version;
        // The first version is 1, and a version is never skipped.
        if !(1..version).contains(&read) {
            return Ok(TaskRefusal::NoSuchVersion { read, version }.answer(lang));
        }
        let changes = self
            .store
            .task_changes_since(stored.id, read, CHANGES_SHOWN)
            .await
            .or_internal(lang)?;
        let changes = changes
            .into_iter()
            .map(|change| Change {
                at: local(change.at, &stored.zone),
                who: change.who,
                action: change.action,
                detail: change.detail,
            })
            .collect();
        Ok(TaskRefusal::Outdated { changes, attempt }.answer(lang))
    }

    /// The form's input for a definition.
    pub(super) async fn draft_of(&self, lang: Lang, spec: &TaskSpec) -> Answer<TaskDraft> {
        let execution = self.execution_draft(lang, &spec.execution).await?;
        let zone_rules = self.rules_of(&spec.zone);
        let local = |at| zone_rules.local(at).replacen(' ', "T", 1);
        Ok(TaskDraft::of(spec, execution, local))
    }
}

/// What reports a new task.
pub(super) fn creation(act: &Act, id: TaskId, spec: &TaskSpec) -> Vec<Notice> {
    let task = Task::entered(id, spec.clone(), Stamp(act.at()));
    let facts = Facts::created(&task, act.at());
    vec![Notice::about(&task, facts)]
}

fn name_taken(lang: Lang, spec: &TaskSpec) -> AppError {
    let name = spec.name.clone();
    TaskRefusal::NameTaken { name }.answer(lang)
}

/// Keeps the stored instant where the text in the form was not edited: the text does not distinguish
/// the two passes of a repeated time, and has no fractions of a second.
pub(super) fn keep_window(
    new: &mut TaskSpec,
    typed: &TaskDraft,
    before: &TaskDraft,
    stored: &TaskSpec,
) {
    if new.zone != stored.zone {
        return;
    }
    if is_same_time(&typed.starts_at, &before.starts_at) {
        new.starts_at = stored.starts_at;
    }
    if is_same_time(&typed.ends_at, &before.ends_at) {
        new.ends_at = stored.ends_at;
    }
}

/// Whether two texts of the form are the same time: browsers omit seconds that are zero.
fn is_same_time(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let text = text.trim().replacen('T', " ", 1);
        match text.strip_suffix(":00") {
            Some(minutes) if minutes.matches(':').count() == 1 => minutes.to_owned(),
            _ => text,
        }
    };
    plain(a) == plain(b)
}
