//! Secrets: added, granted and revoked by administrators; no answer contains a value.

mod rotate;

use std::collections::BTreeSet;

use app::auth::Action;
use app::backend::{Answer, Caller, Secrets};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::{SecretId, TaskId};
use app::secret::{Secret, SecretChange, SecretDraft, VALUE_BYTES, check_name};
use async_trait::async_trait;

use super::execution::{NamedTask, two_tasks};
use super::key::KEY_CHECK;
use super::{Service, or_taken};
use crate::error::OrInternal;
use crate::store::{GrantChange, SealedSecret, StoredChange};

pub use rotate::Rotated;

/// Characters of a note.
const NOTE_MAX: usize = 200;
/// Tasks that one change may name: each of them is a change of its own for every node.
const TASKS_MAX: usize = 1_000;

fn noun(lang: Lang) -> &'static str {
    lang.pick("这个密钥", "secret")
}

/// What is wrong with a value. It is never part of the words.
fn check_value(lang: Lang, value: &str) -> Option<FieldError> {
    let fault = |code: &str, zh: &'static str, en: &'static str| {
        Some(FieldError::new("value", code, lang.pick(zh, en)))
    };
    if value.is_empty() {
        fault("required", "请填写值", "Enter a value")
    } else if value.len() < *VALUE_BYTES.start() || value.trim().is_empty() {
        fault(
            "too_short",
            "值至少 4 个字节，且不能全是空白：否则无法在输出里遮盖它",
            "A value has at least 4 bytes and is not blank; otherwise it could not be masked in output",
        )
    } else if value.len() > *VALUE_BYTES.end() {
        fault("too_long", "值最多 32 KiB", "A value has at most 32 KiB")
    } else if value.contains('\0') {
        fault(
            "invalid",
            "值里不能有 NUL：环境变量不支持",
            "A value must not contain NUL: environment variables cannot hold it",
        )
    } else {
        None
    }
}

fn check_note(lang: Lang, note: &str) -> Option<FieldError> {
    let fits = note.chars().count() <= NOTE_MAX && !note.chars().any(char::is_control);
    (!fits).then(|| {
        let text = lang.pick(
            format!("最多 {NOTE_MAX} 个字符，不能有换行"),
            format!("At most {NOTE_MAX} characters, on a single line"),
        );
        FieldError::new("note", "invalid", text)
    })
}

fn name_taken(lang: Lang, name: &str) -> AppError {
    let message = lang.pick(
        format!("已经有名为“{name}”的密钥"),
        format!("A secret named \"{name}\" already exists"),
    );
    AppError {
        fields: vec![FieldError::new("name", "taken", message.clone())],
        ..AppError::new(ErrorKind::Conflict, "secret.name_taken", message)
    }
}

impl Service {
    /// The tasks that a person names by id or name; a fault for each that is not there.
    async fn tasks_called(
        &self,
        lang: Lang,
        field: &str,
        names: &[String],
        faults: &mut Vec<FieldError>,
    ) -> Answer<BTreeSet<TaskId>> {
        let mut tasks = BTreeSet::new();
        let names: BTreeSet<&str> = names
            .iter()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .collect();
        if names.len() > TASKS_MAX {
            let text = lang.pick(
                format!("一次最多 {TASKS_MAX} 个任务"),
                format!("At most {TASKS_MAX} tasks at once"),
            );
            faults.push(FieldError::new(field, "too_many", text));
            return Ok(tasks);
        }
        for name in names {
            match self.task_called(lang, name).await? {
                NamedTask::One(task) => {
                    tasks.insert(task);
                }
                NamedTask::Either { by_id, by_name } => {
                    let text = two_tasks(lang, name, by_id, by_name);
                    faults.push(FieldError::new(field, "ambiguous", text));
                }
                NamedTask::None => {
                    let shown: String = name.chars().take(80).collect();
                    let text = lang.pick(
                        format!("没有任务“{shown}”"),
                        format!("There is no task \"{shown}\""),
                    );
                    faults.push(FieldError::new(field, "unknown", text));
                }
            }
        }
        Ok(tasks)
    }

    /// Seals a value for its row with the database's present key: a change of the key either came
    /// before, or is blocked by the transaction in which this is called.
    fn seal_secret(&self, id: SecretId, value: &str, kept: Option<&str>) -> Option<String> {
        if let Some(kept) = kept {
            self.sealer.open(KEY_CHECK, kept).ok()?;
        }
        self.sealer.seal(&SealedSecret::place(id), value).ok()
    }

    /// One secret, without its value.
    ///
    /// # Errors
    /// When the caller is no administrator, or there is none.
    pub async fn secret_get(&self, caller: &Caller, id: SecretId) -> Answer<Secret> {
        self.secret_list(caller)
            .await?
            .into_iter()
            .find(|secret| secret.id == id)
            .ok_or_else(|| AppError::not_found(caller.lang, noun(caller.lang)))
    }

    /// Tasks get something else from their next start on, and it is masked in all output.
    async fn grants_changed(&self, lang: Lang) -> Answer<()> {
        if let Some(executor) = &self.executor {
            executor
                .learn_secrets(&self.store)
                .await
                .or_internal(lang)?;
        }
        self.signals.tasks.notify_one();
        self.signals.tell(None, None);
        Ok(())
    }

