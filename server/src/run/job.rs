//! The unit that scheduler, service and executor hand to each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::id::{OccurrenceId, RunId};
use app::run::Trigger;
use app::task::Task;
use chrono::{DateTime, Utc};

use crate::store::SealedSecret;

/// A claimed firing or a manual start, in the database as `running`.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its run.
    pub run_id: RunId,
    /// Its planned firing.
    pub occurrence_id: Option<OccurrenceId>,
    /// The fence.
    pub epoch: i32,
    /// The task as it was when claimed.
    pub task: Arc<Task>,
    /// Why it starts.
    pub trigger: Trigger,
    /// The instant the schedule named.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// 1 for the first attempt.
    pub attempt: i32,
    /// What is filled in, in plain.
    pub parameters: BTreeMap<String, String>,
    /// What the task was granted, sealed.
    pub secrets: Arc<[SealedSecret]>,
}
