//! The unit of work that scheduler, service and executor pass on.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::id::{OccurrenceId, RunId, TicketId};
use app::run::Trigger;
use app::task::Task;
use app::task::execution::{Execution, HttpCall, StopGrace, SuccessWhen};
use app::ticket::{CheckBy, TicketCheck};
use chrono::{DateTime, Utc};

use crate::store::{Claimed, RunInProgress, SealedSecret};

/// Between TERM and KILL of a check.
const CHECK_GRACE: StopGrace = StopGrace(2);

/// A claimed firing or a manual start, in the database as `running`.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its run.
    pub run_id: RunId,
    /// Its planned firing.
    pub occurrence_id: Option<OccurrenceId>,
    /// The fencing epoch.
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
    /// The parameters, in plain text.
    pub parameters: BTreeMap<String, String>,
    /// The secrets granted to the task, sealed.
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

    /// A run that waited or was not confirmed, and starts at `now`. Its parameters are still sealed; until they are
    /// opened, they have their defaults.
    #[must_use]
    pub fn under_way(
        run: &RunInProgress,
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

    /// The check of a ticket of this task, at `now`. It has no run: its number is that of the ticket below zero, so that
    /// its processes are found like those of runs.
    #[must_use]
    pub fn check(
        ticket: TicketId,
        task: &Task,
        check: &TicketCheck,
        secrets: Arc<[SealedSecret]>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut task = task.clone();
        task.spec.timeout_seconds = Some(check.timeout_seconds);
        // Each by its name: whoever adds a field decides whether a check has it, too. A check runs where and as what the
        // task does; it is judged by its own rules.
        let Execution {
            overlap,
            pool,
            retry,
            success_when: _,
            soft_limit_seconds: _,
            min_seconds,
            stop_grace_seconds: _,
            limits,
            run_as,
            cwd,
            shell,
            merge_output,
            secret_files,
            env,
            parameters,
            waits,
            http: _,
            outlives_server: _,
            not_from_chats,
            keep,
        } = task.execution.as_ref().clone();
        let mut execution = Execution {
            overlap,
            pool,
            retry,
            success_when: SuccessWhen::default(),
            soft_limit_seconds: None,
            min_seconds,
            stop_grace_seconds: CHECK_GRACE,
            limits,
            run_as,
            cwd,
            shell,
            merge_output,
            secret_files,
            env,
            parameters,
            waits,
            http: None,
            outlives_server: false,
            not_from_chats,
            keep,
        };
        match &check.by {
            CheckBy::Command(command) => task.spec.command.clone_from(command),
            CheckBy::Url(url) => {
                execution.http = Some(HttpCall {
                    method: "GET".to_owned(),
                    url: url.clone(),
                    ..HttpCall::default()
                });
            }
        }
        task.spec.execution = Arc::new(execution);
        Self {
            run_id: RunId(-ticket.0),
            occurrence_id: None,
            epoch: 0,
            trigger: Trigger::Manual,
            scheduled_for: None,
            started_at: now,
            attempt: 1,
            parameters: task.execution.default_parameters(),
            secrets,
            task: Arc::new(task),
        }
    }

    /// A manual start, claimed at `at` under an epoch, with its parameters.
    #[must_use]
    pub fn manual(
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