    async fn apply(
        &self,
        caller: &Caller,
        id: SecretId,
        value: Option<&str>,
        change: StoredChange,
    ) -> Answer<Secret> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let act = self.act(who, "secret.update");
        let changed = self
            .store
            .change_secret(&act, id, &change, |id, kept| {
                self.seal_secret(id, value?, kept)
            })
            .await
            .or_internal(lang)?;
        if !changed {
            return Err(AppError::not_found(lang, noun(lang)));
        }
        self.grants_changed(lang).await?;
        self.secret_get(caller, id).await
    }
}

#[async_trait]
impl Secrets for Service {
    async fn secret_list(&self, caller: &Caller) -> Answer<Vec<Secret>> {
        self.allow(caller, Action::Administer)?;
        self.store.secrets().await.or_internal(caller.lang)
    }

    async fn secret_create(&self, caller: &Caller, draft: &SecretDraft) -> Answer<Secret> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let mut faults = Vec::new();
        let (name, note) = (draft.name.trim(), draft.note.trim());
        if let Err(fault) = check_name(name) {
            faults.push(FieldError::new("name", "invalid", fault.text(lang)));
        }
        faults.extend(check_value(lang, &draft.value));
        faults.extend(check_note(lang, note));
        let tasks = self
            .tasks_called(lang, "tasks", &draft.tasks, &mut faults)
            .await?;
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let seal = |id, kept: Option<&str>| self.seal_secret(id, &draft.value, kept);
        let act = self.act(who, "secret.create");
        let inserted = self
            .store
            .insert_secret(&act, name, note, &tasks, seal)
            .await;
        let id = or_taken(inserted, lang, || name_taken(lang, name))?;
        self.grants_changed(lang).await?;
        self.secret_get(caller, id).await
    }

    async fn secret_update(
        &self,
        caller: &Caller,
        id: SecretId,
        draft: &SecretDraft,
    ) -> Answer<Secret> {
        let lang = caller.lang;
        let known = self.secret_get(caller, id).await?;
        let mut faults = Vec::new();
        let (name, note) = (draft.name.trim(), draft.note.trim());
        if !name.is_empty() && name != known.name {
            let text = lang.pick(
                "名称不能修改：命令按它取值。请新建一个",
                "The name cannot be changed because commands refer to it. Create another secret instead",
            );
            faults.push(FieldError::new("name", "fixed", text));
        }
        let value = (!draft.value.is_empty()).then_some(draft.value.as_str());
        faults.extend(value.and_then(|value| check_value(lang, value)));
        faults.extend(check_note(lang, note));
        let tasks = self
            .tasks_called(lang, "tasks", &draft.tasks, &mut faults)
            .await?;
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let change = StoredChange {
            note: Some(note.to_owned()),
            new_value: value.is_some(),
            tasks: GrantChange::Exactly(tasks),
        };
        self.apply(caller, id, value, change).await
    }

    async fn secret_change(
        &self,
        caller: &Caller,
        id: SecretId,
        change: &SecretChange,
    ) -> Answer<Secret> {
        let lang = caller.lang;
        self.secret_get(caller, id).await?;
        let mut faults = Vec::new();
        let value = change.value.as_deref();
        faults.extend(value.and_then(|value| check_value(lang, value)));
        let note = change.note.as_deref().map(str::trim);
        faults.extend(note.and_then(|note| check_note(lang, note)));
        let exactly = match &change.tasks {
            Some(names) => Some(self.tasks_called(lang, "tasks", names, &mut faults).await?),
            None => None,
        };
        let grant = self
            .tasks_called(lang, "grant", &change.grant, &mut faults)
            .await?;
        let revoke = self
            .tasks_called(lang, "revoke", &change.revoke, &mut faults)
            .await?;
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let tasks = match exactly {
            Some(tasks) => GrantChange::Exactly(
                tasks
                    .union(&grant)
                    .filter(|task| !revoke.contains(task))
                    .copied()
                    .collect(),
            ),
            None => GrantChange::By { grant, revoke },
        };
        let stored = StoredChange {
            note: note.map(str::to_owned),
            new_value: value.is_some(),
            tasks,
        };
        self.apply(caller, id, value, stored).await
    }

    async fn secret_delete(&self, caller: &Caller, id: SecretId) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let secret = self.secret_get(caller, id).await?;
        let act = self.act(who, "secret.delete").detail(secret.name);
        let deleted = self.store.delete_secret(&act, id).await.or_internal(lang)?;
        if !deleted {
            return Err(AppError::not_found(lang, noun(lang)));
        }
        self.grants_changed(lang).await?;
        Ok(())
    }

    async fn task_secrets(&self, caller: &Caller, task: TaskId) -> Answer<Vec<String>> {
        self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        if self.store.task(task).await.or_internal(lang)?.is_none() {
            return Err(AppError::not_found(lang, lang.pick("这个任务", "task")));
        }
        let granted = self.store.granted_to(task).await.or_internal(lang)?;
        Ok(granted.into_iter().map(|secret| secret.name).collect())
    }
}
