//! What a run gives notice of, as facts.

use chrono::{DateTime, Utc};

use super::Job;
use crate::facts::{End, Ends, Facts, TaskFacts, event_of};
use crate::store::{Notice, Outcome};

impl Job {
    /// What its end has to say: a reminder in the message modes, and a failure in every mode. Of
    /// attempts only the last one speaks.
    #[must_use]
    pub fn end_notices(&self, outcome: &Outcome, output: &[u8]) -> Vec<Notice> {
        let task = &self.task;
        let Some(event) = event_of(task, outcome.state) else {
            return Vec::new();
        };
        if outcome.retry_at.is_some() {
            return Vec::new();
        }
        let output = match task.mode.runs_command() {
            true => Ends::of_output(output),
            false => Ends::default(),
        };
        let end = End {
            event,
            state: outcome.state,
            reason: outcome.reason.clone(),
            exit_code: outcome.exit_code,
            exit_signal: outcome.exit_signal,
            attempt: self.attempt,
            started_at: self.started_at,
            finished_at: outcome.finished_at,
            output,
        };
        let facts = Facts::Ended {
            task: TaskFacts::of(task),
            run: self.run_id,
            at: self.scheduled_for.unwrap_or(self.started_at),
            end: Box::new(end),
        };
        vec![Notice::about(task, facts)]
    }

    /// The warning that it is over its soft limit.
    #[must_use]
    pub fn late_notices(&self, now: DateTime<Utc>) -> Vec<Notice> {
        let facts = Facts::too_long(&self.task, self.run_id, now);
        vec![Notice::about(&self.task, facts)]
    }
}
