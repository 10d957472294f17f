//! Secrets: added, granted and revoked by administrators; no answer contains a value.

mod rotate;

use std::collections::BTreeSet;

use app::auth::Action;
use app::backend::{Answer, Caller, Secrets};
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{SecretId, TaskId};
use app::secret::{Secret, SecretChange, SecretDraft, VALUE_BYTES, check_name};
use async_trait::async_trait;

use super::execution::NamedTask;
use super::key::KEY_CHECK;
use super::versions::{as_read, as_read_to_delete, named, stored, stored_deletion};
use super::{Service, or_taken};
use crate::error::OrInternal;
use crate::store::{GrantChange, SealedSecret, StoredChange};
use crate::texts::executions::ExecutionFault;
use crate::texts::outdated::ObjectKind;
use crate::texts::secrets::{NOTE_MAX, SecretFault, SecretRefusal, TASKS_MAX};
use crate::texts::{Fault, Missing, Refusal};

pub use rotate::Rotated;

/// The fault of a value.
fn check_value(value: &str) -> Option<SecretFault> {
    if value.is_empty() {
        Some(SecretFault::NoValue)
    } else if value.len() < *VALUE_BYTES.start() || value.trim().is_empty() {
        Some(SecretFault::ShortValue)
    } else if value.len() > *VALUE_BYTES.end() {
        Some(SecretFault::LongValue)
    } else if value.contains('\0') {
        Some(SecretFault::NulInValue)
    } else {
        None
    }
}

fn check_note(note: &str) -> Option<SecretFault> {
    let fits = note.chars().count() <= NOTE_MAX && !note.chars().any(char::is_control);
    (!fits).then_some(SecretFault::Note)
}

/// The faults of the value and the note of a secret, where they are given.
fn check_typed(lang: Lang, value: Option<&str>, note: Option<&str>) -> Vec<FieldError> {
    let value = value.and_then(check_value);
    let note = note.and_then(check_note);
    [("value", value), ("note", note)]
        .into_iter()
        .filter_map(|(field, fault)| Some(fault?.on(field, lang)))
        .collect()
}

