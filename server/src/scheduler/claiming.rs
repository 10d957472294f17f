//! Claiming due firings and handing them over; claims whose commit is unknown; requested stops.

use std::sync::Arc;

use app::run::RunReason;
use chrono::{DateTime, Utc};

use super::agenda::{Agenda, AgendaTask};
use super::rules::Rules;
use super::{MANUAL_START, Scheduler};
use crate::executor::StopReason;
use crate::run::{Job, parameters};
use crate::store::{Claimed, Resumed, Stale, StoreError, UnconfirmedClaim};

impl Scheduler {
    /// Takes what is due and what waits for room; what starts goes to the executor.
    pub(super) async fn claim(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        let now = self.clock.now();
        let rules = Rules { agenda, now };
        crate::failpoints::point("claim.before");
        let begun = self.clock.ticks();
        let claimed = self
            .store
            .claim(&self.node.id, now, agenda.seen, &rules)
            .await;
        if claimed
            .as_ref()
            .is_err_and(|error| !matches!(error, StoreError::Raced))
        {
            self.executor.mark_commit_unknown();
        }
        if !self.lease.may_claim(self.clock.ticks()) {
            // The answer took so long that the others may have given this node up meanwhile. What
            // is ours in the database is started once it is clear that they have not.
            self.executor.mark_commit_unknown();
            return Err(StoreError::Raced);
        }
        match claimed? {
            Err(Stale::TasksChanged) => self.reload(agenda).await,
            Ok(claims) => {
                if !claims.claimed.is_empty() {
                    crate::failpoints::point("claim.committed");
                    let took = self.clock.ticks().saturating_sub(begun);
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
                for claimed in claims.claimed {
                    self.hand_over(agenda, claimed, now);
                }
                for resumed in claims.resumed {
                    self.resume(agenda, resumed, now);
                }
                for id in claims.stop {
                    self.executor.stop(id, StopReason::Replaced);
                }
                agenda.look = false;
                agenda.waiting = claims.waiting;
                if self.signals.room.set_wanted(claims.waiting) {
                    self.signals.tasks.notify_one();
                }
                if !claims.more {
                    agenda.settled(now);
                }
                agenda.note_due(claims.look_again.into_iter());
                Ok(())
            }
        }
    }

    /// Reads and decides as the claim of an instant that is near will, and writes nothing.
    pub(super) async fn rehearse(
        &self,
        agenda: &Agenda,
        due: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rules = Rules { agenda, now: due };
        self.store.rehearse(due, &rules).await
    }

    /// Ends runs of this node whose end was asked for in the database: on another node, or by a
    /// newer start.
    pub(super) async fn end_asked(&self) -> Result<(), StoreError> {
        for (id, who) in self.store.asked_to_end(&self.node.id).await? {
            let reason = who.map_or(StopReason::Replaced, StopReason::Person);
            self.executor.stop(id, reason);
        }
        Ok(())
    }

    /// After a failed claim it is unknown whether it was committed. What the database holds as ours
    /// and running, but this process never started, is started now: it cannot have been before.
    pub(super) async fn resolve_doubt(&self, agenda: &Agenda) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut settled = true;
        // Taken before the query: a run that ends in between is then still known as ours.
        let ours = self.executor.in_flight();
        for claim in self.store.claimed_by(&self.node.id).await? {
            if ours.contains(&claim.run_id) || self.executor.holds(claim.run_id) {
                continue;
            }
            let by_hand = claim.occurrence_id.is_none() && !claim.waited;
            if by_hand && now - claim.started_at < MANUAL_START {
                // A manual start may be on its way to the executor at this moment.
                settled = false;
                continue;
            }
            tracing::warn!(
                run.id = claim.run_id.0,
                "the commit of this claim was not confirmed, but it is in the database"
            );
            match agenda.task(claim.task_id) {
                Some(live) if !by_hand => self.begin(live, from_unconfirmed(claim, live, now)),
                // The caller of a manual start was told that it failed.
                _ => self.executor.give_up(&claim, now),
            }
        }
        if settled {
            self.executor.clear_unknown_commit();
        }
        Ok(())
    }

    fn hand_over(&self, agenda: &Agenda, claimed: Claimed, now: DateTime<Utc>) {
        // The rules start only tasks that the agenda holds.
        let Some(live) = agenda.task(claimed.due.task_id) else {
            return;
        };
        self.executor.start(Job {
            run_id: claimed.run_id,
            occurrence_id: Some(claimed.due.id),
            epoch: claimed.epoch,
            task: Arc::clone(&live.task),
            trigger: claimed.trigger,
            scheduled_for: Some(claimed.due.scheduled_for),
            started_at: now,
            attempt: 1,
            parameters: live.task.execution.default_parameters(),
            secrets: Arc::clone(&live.secrets),
        });
    }

    fn resume(&self, agenda: &Agenda, resumed: Resumed, now: DateTime<Utc>) {
        let Some(live) = agenda.task(resumed.task_id) else {
            return;
        };
        let claim = UnconfirmedClaim {
            run_id: resumed.run_id,
            occurrence_id: resumed.occurrence_id,
            task_id: resumed.task_id,
            epoch: resumed.epoch,
            trigger: resumed.trigger,
            scheduled_for: resumed.scheduled_for,
            started_at: now,
            attempt: resumed.attempt,
            parameters_sealed: resumed.parameters_sealed,
            waited: true,
        };
        self.begin(live, from_unconfirmed(claim, live, now));
    }

    /// Starts a job whose parameters may be sealed.
    fn begin(&self, live: &AgendaTask, (mut job, sealed): (Job, Option<String>)) {
        let Some(sealed) = sealed else {
            return self.executor.start(job);
        };
        match parameters::open(&self.sealer, live.task.id, &sealed) {
            Ok(filled_in) => {
                job.parameters = filled_in;
                self.executor.start(job);
            }
            Err(error) => {
                tracing::error!(
                    run.id = job.run_id.0,
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

fn from_unconfirmed(
    claim: UnconfirmedClaim,
    live: &AgendaTask,
    now: DateTime<Utc>,
) -> (Job, Option<String>) {
    let job = Job {
        run_id: claim.run_id,
        occurrence_id: claim.occurrence_id,
        epoch: claim.epoch,
        task: Arc::clone(&live.task),
        trigger: claim.trigger,
        scheduled_for: claim.scheduled_for,
        started_at: now,
        attempt: claim.attempt,
        parameters: live.task.execution.default_parameters(),
        secrets: Arc::clone(&live.secrets),
    };
    (job, claim.parameters_sealed)
}
