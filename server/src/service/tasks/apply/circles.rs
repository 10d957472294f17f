//! Tasks that would wait for one another, and the order in which tasks are deleted.

use std::collections::{HashMap, HashSet};

use app::error::FieldError;
use app::i18n::Lang;
use app::id::TaskId;
use app::task::Task;

use super::batch::Batch;
use super::order::awaited_first;
use super::plan::{Planned, placed};
use crate::service::execution::circle;
use crate::texts::Fault;
use crate::texts::executions::ExecutionFault;

/// Faults of tasks that would wait for one another.
pub(super) fn circles(lang: Lang, batch: &Batch, planned: &[Planned]) -> Vec<FieldError> {
    let named: HashSet<TaskId> = planned.iter().map(|task| task.id).collect();
    let own = planned
        .iter()
        .map(|task| (task.id, task.spec.execution.waits.tasks.as_slice()));
    let others = batch
        .waiting
        .iter()
        .filter(|task| !named.contains(&task.id));
    let edges: Vec<(TaskId, &[TaskId])> = own
        .chain(others.map(|task| (task.id, task.tasks.as_slice())))
        .collect();
    if awaited_first(&edges).is_some() {
        return Vec::new();
    }
    let edges: HashMap<TaskId, &[TaskId]> = edges.into_iter().collect();
    for (at, task) in planned.iter().enumerate() {
        let waits = &task.spec.execution.waits.tasks;
        if let Some(circle) = circle(task.id, waits, &edges) {
            let chain = circle.into_iter().map(|id| batch.name(id)).collect();
            let fault = ExecutionFault::Circle { chain };
            return vec![placed(at, fault.on("execution.waits.tasks", lang))];
        }
    }
    // A circle of others, which older versions may have left.
    Vec::new()
}

/// The tasks with the tag that no document names, in an order in which each comes before those that it waits for.
pub(super) fn doomed(batch: &Batch, planned: &[Planned]) -> Vec<Task> {
    let named: HashSet<TaskId> = planned.iter().map(|task| task.id).collect();
    let rest: Vec<&Task> = batch
        .tagged
        .iter()
        .filter(|task| !named.contains(&task.id))
        .collect();
    let edges: Vec<(TaskId, &[TaskId])> = rest
        .iter()
        .map(|task| (task.id, task.execution.waits.tasks.as_slice()))
        .collect();
    // A circle, which older versions may have left, is refused by the store.
    let order = awaited_first(&edges).unwrap_or_else(|| (0..rest.len()).collect());
    order.into_iter().rev().map(|at| rest[at].clone()).collect()
}