impl Service {
    /// The tasks with these ids or names; a fault for each that does not exist.
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
            faults.push(SecretFault::TooManyTasks.on(field, lang));
            return Ok(tasks);
        }
        for name in names {
            match self.task_called(lang, name).await? {
                NamedTask::One(task) => {
                    tasks.insert(task);
                }
                NamedTask::Either { by_id, by_name } => {
                    let fault = ExecutionFault::two_tasks(name, by_id, by_name);
                    faults.push(fault.on(field, lang));
                }
                NamedTask::None => {
                    let name = name.to_owned();
                    faults.push(SecretFault::UnknownTask { name }.on(field, lang));
                }
            }
        }
        Ok(tasks)
    }

    /// Encrypts a value for its row with the current key: a key rotation either came before, or is blocked
    /// by the transaction in which this is called.
    fn seal_secret(&self, id: SecretId, value: &str, kept: Option<&str>) -> Option<String> {
        if let Some(kept) = kept {
            self.sealer.open(KEY_CHECK, kept).ok()?;
        }
        self.sealer.seal(&SealedSecret::place(id), value).ok()
    }

    /// One secret, without its value.
    ///
    /// # Errors
    /// When the caller is not an administrator, or the secret does not exist.
    pub async fn secret_get(&self, caller: &Caller, id: SecretId) -> Answer<Secret> {
        self.secret_list(caller)
            .await?
            .into_iter()
            .find(|secret| secret.id == id)
            .ok_or_else(|| Missing::Secret.answer(caller.lang))
    }

    /// Applies changed secrets and grants: from the next start on, and to the masking of all output.
    async fn grants_changed(&self, lang: Lang) -> Answer<()> {
        if let Some(executor) = &self.executor {
            executor
                .learn_secrets(&self.store)
                .await
                .or_internal(lang)?;
        }
        self.signals.tasks.notify_one();
        self.signals.publish(None, None);
        Ok(())
    }

    async fn apply(
        &self,
        caller: &Caller,
        (id, read): (SecretId, Option<i64>),
        value: Option<&str>,
        change: StoredChange,
    ) -> Answer<Secret> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let act = self.act(who, "secret.update");
        let changed = self
            .store
            .change_secret(&act, id, read, &change, |id, kept| {
                self.seal_secret(id, value?, kept)
            })
            .await;
        if !stored(lang, ObjectKind::Secret, changed)? {
            return Err(Missing::Secret.answer(lang));
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
        faults.extend(check_typed(lang, Some(&draft.value), Some(note)));
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
        let id = or_taken(inserted, lang, || {
            let name = name.to_owned();
            SecretRefusal::NameTaken { name }.answer(lang)
        })?;
        self.grants_changed(lang).await?;
        self.secret_get(caller, id).await
    }

    async fn secret_update(
        &self,
        caller: &Caller,
        id: SecretId,
        read: Option<i64>,
        draft: &SecretDraft,
    ) -> Answer<Secret> {
        let lang = caller.lang;
        let known = self.secret_get(caller, id).await?;
        let mut faults = Vec::new();
        let (name, note) = (draft.name.trim(), draft.note.trim());
        if read.is_some_and(|read| read != known.version) {
            let granted: BTreeSet<TaskId> = known.tasks.iter().map(|task| task.id).collect();
            let typed = self
                .tasks_called(lang, "tasks", &draft.tasks, &mut Vec::new())
                .await?;
            as_read(lang, ObjectKind::Secret, read, known.version, || {
                named([
                    ("note", note != known.note),
                    // What is stored cannot be compared: it is never shown, not even as an answer to a guess.
                    ("value", !draft.value.is_empty()),
                    ("tasks", typed != granted),
                ])
            })?;
        }
        if !name.is_empty() && name != known.name {
            faults.push(SecretFault::FixedName.on("name", lang));
        }
        let value = (!draft.value.is_empty()).then_some(draft.value.as_str());
        faults.extend(check_typed(lang, value, Some(note)));
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
        self.apply(caller, (id, read), value, change).await
    }

    async fn secret_change(
        &self,
        caller: &Caller,
        id: SecretId,
        read: Option<i64>,
        change: &SecretChange,
    ) -> Answer<Secret> {
        let lang = caller.lang;
        let known = self.secret_get(caller, id).await?;
        let value = change.value.as_deref();
        let note = change.note.as_deref().map(str::trim);
        as_read(lang, ObjectKind::Secret, read, known.version, || {
            named([
                ("note", note.is_some_and(|note| note != known.note)),
                ("value", value.is_some()),
            ])
        })?;
        let mut faults = check_typed(lang, value, note);
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
        let kept = StoredChange {
            note: note.map(str::to_owned),
            new_value: value.is_some(),
            tasks,
        };
        self.apply(caller, (id, read), value, kept).await
    }

    async fn secret_delete(&self, caller: &Caller, id: SecretId, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let secret = self.secret_get(caller, id).await?;
        as_read_to_delete(lang, ObjectKind::Secret, read, secret.version)?;
        let act = self.act(who, "secret.delete").detail(secret.name);
        let deleted = self.store.delete_secret(&act, id, read).await;
        if !stored_deletion(lang, ObjectKind::Secret, deleted)? {
            return Err(Missing::Secret.answer(lang));
        }
        self.grants_changed(lang).await?;
        Ok(())
    }

    async fn task_secrets(&self, caller: &Caller, task: TaskId) -> Answer<Vec<String>> {
        self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        if self.store.task(task).await.or_internal(lang)?.is_none() {
            return Err(Missing::Task.answer(lang));
        }
        let granted = self.store.granted_to(task).await.or_internal(lang)?;
        Ok(granted.into_iter().map(|secret| secret.name).collect())
    }
}
