//! The dependencies of a task: resolves their names, and refuses cycles.

use std::collections::{HashMap, HashSet, VecDeque};

use app::backend::Answer;
use app::error::FieldError;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::execution::task_number;

use super::super::Service;
use super::super::tasks::Batch;
use crate::error::OrInternal;
use crate::store::WaitingTask;
use crate::texts::Fault;
use crate::texts::executions::ExecutionFault;

const FIELD: &str = "execution.waits.tasks";

impl Service {
    /// Resolves the dependencies. An unknown task, the task itself and a cycle are faults.
    pub(super) async fn check_waits(
        &self,
        lang: Lang,
        typed: &[String],
        own: Option<TaskId>,
        faults: &mut Vec<FieldError>,
    ) -> Answer<Vec<TaskId>> {
        let mut found: Vec<TaskId> = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        let mut unclear = None;
        for text in typed.iter().map(|text| text.trim()) {
            if text.is_empty() {
                continue;
            }
            match self.task_called(lang, text).await? {
                NamedTask::One(id) if found.contains(&id) => {}
                NamedTask::One(id) => found.push(id),
                NamedTask::Either { by_id, by_name } => {
                    unclear.get_or_insert((text, by_id, by_name));
                }
                NamedTask::None => unknown.push(text),
            }
        }
        let fault = if let Some((text, by_id, by_name)) = unclear {
            Some(ExecutionFault::two_tasks(text, by_id, by_name))
        } else if !unknown.is_empty() {
            let names = unknown.into_iter().map(str::to_owned).collect();
            Some(ExecutionFault::UnknownTasks { names })
        } else if own.is_some_and(|own| found.contains(&own)) {
            Some(ExecutionFault::WaitsForItself)
        } else if let Some(own) = own.filter(|_| !found.is_empty()) {
            let waiting = self.store.waiting_tasks().await.or_internal(lang)?;
            match circle(own, &found, &edges(&waiting)) {
                Some(circle) => {
                    let names = self.store.task_names(&circle).await.or_internal(lang)?;
                    let name =
                        |id: &TaskId| names.get(id).cloned().unwrap_or_else(|| format!("#{id}"));
                    let chain = circle.iter().map(name).collect();
                    Some(ExecutionFault::Circle { chain })
                }
                None => None,
            }
        } else {
            None
        };
        faults.extend(fault.map(|fault| fault.on(FIELD, lang)));
        Ok(found)
    }

    /// A task by its id, else by its exact name. A number that is the id of one task and the name of
    /// another is refused.
    pub(in crate::service) async fn task_called(
        &self,
        lang: Lang,
        text: &str,
    ) -> Answer<NamedTask> {
        let by_name = self.store.task_named(text).await.or_internal(lang)?;
        let mut by_id = None;
        if let Some(id) = task_number(text) {
            let names = self.store.task_names(&[id]).await.or_internal(lang)?;
            by_id = names.contains_key(&id).then_some(id);
        }
        Ok(match (by_id, by_name) {
            (Some(by_id), Some(by_name)) if by_id != by_name && !text.starts_with('#') => {
                NamedTask::Either { by_id, by_name }
            }
            (Some(id), _) | (None, Some(id)) => NamedTask::One(id),
            (None, None) => NamedTask::None,
        })
    }
}

/// The task that a text names.
pub(in crate::service) enum NamedTask {
    /// None.
    None,
    /// This one.
    One(TaskId),
    /// Two: the text is ambiguous.
    Either {
        /// The task with this id.
        by_id: TaskId,
        /// The task with this name.
        by_name: TaskId,
    },
}

/// The tasks that documents name, each by its exact name: ids are of one installation.
pub(super) fn find_waits(
    lang: Lang,
    typed: &[String],
    batch: &Batch,
    faults: &mut Vec<FieldError>,
) -> Vec<TaskId> {
    let (mut found, mut names) = (Vec::new(), Vec::new());
    for name in typed.iter().map(|name| name.trim()) {
        match batch.task(name) {
            _ if name.is_empty() => {}
            Some(id) if found.contains(&id) => {}
            Some(id) => found.push(id),
            None => names.push(name.to_owned()),
        }
    }
    if !names.is_empty() {
        faults.push(ExecutionFault::UnknownTasks { names }.on(FIELD, lang));
    }
    found
}

/// What each task waits for.
fn edges(all: &[WaitingTask]) -> HashMap<TaskId, &[TaskId]> {
    all.iter()
        .map(|task| (task.id, task.tasks.as_slice()))
        .collect()
}

/// The shortest cycle from `own` through its dependencies back to itself.
pub(in crate::service) fn circle(
    own: TaskId,
    waits: &[TaskId],
    edges: &HashMap<TaskId, &[TaskId]>,
) -> Option<Vec<TaskId>> {
    let mut seen: HashSet<TaskId> = HashSet::new();
    let mut open: VecDeque<Vec<TaskId>> = waits.iter().map(|id| vec![own, *id]).collect();
    while let Some(path) = open.pop_front() {
        let last = *path.last()?;
        if last == own {
            return Some(path);
        }
        if !seen.insert(last) {
            continue;
        }
        for next in edges.get(&last).copied().unwrap_or_default() {
            open.push_back([path.as_slice(), &[*next]].concat());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[i64]) -> Vec<TaskId> {
        numbers.iter().copied().map(TaskId).collect()
    }

    fn all(edges: &[(i64, &[i64])]) -> Vec<WaitingTask> {
        let task = |(id, tasks): &(i64, &[i64])| WaitingTask {
            id: TaskId(*id),
            name: String::new(),
            tasks: ids(tasks),
        };
        edges.iter().map(task).collect()
    }

    #[test]
    fn cycles_are_reported_by_their_shortest_path() {
        let table: [(&[i64], Vec<WaitingTask>, Option<&[i64]>); 6] = [
            (&[2], all(&[]), None),
            (&[2], all(&[(2, &[3]), (3, &[4])]), None),
            (&[2], all(&[(2, &[1])]), Some(&[1, 2, 1])),
            (
                &[2, 3],
                all(&[(2, &[4]), (4, &[3]), (3, &[5]), (5, &[1])]),
                Some(&[1, 3, 5, 1]),
            ),
            // What it waited for before does not count.
            (&[3], all(&[(1, &[2]), (2, &[1])]), None),
            // A circle of others, which older versions may have left, is not ours.
            (&[2], all(&[(2, &[3]), (3, &[2])]), None),
        ];
        for (waits, edges, expected) in table {
            assert_eq!(
                circle(TaskId(1), &ids(waits), &super::edges(&edges)),
                expected.map(ids)
            );
        }
    }
}
