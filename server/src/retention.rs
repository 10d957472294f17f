//! The loop that deletes history which is no longer kept, and outputs whose runs are gone (`docs/adr/0053`). What grows, and
//! what ends it, is listed in `docs/OPERATIONS.md`.
//!
//! Deletions are small transactions with pauses between them: a start waits for at most one of them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::id::TaskId;
use app::retention::Retention;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::audit::{AuditChain, ChainError};
use crate::clock::SharedClock;
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::output::{OutputError, OutputStore};
use crate::store::{KeepLimits, RetentionTurn, Store, StoreError};

/// The interval between two turns when there is nothing left to do.
const EVERY: Duration = Duration::from_secs(3_600);
/// The delay after an error.
const RETRY: Duration = Duration::from_secs(60);
/// Rows of one transaction.
const BATCH: u64 = 200;
/// The pause after one.
const PAUSE: Duration = Duration::from_millis(10);
/// Transactions of one turn; what is left is the next turn's, which then follows at once.
const BATCHES: u32 = 500;
/// How long the turn to delete is held.
const HELD: TimeDelta = TimeDelta::minutes(5);
/// The interval at which it is renewed.
const RENEWED: TimeDelta = TimeDelta::minutes(1);
/// Outputs that are deleted at once.
const OUTPUTS: u64 = 200;
/// How long a server looks for an output that is not here: it may be in the folder of another one.
const SOUGHT: TimeDelta = TimeDelta::days(7);

/// Tickets of one transaction: each may have hundreds of rows.
const TICKETS: usize = 20;
/// Servers that stopped are known for this long, or as long as runs are kept.
const NODES: TimeDelta = TimeDelta::days(30);
/// API tokens that have expired are listed for this long.
const TOKENS: TimeDelta = TimeDelta::days(90);
/// Every server has read a change of a task within this time.
const CHANGES: TimeDelta = TimeDelta::days(7);

const MIB: i64 = 1024 * 1024;

/// Deletes old history.
pub struct Pruning {
    /// The database.
    pub store: Store,
    /// The clock that all servers agree on.
    pub clock: SharedClock,
    /// The chain of the audit log.
    pub audit: AuditChain,
    /// Where outputs are.
    pub output: OutputStore,
    /// This server.
    pub node_id: String,
    /// Whether other servers may have folders of their own.
    pub shared: bool,
    /// Where a turn that did not finish goes on.
    pub at: Mutex<Progress>,
    /// Signals that it did not.
    pub more: Arc<Notify>,
}

/// How far the work has come that several turns may take.
#[derive(Debug, Default)]
pub struct Progress {
    /// The task with which the next turn goes on.
    task: Option<TaskId>,
    /// Rows that were deleted since there was nothing left to do.
    deleted: u64,
    /// When the turn was last taken or renewed.
    renewed: Option<DateTime<Utc>>,
    /// When the turn of another server ends; this one then takes its own.
    free_at: Option<DateTime<Utc>>,
}

/// What a turn may still do, and has done.
struct TurnBudget {
    /// Transactions.
    left: u32,
    /// Rows that were deleted.
    deleted: u64,
}

impl TurnBudget {
    /// After a transaction that deleted so many rows: pauses, and whether the turn may go on.
    async fn after(&mut self, deleted: u64) -> bool {
        self.deleted += deleted;
        self.left = self.left.saturating_sub(1);
        tokio::time::sleep(PAUSE).await;
        self.left > 0
    }
}

/// What is deleted beside the history of tasks.
#[derive(Clone, Copy)]
enum OtherRows {
    Messages,
    Tickets,
    Changes,
    Nodes,
    Tokens,
    Audit,
}

impl OtherRows {
    const ALL: [Self; 6] = [
        Self::Messages,
        Self::Tickets,
        Self::Changes,
        Self::Nodes,
        Self::Tokens,
        Self::Audit,
    ];

    /// From when on they are kept; `None` without a limit.
    fn kept_since(self, policy: &Retention, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Messages => days_ago(now, policy.message_days),
            Self::Tickets => days_ago(now, policy.ticket_days),
            Self::Audit => days_ago(now, policy.audit_days),
            Self::Changes => Some(now - CHANGES),
            Self::Nodes => days_ago(now, policy.run_days).map(|since| since.min(now - NODES)),
            Self::Tokens => Some(now - TOKENS),
        }
    }
}

impl Pruning {
    /// Deletes history; whether nothing is left to do.
    async fn prune(&self) -> Result<bool, ChainError> {
        let mut budget = TurnBudget {
            left: BATCHES,
            deleted: 0,
        };
        let pruned = self.prune_within(&mut budget).await;
        self.progress().deleted += budget.deleted;
        if budget.deleted > 0 {
            self.store.give_space_back().await?;
        }
        let done = pruned?;
        if done {
            let deleted = std::mem::take(&mut self.progress().deleted);
            let (node, now) = (&self.node_id, self.clock.now());
            self.store.end_retention_turn(node, now, deleted).await?;
        }
        Ok(done)
    }

