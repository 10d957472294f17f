//! The end of a run: its outcome, the next attempt, its messages.

use app::run::{RunReason, RunState};
use chrono::{DateTime, TimeDelta, Utc};
use runner::Ending;
use runner::output::Shown;

use super::{Executor, Job};
use crate::auth::token::chance;
use crate::store::{Outcome, RunInProgress, StoredOutput};

/// When an attempt that ended this way is retried.
pub(crate) fn retry_at(
    task: &app::task::Task,
    attempt: i32,
    state: RunState,
    exit_code: Option<i32>,
    ended_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    task.execution
        .retry
        .next_delay_ms(attempt, state, exit_code, chance())
        .map(|delay| ended_at + TimeDelta::milliseconds(delay))
}

impl Executor {
    /// Hands the end of a run to the recorder.
    pub(super) fn finish(
        &self,
        job: &Job,
        state: RunState,
        reason: Option<String>,
        ending: &Ending,
        output: StoredOutput,
        shown: &Shown,
    ) {
        let finished_at = self.clock.now().max(job.started_at);
        let mut outcome = Outcome {
            run_id: job.run_id,
            occurrence_id: job.occurrence_id,
            task_id: job.task.id,
            epoch: job.epoch,
            state,
            reason,
            finished_at,
            exit_code: ending.exit_code,
            exit_signal: ending.signal,
            output,
            retry_at: retry_at(&job.task, job.attempt, state, ending.exit_code, finished_at),
            messages: Vec::new(),
            notices: Vec::new(),
            ticket: None,
        };
        outcome.notices = job.end_notices(&outcome, shown);
        outcome.notices.extend(job.recovery(&outcome));
        outcome.ticket = job.ticket(&outcome);
        let took = (finished_at - job.started_at).to_std().unwrap_or_default();
        self.metrics
            .run_ended(job.task.id, outcome.state, job.trigger, took);
        self.recorder.record(outcome);
    }

    /// Ends a job that is in the database as `running` but cannot be started.
    pub fn refuse(&self, job: &Job, reason: &RunReason) {
        self.in_flight.insert(job.run_id);
        self.finish(
            job,
            RunState::Failed,
            Some(reason.code()),
            &Ending::default(),
            StoredOutput::default(),
            &Shown::default(),
        );
    }

    /// Sends the warning that a run is over its soft limit.
    pub(super) fn warn_over_soft_limit(&self, job: &Job) {
        let notices = job.late_notices(self.clock.now());
        tracing::info!("a run is over its soft limit");
        self.recorder.queue_notices(notices);
    }

    /// Ends a claim that was never started and can no longer be.
    pub fn give_up(&self, claimed: &RunInProgress, now: DateTime<Utc>) {
        let took = (now - claimed.started_at).to_std().unwrap_or_default();
        self.metrics
            .run_ended(claimed.task_id, RunState::Lost, claimed.trigger, took);
        let outcome = claimed.lost(&RunReason::Unconfirmed, now);
        self.recorder.record(outcome);
    }
}
