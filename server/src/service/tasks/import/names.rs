//! The names of imported tasks: unique among themselves, and another one where a task has theirs already. A task with the
//! name and the tag of its scheduler is the one of an earlier import.

use std::collections::{HashMap, HashSet};

use app::backend::Answer;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::NAME_MAX_CHARS;

use super::types::ImportItem;
use crate::error::OrInternal;
use crate::importers::{Outcome, Scheduler};
use crate::service::Service;

/// Names of one statement.
const NAMES_AT_ONCE: usize = 500;

/// The name of an item's task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// No task is made of it.
    Refused,
    /// It was imported before.
    Known(TaskId, String),
    /// A new task gets this name; true where it is another one than wanted, because a task has that.
    New(String, bool),
    /// Others have this name, and those that are tried instead.
    Taken(String),
}

impl Service {
    /// The names of all items, in their order.
    pub(super) async fn names(
        &self,
        lang: Lang,
        scheduler: Scheduler,
        items: &[ImportItem],
    ) -> Answer<Vec<Named>> {
        let tag = scheduler.as_str();
        let wanted = wanted(items);
        let tried: Vec<[String; 2]> = wanted
            .iter()
            .map(|name| [name.clone(), marked(name, tag)])
            .collect();
        let all: Vec<&str> = tried.iter().flatten().map(String::as_str).collect();
        let mut stored: HashMap<String, (TaskId, bool)> = HashMap::new();
        for names in all.chunks(NAMES_AT_ONCE) {
            for task in self.store.tasks_named(names).await.or_internal(lang)? {
                let is_ours = task.tags.iter().any(|own| own == tag);
                stored.insert(task.name.clone(), (task.id, is_ours));
            }
        }
        let mut taken: HashSet<&str> = HashSet::new();
        let mut named = Vec::with_capacity(items.len());
        for (item, tried) in items.iter().zip(&tried) {
            if item.outcome == Outcome::Refused {
                named.push(Named::Refused);
                continue;
            }
            let mut found = Named::Taken(tried[0].clone());
            for (at, name) in tried.iter().enumerate() {
                found = match stored.get(name) {
                    Some((id, true)) => Named::Known(*id, name.clone()),
                    Some((_, false)) => continue,
                    None if taken.contains(name.as_str()) => continue,
                    None => Named::New(name.clone(), at > 0),
                };
                taken.insert(name);
                break;
            }
            named.push(found);
        }
        Ok(named)
    }
}

/// The names that items want: the second item of a name has its key behind it.
fn wanted(items: &[ImportItem]) -> Vec<String> {
    let mut seen: HashSet<&str> = HashSet::new();
    let name = |item: &ImportItem| item.document.name.trim().to_owned();
    items
        .iter()
        .map(|item| match seen.insert(item.document.name.trim()) {
            true => name(item),
            false => marked(&name(item), &item.key),
        })
        .collect()
}

/// A name with a mark behind it.
fn marked(name: &str, mark: &str) -> String {
    let mark: String = mark.chars().take(64).collect();
    let room = NAME_MAX_CHARS.saturating_sub(mark.chars().count() + 3);
    let name: String = name.chars().take(room).collect();
    format!("{name} ({mark})")
}