    /// Deletes history within a budget; whether nothing is left to do.
    async fn prune_within(&self, left: &mut TurnBudget) -> Result<bool, ChainError> {
        let policy = self.store.retention().await?.policy;
        let tasks = self.store.task_keeps().await?;
        // On from where the last turn ended, so that one task with a long history does not keep the others waiting.
        let from = self.progress().task.take();
        let split = from.map_or(0, |from| tasks.partition_point(|(task, _)| task.0 < from.0));
        let (before, after) = tasks.split_at(split);
        for (task, keep) in after.iter().chain(before) {
            let (task, policy) = (*task, keep.over(&policy));
            // Another server has taken over.
            if !self.keep_turn().await? {
                return Ok(true);
            }
            if !self.prune_task(task, &policy, left).await? {
                self.progress().task = Some(task);
                return Ok(false);
            }
        }
        let now = self.clock.now();
        for rows in OtherRows::ALL {
            let Some(before) = rows.kept_since(&policy, now) else {
                continue;
            };
            loop {
                let deleted = self.delete_others(rows, before).await?;
                if deleted == 0 {
                    break;
                }
                if !left.after(deleted).await {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    async fn delete_others(
        &self,
        rows: OtherRows,
        before: DateTime<Utc>,
    ) -> Result<u64, ChainError> {
        let store = &self.store;
        let deleted = match rows {
            OtherRows::Messages => store.delete_old_messages(before, BATCH).await,
            OtherRows::Tickets => store.delete_old_tickets(before, TICKETS).await,
            OtherRows::Audit => return self.audit.cut(before, BATCH).await,
            OtherRows::Changes => store.delete_old_changes(before, BATCH).await,
            OtherRows::Nodes => store.delete_old_nodes(before, BATCH).await,
            OtherRows::Tokens => store.delete_old_tokens(before, BATCH).await,
        };
        Ok(deleted?)
    }

    /// Deletes what is no longer kept of one task; false when the turn is over before that.
    async fn prune_task(
        &self,
        task: TaskId,
        policy: &Retention,
        left: &mut TurnBudget,
    ) -> Result<bool, StoreError> {
        loop {
            let now = self.clock.now();
            let kept = kept(policy, now);
            let old = self.store.old_runs(task, kept, BATCH).await?;
            let mut deleted = self.store.delete_old_runs(task, &old.runs, now).await?;
            if let Some(before) = old.unruns_before {
                deleted += self.store.delete_old_unruns(task, before, BATCH).await?;
            }
            if let Some(before) = days_ago(now, policy.count_days) {
                let before = before.date_naive();
                deleted += self.store.delete_old_days(task, before, BATCH).await?;
            }
            if deleted == 0 {
                return Ok(true);
            }
            tracing::debug!(task.id = task.0, deleted, "old history was deleted");
            if !left.after(deleted).await {
                return Ok(false);
            }
        }
    }

    fn progress(&self) -> std::sync::MutexGuard<'_, Progress> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn, or finds out when that of another server ends; whether this one has it.
    async fn take_turn(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let taken = self
            .store
            .take_retention_turn(&self.node_id, now, now + HELD)
            .await?;
        let mut progress = self.progress();
        (progress.renewed, progress.free_at) = match taken {
            RetentionTurn::Own => (Some(now), None),
            RetentionTurn::OfOther(until) => (None, Some(until)),
        };
        Ok(taken == RetentionTurn::Own)
    }

    /// Renews the turn from time to time; false when another server has taken over.
    async fn keep_turn(&self) -> Result<bool, StoreError> {
        let renewed = self.progress().renewed;
        match renewed {
            Some(at) if self.clock.now() < at + RENEWED => Ok(true),
            _ => self.take_turn().await,
        }
    }

    /// Deletes outputs whose runs are gone. Every server does, since each may have a folder of its own.
    async fn clear_outputs(&self) -> Result<(), Cleared> {
        let mut after = String::new();
        loop {
            let names = self.store.outputs_gone(&after, OUTPUTS).await?;
            let Some((last, _)) = names.last() else {
                return Ok(());
            };
            after.clone_from(last);
            let mut done = Vec::new();
            for (name, at) in names {
                let deleted = self.output.delete(&name).await?;
                let given_up = !self.shared || at + SOUGHT < self.clock.now();
                if deleted || given_up {
                    done.push(name);
                }
            }
            self.store.forget_outputs(&done).await?;
        }
    }
}

/// Why outputs could not be deleted.
#[derive(Debug, thiserror::Error)]
enum Cleared {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

fn days_ago(now: DateTime<Utc>, days: Option<i64>) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(TimeDelta::try_days(days?)?)
}

/// What is kept of a task now.
fn kept(policy: &Retention, now: DateTime<Utc>) -> KeepLimits {
    KeepLimits {
        since: days_ago(now, policy.run_days),
        runs: policy.runs.and_then(|runs| u64::try_from(runs).ok()),
        bytes: policy.output_mib.map(|mib| mib.saturating_mul(MIB)),
    }
}

#[async_trait]
impl Periodic for Pruning {
    fn spec(&self) -> Spec {
        Spec {
            name: "retention",
            every: Some(EVERY),
            woken: true,
            backoff: Backoff::new(RETRY, EVERY),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        if self.take_turn().await? && !self.prune().await? {
            self.more.notify_one();
        }
        Ok(self.clear_outputs().await?)
    }

    async fn woken(&self) {
        let free_at = self.progress().free_at;
        let free = async {
            match free_at {
                Some(at) => self.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.more.notified() => {}
            () = free => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_become_instants_numbers_and_bytes() {
        let now = DateTime::from_timestamp(1_000_000_000, 0).expect("an instant");
        let policy = Retention {
            run_days: Some(2),
            runs: Some(3),
            output_mib: Some(1),
            message_days: None,
            audit_days: None,
            ticket_days: None,
            count_days: None,
        };
        let expected = KeepLimits {
            since: Some(now - TimeDelta::days(2)),
            runs: Some(3),
            bytes: Some(1_048_576),
        };
        assert_eq!(kept(&policy, now), expected);
        assert_eq!(days_ago(now, None), None);
        assert_eq!(days_ago(now, Some(i64::MAX)), None);
    }
}
