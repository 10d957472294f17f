//! In which order tasks are created and deleted, so that each comes after those that it needs; and circles.

use std::collections::HashMap;

use app::id::TaskId;

/// The positions of tasks in an order in which each comes after those that it waits for; `None` where some wait for one
/// another. Tasks outside of the list do not matter.
pub(in crate::service::tasks) fn awaited_first(
    tasks: &[(TaskId, &[TaskId])],
) -> Option<Vec<usize>> {
    let positions: HashMap<TaskId, usize> = tasks
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (*id, at))
        .collect();
    let mut waiting: Vec<usize> = vec![0; tasks.len()];
    let mut awaited: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (at, (_, waits)) in tasks.iter().enumerate() {
        for other in waits.iter().filter_map(|id| positions.get(id)) {
            waiting[at] += 1;
            awaited[*other].push(at);
        }
    }
    // From the back, so that tasks without waits keep their order.
    let mut ready: Vec<usize> = (0..tasks.len())
        .rev()
        .filter(|at| waiting[*at] == 0)
        .collect();
    let mut order = Vec::with_capacity(tasks.len());
    while let Some(at) = ready.pop() {
        order.push(at);
        for next in awaited[at].iter().rev() {
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                ready.push(*next);
            }
        }
    }
    (order.len() == tasks.len()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_comes_first() {
        let ids =
            |numbers: &[i64]| -> Vec<TaskId> { numbers.iter().copied().map(TaskId).collect() };
        let table: [(&[(i64, &[i64])], Option<&[usize]>); 6] = [
            (&[], Some(&[])),
            (&[(1, &[]), (2, &[]), (3, &[])], Some(&[0, 1, 2])),
            (&[(1, &[2, 9]), (2, &[3]), (3, &[])], Some(&[2, 1, 0])),
            (&[(1, &[3]), (2, &[]), (3, &[])], Some(&[1, 2, 0])),
            (&[(1, &[1])], None),
            (&[(1, &[2]), (2, &[1]), (3, &[])], None),
        ];
        for (tasks, expected) in table {
            let waits: Vec<(TaskId, Vec<TaskId>)> = tasks
                .iter()
                .map(|(id, waits)| (TaskId(*id), ids(waits)))
                .collect();
            let tasks: Vec<(TaskId, &[TaskId])> = waits
                .iter()
                .map(|(id, waits)| (*id, waits.as_slice()))
                .collect();
            assert_eq!(awaited_first(&tasks).as_deref(), expected, "{tasks:?}");
        }
    }
}
