//! Creating and saving tasks. A task has a version, which every change counts up: a save made from
//! an older version is answered with what the others changed, and nothing typed is lost.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::id::TaskId;
use app::task::{Task, TaskDraft, TaskSpec, TaskView};
use app::time::Stamp;

use super::super::words::local;
use super::super::{Service, or_taken};
use super::history::difference;
use super::{name_taken, task_noun};
use crate::error::OrInternal;
use crate::facts::Facts;
use crate::store::{NewMessage, TaskChange, Updated};

/// Times that a change which names no version is made anew on what others saved meanwhile.
const SAVE_TRIES: u32 = 8;
/// Changes of others that are listed.
const TOLD_MAX: u64 = 5;
/// Characters of a value that are shown of a change.
const VALUE_MAX: usize = 60;

/// What came of saving a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It is saved.
    Done(Box<TaskView>),
    /// Others have changed it since the version that was named; nothing is saved.
    Outdated {
        /// The version that it has now.
        version: i64,
        /// What they changed.
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
    pub(super) async fn create(&self, caller: &Caller, draft: &TaskDraft) -> Answer<TaskView> {
        let who = self.allow(caller, Action::Edit)?;
        let spec = self.check_task(caller.lang, draft, None).await?;
        let act = self.act(who, "task.create").detail(spec.name.as_str());
        let first_message = |id: TaskId| {
            let task = Task::entered(id, spec.clone(), Stamp(act.at()));
            let facts = Facts::created(&task, act.at());
            NewMessage::about(&task, facts).into_iter().collect()
        };
        let inserted = self.store.insert_task(&act, &spec, first_message).await;
        let id = or_taken(inserted, caller.lang, || {
            name_taken(caller.lang, &spec.name)
        })?;
        self.signals.outbox.notify_one();
        self.changed(caller.lang, id, true).await
    }

    /// Saves a task. `typed` makes what is saved out of what is stored. With `read`, the version
    /// that it was made from, it is saved on that one only; without, on whatever is stored.
    ///
    /// # Errors
    /// When the caller may not, the task is gone, or what was typed has faults.
    pub async fn save_task(
        &self,
        caller: &Caller,
        id: TaskId,
        read: Option<i64>,
        typed: impl Fn(&TaskDraft) -> Answer<TaskDraft> + Send + Sync,
    ) -> Answer<Saved> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        for _ in 0..SAVE_TRIES {
            let stored = self.find_task(lang, id).await?;
            if let Some(read) = read.filter(|read| *read != stored.version) {
                return self.outdated(lang, &stored, read).await;
            }
            let before = self.draft_of(lang, &stored.spec).await?;
            let draft = typed(&before)?;
            let mut spec = self.check_task(lang, &draft, Some(&stored)).await?;
            keep_window(&mut spec, &draft, &before, &stored.spec);
            let after = self.draft_of(lang, &spec).await?;
            let act = self
                .act(who, "task.update")
                .detail(difference(&before, &after));
            let updated = self
                .store
                .update_task(&act, id, stored.version, &spec)
                .await;
            match or_taken(updated, lang, || name_taken(lang, &spec.name))? {
                Updated::Done => {
                    let task = self.changed(lang, id, true).await?;
                    return Ok(Saved::Done(Box::new(task)));
                }
                Updated::Gone => return Err(AppError::not_found(lang, task_noun(lang))),
                Updated::Outdated => {}
            }
        }
        Err(AppError::new(
            ErrorKind::Conflict,
            "task.busy",
            lang.pick(
                "别人正在不停地修改这个任务，没有保存",
                "Other people keep changing this task; nothing was saved",
            ),
        )
        .with_hint(lang.pick("稍后再试一次", "Try again in a moment")))
    }

    async fn outdated(&self, lang: Lang, stored: &Task, read: i64) -> Answer<Saved> {
        let changes = self
            .store
            .task_changes_since(stored.id, read, TOLD_MAX)
            .await
            .or_internal(lang)?;
        let told: Vec<String> = changes
            .iter()
            .map(|change| {
                let at = local(change.at, &stored.zone);
                format!("{} {at} {}", change.who, in_words(lang, change))
            })
            .collect();
        let mut message = lang
            .pick(
                "你打开之后，别人修改过这个任务，所以没有保存",
                "Someone else has changed this task since you opened it; nothing was saved",
            )
            .to_owned();
        if !told.is_empty() {
            message.push_str(lang.pick("：", ": "));
            message.push_str(&told.join(lang.pick("；", "; ")));
        }
        let error =
            AppError::new(ErrorKind::Conflict, "task.outdated", message).with_hint(lang.pick(
                "请核对；再次保存会以你填写的内容为准",
                "Review the changes; saving again overwrites them with yours",
            ));
        Ok(Saved::Outdated {
            version: stored.version,
            error,
        })
    }

    /// What the form shows of a definition.
    pub(super) async fn draft_of(&self, lang: Lang, spec: &TaskSpec) -> Answer<TaskDraft> {
        let execution = self.execution_draft(lang, &spec.execution).await?;
        let zone_rules = self.rules_of(&spec.zone);
        let local = |at| zone_rules.local(at).replacen(' ', "T", 1);
        Ok(TaskDraft::of(spec, execution, local))
    }
}

/// A change as a person reads it: of an update, each field before and after.
fn in_words(lang: Lang, change: &TaskChange) -> String {
    let word = match change.action.as_str() {
        "task.update" => return fields_in_words(lang, &change.detail),
        "task.pause" => lang.pick("暂停", "paused it"),
        "task.close" => lang.pick("结单", "closed it"),
        "task.restore" => lang.pick("恢复", "reopened it"),
        "task.resume" => lang.pick("到点恢复", "resumed it"),
        "task.urge" => lang.pick("加急", "started chasing"),
        "task.unurge" => lang.pick("恢复原始周期", "restored the original schedule"),
        other => other,
    };
    word.to_owned()
}

fn fields_in_words(lang: Lang, detail: &str) -> String {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(detail).unwrap_or_default();
    if fields.is_empty() {
        return lang.pick("保存了一次", "saved it").to_owned();
    }
    let value = |value: &serde_json::Value| {
        let text = value.to_string();
        match text.char_indices().nth(VALUE_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let told: Vec<String> = fields
        .iter()
        .map(|(name, both)| format!("{name}: {} → {}", value(&both[0]), value(&both[1])))
        .collect();
    told.join(", ")
}

/// A time that was left as it was shown stays the same instant: of one that the clock shows twice
/// the text does not say which, and it has no fractions of a second.
fn keep_window(new: &mut TaskSpec, typed: &TaskDraft, before: &TaskDraft, stored: &TaskSpec) {
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

/// Whether two texts of the form name the same time: a browser drops seconds that are zero.
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
