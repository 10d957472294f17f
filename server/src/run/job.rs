//! The unit that scheduler, service and executor hand to each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::id::{OccurrenceId, RunId};
use app::run::Trigger;
use app::task::Task;
use chrono::{DateTime, Utc};

use crate::store::{Claimed, SealedSecret, UnderWay};

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

impl Job {
    /// A planned firing that was claimed at `now`, with the parameters' defaults.
    #[must_use]
    pub fn planned(
        claimed: &Claimed,
        task: &Arc<Task>,
        secrets: &Arc<[SealedSecret]>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            run_id: claimed.run_id,
            occurrence_id: Some(claimed.due.id),
            epoch: claimed.epoch,
            task: Arc::clone(task),
            trigger: claimed.trigger,
            scheduled_for: Some(claimed.due.scheduled_for),
            started_at: now,
            attempt: 1,
            parameters: task.execution.default_parameters(),
            secrets: Arc::clone(secrets),
        }
    }

    /// A run that waited or was not confirmed, and starts at `now`. What was filled in is still
    /// sealed; until it is opened, the parameters have their defaults.
    #[must_use]
    pub fn under_way(
        run: &UnderWay,
        task: &Arc<Task>,
        secrets: &Arc<[SealedSecret]>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            run_id: run.run_id,
            occurrence_id: run.occurrence_id,
            epoch: run.epoch,
            task: Arc::clone(task),
            trigger: run.trigger,
            scheduled_for: run.scheduled_for,
            started_at: now,
            attempt: run.attempt,
            parameters: task.execution.default_parameters(),
            secrets: Arc::clone(secrets),
        }
    }

    /// A start by hand, claimed at `at` under an epoch, with what was filled in.
    #[must_use]
    pub fn by_hand(
        (run_id, epoch): (RunId, i32),
        task: Task,
        parameters: BTreeMap<String, String>,
        secrets: Arc<[SealedSecret]>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            run_id,
            occurrence_id: None,
            epoch,
            task: Arc::new(task),
            trigger: Trigger::Manual,
            scheduled_for: None,
            started_at: at,
            attempt: 1,
            parameters,
            secrets,
        }
    }
}
