//! What a run gives notice of, as facts.

use app::run::RunState;
use app::task::Task;
use app::ticket::{Opens, TicketKind};
use chrono::{DateTime, Utc};
use runner::output::Shown;

use super::Job;
use crate::facts::{End, Facts, Failures, HeadAndTail, Retried, TaskEvent, TaskFacts, event_of};
use crate::store::{Notice, Outcome, TicketSeed};

impl Job {
    /// What its end has to say: a reminder in the message modes, and a failure in every mode. Of attempts only the
    /// last one says how the run ended; one before says that it is repeated.
    #[must_use]
    pub fn end_notices(&self, outcome: &Outcome, output: &Shown) -> Vec<Notice> {
        let task = &self.task;
        if let Some(next_at) = outcome.retry_at {
            let event = TaskEvent::Retried(Retried {
                attempt: self.attempt,
                state: outcome.state,
                reason: outcome.reason.clone(),
                exit_code: outcome.exit_code,
                exit_signal: outcome.exit_signal,
                next_at,
            });
            return vec![self.notice(outcome.finished_at, event)];
        }
        let mut notices = Vec::new();
        if let Some(event) = event_of(task, outcome.state, outcome.reason.as_deref()) {
            let output = match task.mode.runs_command() {
                true => HeadAndTail::of_output(output),
                false => HeadAndTail::default(),
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
                failures: None,
            };
            let facts = Facts::Ended {
                task: TaskFacts::of(task),
                run: self.run_id,
                at: self.scheduled_for.unwrap_or(self.started_at),
                end: Box::new(end),
            };
            notices.push(Notice::about(task, facts));
        }
        notices.extend(self.too_fast(outcome));
        notices
    }

    /// That its task has recovered, in case earlier runs failed: only the store knows, when it writes the result, and
    /// then completes or drops this.
    #[must_use]
    pub fn recovery(&self, outcome: &Outcome) -> Option<Notice> {
        let unknown = Failures {
            count: 0,
            since: self.started_at,
        };
        (outcome.state == RunState::Succeeded)
            .then(|| self.notice(outcome.finished_at, TaskEvent::Recovered(unknown)))
    }

    /// The ticket that its failure opens and its success ends, where the task wants one.
    #[must_use]
    pub fn ticket(&self, outcome: &Outcome) -> Option<Box<TicketSeed>> {
        failure_ticket(&self.task, outcome)
    }

    /// That it succeeded in less time than its task takes at least.
    fn too_fast(&self, outcome: &Outcome) -> Option<Notice> {
        let min_seconds = self.task.execution.min_seconds?;
        let took_ms = (outcome.finished_at - self.started_at).num_milliseconds();
        let is_fast = took_ms < min_seconds.saturating_mul(1_000);
        let event = TaskEvent::TooFast {
            took_ms,
            min_seconds,
        };
        (outcome.state == RunState::Succeeded && is_fast)
            .then(|| self.notice(outcome.finished_at, event))
    }

    /// The warning that it is over its soft limit.
    #[must_use]
    pub fn late_notices(&self, now: DateTime<Utc>) -> Vec<Notice> {
        let facts = Facts::too_long(&self.task, self.run_id, now);
        vec![Notice::about(&self.task, facts)]
    }

    fn notice(&self, at: DateTime<Utc>, event: TaskEvent) -> Notice {
        let facts = Facts::of_task(&self.task, Some(self.run_id), at, event);
        Notice::about(&self.task, facts)
    }
}

/// The ticket that a failed run opens and a successful one ends, where its task wants one.
#[must_use]
pub fn failure_ticket(task: &Task, outcome: &Outcome) -> Option<Box<TicketSeed>> {
    let kind = TicketKind::Failure;
    (task.tickets.opens == Opens::Failure).then(|| {
        let seed = TicketSeed::new(kind, task, outcome.finished_at);
        Box::new(seed.of_run(outcome.run_id))
    })
}
