//! What the documents of one request name, read at once: a number of statements that does not grow with each of them.

use std::collections::{HashMap, HashSet};

use app::backend::Answer;
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::task::{Task, TaskDocument};
use app::ticket::PolicyDefault;

use crate::error::OrInternal;
use crate::service::Service;
use crate::store::{ChannelName, WaitingTask};

/// Names of tasks of one statement.
const NAMES_AT_ONCE: usize = 500;

/// What the checks of a task look up: each in the database, or in what was read for many tasks.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) enum Lookup<'a> {
    /// In the database.
    Database,
    /// In what was read.
    Batch(&'a Batch),
}

/// What the documents of a request name.
#[derive(Debug, Default)]
pub(in crate::service) struct Batch {
    /// The tasks that documents name or wait for, by name.
    pub(super) tasks: HashMap<String, Task>,
    /// New tasks by name, with numbers below zero until they have ids.
    new: HashMap<String, TaskId>,
    /// The names of tasks.
    names: HashMap<TaskId, String>,
    channels: Vec<ChannelName>,
    pools: HashSet<String>,
    /// Default policies of urging.
    pub(in crate::service) defaults: Vec<PolicyDefault>,
    /// All tasks that wait for others.
    pub(super) waiting: Vec<WaitingTask>,
    /// The tasks with the tag by which tasks are deleted.
    pub(super) tagged: Vec<Task>,
}

impl Batch {
    /// The task with exactly this name; a new one has its number.
    pub(in crate::service) fn task(&self, name: &str) -> Option<TaskId> {
        let stored = self.tasks.get(name).map(|task| task.id);
        stored.or_else(|| self.new.get(name).copied())
    }

    /// The name of a task.
    pub(in crate::service) fn name(&self, id: TaskId) -> String {
        self.names
            .get(&id)
            .cloned()
            .unwrap_or_else(|| format!("#{id}"))
    }

    /// The channel with this name, if the task may use it.
    pub(in crate::service::tasks) fn channel(
        &self,
        name: &str,
        task: Option<TaskId>,
    ) -> Option<ChannelId> {
        let mut channels = self.channels.iter();
        let found = channels.find(|channel| channel.name == name && channel.serves(task));
        found.map(|channel| channel.id)
    }

    /// The name of a channel; empty where it was deleted.
    pub(super) fn channel_name(&self, id: ChannelId) -> String {
        let mut channels = self.channels.iter();
        let found = channels.find(|channel| channel.id == id);
        found
            .map(|channel| channel.name.clone())
            .unwrap_or_default()
    }

    /// Whether there is such a pool.
    pub(in crate::service) fn has_pool(&self, name: &str) -> bool {
        self.pools.contains(name)
    }

    /// The number of a new task.
    pub(in crate::service::tasks) fn number(document: usize) -> TaskId {
        let number = i64::try_from(document).unwrap_or(i64::MAX - 1);
        TaskId(-1 - number)
    }
}

impl Service {
    /// Reads what documents name, and the tasks with a tag.
    pub(in crate::service::tasks) async fn batch(
        &self,
        lang: Lang,
        documents: &[TaskDocument],
        tag: Option<&str>,
    ) -> Answer<Batch> {
        let mut wanted: HashSet<&str> = HashSet::new();
        for document in documents {
            wanted.insert(document.name.trim());
            let waits = document.execution.waits.tasks.iter();
            wanted.extend(waits.map(|name| name.trim()));
        }
        let wanted: Vec<&str> = wanted.into_iter().filter(|name| !name.is_empty()).collect();
        let mut batch = Batch::default();
        for names in wanted.chunks(NAMES_AT_ONCE) {
            let found = self.store.tasks_named(names).await.or_internal(lang)?;
            batch
                .tasks
                .extend(found.into_iter().map(|task| (task.name.clone(), task)));
        }
        if let Some(tag) = tag {
            batch.tagged = self.store.tasks_tagged(tag).await.or_internal(lang)?;
        }
        for (at, document) in documents.iter().enumerate() {
            let name = document.name.trim();
            if !name.is_empty() && !batch.tasks.contains_key(name) {
                batch.new.insert(name.to_owned(), Batch::number(at));
            }
        }
        batch.channels = self.store.channel_list().await.or_internal(lang)?;
        let pools = self.store.pools().await.or_internal(lang)?;
        // Every run uses a slot of `*`; tasks do not name it.
        batch.pools = pools
            .into_iter()
            .map(|pool| pool.name)
            .filter(|name| name != app::pool::EVERYTHING)
            .collect();
        batch.defaults = self.store.urge_defaults().await.or_internal(lang)?;
        batch.waiting = self.store.waiting_tasks().await.or_internal(lang)?;
        let new = batch.new.iter().map(|(name, id)| (*id, name.clone()));
        batch.names = new.collect();
        let tasks: Vec<&Task> = batch.tasks.values().chain(&batch.tagged).collect();
        self.learn_names(lang, &mut batch.names, &tasks).await?;
        Ok(batch)
    }

    /// What is needed to write these tasks as documents.
    pub(in crate::service::tasks) async fn batch_of(
        &self,
        lang: Lang,
        tasks: &[Task],
    ) -> Answer<Batch> {
        let mut batch = Batch {
            channels: self.store.channel_list().await.or_internal(lang)?,
            ..Batch::default()
        };
        let tasks: Vec<&Task> = tasks.iter().collect();
        self.learn_names(lang, &mut batch.names, &tasks).await?;
        Ok(batch)
    }

    /// Adds the names of tasks and of those that they wait for.
    async fn learn_names(
        &self,
        lang: Lang,
        names: &mut HashMap<TaskId, String>,
        tasks: &[&Task],
    ) -> Answer<()> {
        names.extend(tasks.iter().map(|task| (task.id, task.name.clone())));
        let waits = tasks.iter().flat_map(|task| &task.execution.waits.tasks);
        let unknown: HashSet<TaskId> = waits
            .filter(|id| !names.contains_key(id))
            .copied()
            .collect();
        let unknown: Vec<TaskId> = unknown.into_iter().collect();
        for ids in unknown.chunks(NAMES_AT_ONCE) {
            names.extend(self.store.task_names(ids).await.or_internal(lang)?);
        }
        Ok(())
    }
}
