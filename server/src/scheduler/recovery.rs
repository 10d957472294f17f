//! Recovery: marking the runs of dead nodes as lost and returning their messages to the outbox.

use app::run::RunReason;
use chrono::TimeDelta;

use crate::clock::SharedClock;
use crate::executor::retry_at;
use crate::facts::Facts;
use crate::run::failure_ticket;
use crate::store::{NodeRow, Notice, Outcome, Store, StoreError};

/// A process without a heartbeat for this long is dead (six heartbeats).
pub const LOST_AFTER: TimeDelta = TimeDelta::seconds(12);

/// What a missing heartbeat of another process proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeartbeatEvidence {
    /// We could have seen one all the time, so the process is dead.
    Conclusive,
    /// We have only just started to watch, or could not reach the database either.
    Inconclusive,
}

/// Marks nodes whose lease has expired as dead: their runs become `lost`, with a message, and the
/// messages they were sending go back to the outbox. Returns the number of lost runs.
///
/// # Errors
/// When the database fails; calling again does the rest.
pub async fn reap_dead_nodes(
    store: &Store,
    clock: &SharedClock,
    me: &NodeRow,
    evidence: HeartbeatEvidence,
) -> Result<usize, StoreError> {
    let now = clock.now();
    let silent_since = match evidence {
        HeartbeatEvidence::Conclusive => now - LOST_AFTER,
        HeartbeatEvidence::Inconclusive => chrono::DateTime::UNIX_EPOCH,
    };
    let dead = store.dead_nodes(me, silent_since).await?;
    // In this order: a process that joins in between is then known before its runs and messages are judged.
    let running = store.running_under().await?;
    let mut sending = store.sending_nodes().await?;
    let alive = store.live_nodes(&me.id, &dead).await?;
    let mut orphans: Vec<Outcome> = Vec::new();
    for run in running.iter().filter(|run| !alive.contains(&run.node)) {
        let mut outcome = run.lost(&RunReason::Lost, now);
        if let Some(task) = store.task(run.task_id).await? {
            // It may run twice at worst, which the task has opted into.
            outcome.retry_at = retry_at(&task, run.attempt, outcome.state, None, now);
            let facts = Facts::lost(&task, run.run_id, now);
            outcome.notices.push(Notice::about(&task, facts));
            outcome.ticket = failure_ticket(&task, &outcome);
        }
        orphans.push(outcome);
    }
    store.record(&orphans).await?;
    sending.retain(|node| !alive.contains(node));
    let reclaimed = store.outbox_reclaim(&sending, now).await?;
    // Marked last: if it came first, a crash in between would leave runs that never end.
    for node in &dead {
        let lost = running.iter().filter(|run| run.node == *node).count();
        store.declare_dead(node, lost, now).await?;
    }
    if dead.is_empty() && orphans.is_empty() && reclaimed == 0 {
        return Ok(0);
    }
    tracing::warn!(
        nodes = dead.len(),
        runs = orphans.len(),
        messages = reclaimed,
        "marked the runs of a dead server as lost"
    );
    Ok(orphans.len())
}
