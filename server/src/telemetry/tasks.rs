//! Counters with a label per task, off by default: one series for each of many tasks is what makes a Prometheus
//! server run out of memory. So there is a limit, and tasks beyond it are counted together.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use app::id::TaskId;
use app::run::RunState;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The label of tasks beyond the limit.
const OTHER: &str = "other";

type Labels = [(&'static str, String); 2];

/// Ends of runs by task.
#[derive(Debug)]
pub(super) struct TaskCounters {
    max: usize,
    known: Mutex<HashSet<TaskId>>,
    ended: Family<Labels, Counter>,
}

impl TaskCounters {
    /// Counters of at most `max` tasks; none when that is zero.
    pub(super) fn new(max: usize, registry: &mut Registry) -> Option<Self> {
        if max == 0 {
            return None;
        }
        let ended = Family::default();
        registry.register(
            "task_runs_ended",
            "Runs that ended on this server, by task id (JCRONTAB_METRICS_TASKS)",
            ended.clone(),
        );
        Some(Self {
            max,
            known: Mutex::default(),
            ended,
        })
    }

    pub(super) fn ended(&self, task: TaskId, state: RunState) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let has_label = known.contains(&task) || (known.len() < self.max && known.insert(task));
        drop(known);
        let task = if has_label {
            task.0.to_string()
        } else {
            OTHER.to_owned()
        };
        let labels = [("task", task), ("state", state.as_str().to_owned())];
        self.ended.get_or_create(&labels).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_beyond_the_limit_are_counted_together() {
        let mut registry = Registry::default();
        assert!(TaskCounters::new(0, &mut registry).is_none());
        let counters = TaskCounters::new(2, &mut registry).expect("counters");
        for task in [7, 9, 11, 7, 12] {
            counters.ended(TaskId(task), RunState::Succeeded);
        }
        let mut text = String::new();
        prometheus_client::encoding::prometheus_text::encode(&mut text, &registry).expect("text");
        for line in [
            r#"task_runs_ended_total{task="7",state="succeeded"} 2"#,
            r#"task_runs_ended_total{task="9",state="succeeded"} 1"#,
            r#"task_runs_ended_total{task="other",state="succeeded"} 2"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("\"11\""), "{text}");
    }
}
