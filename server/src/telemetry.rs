//! What operators see of a server: metrics, and the ids that connect log lines.
//! It depends on no task, database or request. Others count here and read nothing back, so a metric never decides
//! anything.

mod histogram;
pub mod metrics;
mod process;
pub mod request;
mod tasks;

pub use metrics::{Claim, Delivery, Depths, Metrics};

use app::id::{RunId, TaskId};
use tracing::Span;

/// The span of one run: every line logged in it carries the ids of the task and of the run. At error level, so that a
/// filter for errors keeps the ids.
#[must_use]
pub fn run_span(task: TaskId, run: RunId) -> Span {
    tracing::error_span!("run", task.id = task.0, run.id = run.0)
}
