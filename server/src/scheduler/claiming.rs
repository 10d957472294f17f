//! Claims due firings and hands them over; handles claims with an unknown commit, and requested stops.

use app::run::RunReason;
use chrono::{DateTime, Utc};

use super::agenda::{Agenda, AgendaTask};
use super::rules::Rules;
use super::{MANUAL_START, Scheduler};
use crate::executor::StopReason;
use crate::run::{Job, parameters};
use crate::store::{Claimed, Claims, RunInProgress, Stale, StoreError};
use crate::telemetry::Claim;

impl Scheduler {
    /// Claims due firings and waiting runs; those that start go to the executor.
    pub(super) async fn claim(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let now = self.clock.now();
        if agenda.needs_plan(now) {
            // The process was stopped meanwhile: of what was due since, a rule may start only the latest, and has to see it.
            return Ok(());
        }
        let rules = Rules { agenda, now };
        crate::failpoints::point("claim.before");
        let begun = self.clock.ticks();
        let claimed = self
            .store
            .claim(&self.node.id, now, agenda.seen, &rules)
            .await;
        let took = self.clock.ticks().saturating_sub(begun);
        self.executor.metrics().claim(result_of(&claimed), took);
        if claimed
            .as_ref()
            .is_err_and(|error| !matches!(error, StoreError::Raced))
        {
            self.executor.mark_commit_unknown();
        }
        if !self.lease.may_claim(self.clock.ticks()) {
            // The answer took so long that other nodes may have declared this one dead. Our claims in the
            // database are started once it is certain that they have not.
            self.executor.mark_commit_unknown();
            return Err(StoreError::Raced);
        }
        match claimed? {
            Err(Stale::TasksChanged | Stale::PlannedMeanwhile) => self.reload(agenda).await,
            Ok(claims) => {
                if !claims.claimed.is_empty() {
                    crate::failpoints::point("claim.committed");
                    tracing::debug!(
                        count = claims.claimed.len(),
                        took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
                        "claimed"
                    );
                }
                self.lag.note(
                    now,
                    claims
                        .claimed
                        .iter()
                        .map(|c| (now - c.due.due_at).num_milliseconds()),
                );
                let started = self.clock.now();
                for claimed in &claims.claimed {
                    let delay = (started - claimed.due.due_at).to_std().unwrap_or_default();
                    self.executor.metrics().start_delay(delay);
                }
                for claimed in claims.claimed {
                    self.hand_over(agenda, claimed, now);
                }
                // Runs that waited for a slot were delayed by that, not by us.
                for resumed in claims.resumed {
                    self.resume(agenda, &resumed, now);
                }
                for id in claims.stop {
                    self.executor.stop(id, StopReason::Replaced);
                }
                self.executor.metrics().not_run(&claims.not_run);
                if claims.has_tickets {
                    self.signals.tickets.notify_one();
                }
                if claims.has_messages {
                    self.signals.outbox.notify_one();
                }
                agenda.check_waiting = false;
                agenda.waiting = claims.waiting;
                if self.signals.runs.set_wanted(claims.waiting) {
                    self.signals.tasks.notify_one();
                }
                if !claims.more {
                    agenda.settled(now);
                    agenda.unreported = false;
                }
                agenda.note_due(claims.look_again.into_iter());
                Ok(())
            }
        }
    }

    /// Reads and decides as the claim of an upcoming instant will, and writes nothing.
    pub(super) async fn rehearse(
        &self,
        agenda: &Agenda,
        due: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rules = Rules { agenda, now: due };
        self.store.rehearse(due, &rules).await
    }

    /// Stops runs of this node that were marked in the database: by another node, or by a newer start.
    pub(super) async fn stop_requested_runs(&self) -> Result<(), StoreError> {
        for (id, who) in self.store.requested_stops(&self.node.id).await? {
            let reason = who.map_or(StopReason::Replaced, StopReason::Person);
            self.executor.stop(id, reason);
        }
        Ok(())
    }

    /// After a failed claim it is unknown whether it was committed. Runs that the database has as ours and running,
    /// but that this process never started, are started now: they cannot have been before.
    pub(super) async fn resolve_unknown_commits(&self, agenda: &Agenda) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut settled = true;
        // Read before the query: a run that ends in between is then still known as ours.
        let ours = self.executor.in_flight();
        for claim in self.store.claimed_by(&self.node.id).await? {
            if ours.contains(&claim.run_id) || self.executor.holds(claim.run_id) {
                continue;
            }
            let is_manual = claim.occurrence_id.is_none() && !claim.waited;
            if is_manual && now - claim.started_at < MANUAL_START {
                // A manual start may be on its way to the executor at this moment.
                settled = false;
                continue;
            }
            tracing::warn!(
                run.id = claim.run_id.0,
                task.id = claim.task_id.0,
                "the database did not confirm this claim, but has it"
            );
            match agenda.task(claim.task_id) {
                Some(live) if !is_manual => self.begin(live, &claim, now),
                // The caller of a manual start received an error for it.
                _ => self.executor.give_up(&claim, now),
            }
        }
        if settled {
            self.executor.clear_unknown_commit();
        }
        Ok(())
    }

    fn hand_over(&self, agenda: &Agenda, claimed: Claimed, now: DateTime<Utc>) {
        // Only tasks in the agenda are started.
        let Some(live) = agenda.task(claimed.due.task_id) else {
            return;
        };
        let (task, secrets) = (&live.task, &live.secrets);
        self.executor
            .start(Job::planned(&claimed, task, secrets, now));
    }

    fn resume(&self, agenda: &Agenda, resumed: &RunInProgress, now: DateTime<Utc>) {
        if let Some(live) = agenda.task(resumed.task_id) {
            self.begin(live, resumed, now);
        }
    }

    /// Starts a run whose parameters may be sealed.
    fn begin(&self, live: &AgendaTask, run: &RunInProgress, now: DateTime<Utc>) {
        let mut job = Job::under_way(run, &live.task, &live.secrets, now);
        let Some(sealed) = &run.parameters_sealed else {
            return self.executor.start(job);
        };
        match parameters::open(&self.sealer, live.task.id, sealed) {
            Ok(filled_in) => {
                job.parameters = filled_in;
                self.executor.start(job);
            }
            Err(error) => {
                tracing::error!(
                    run.id = job.run_id.0,
                    task.id = job.task.id.0,
                    error = &error as &dyn std::error::Error,
                    "parameters cannot be opened"
                );
                let why = "its parameters cannot be opened with this server's key";
                self.executor
                    .refuse(&job, &RunReason::NotStarted(why.to_owned()));
            }
        }
    }
}

/// The result of a claim as a label of metrics.
fn result_of(claimed: &Result<Result<Claims, Stale>, StoreError>) -> Claim {
    match claimed {
        Ok(Ok(claims)) if claims.claimed.is_empty() && claims.resumed.is_empty() => Claim::Empty,
        Ok(Ok(_)) => Claim::Claimed,
        Ok(Err(Stale::TasksChanged | Stale::PlannedMeanwhile)) | Err(StoreError::Raced) => {
            Claim::Raced
        }
        Err(_) => Claim::Failed,
    }
}
