//! Settling what a dead process left behind.

use app::run::RunState;
use chrono::TimeDelta;

use crate::clock::SharedClock;
use crate::notifier::compose::Composer;
use crate::store::{NodeRow, Store, StoreError};

/// A process that has said nothing for so long is dead (three heartbeats).
pub const LOST_AFTER: TimeDelta = TimeDelta::seconds(20);

/// Declares dead processes dead: their runs become `lost`, with a message, and the messages they
/// were sending go back to the outbox. Gives the number of lost runs.
///
/// # Errors
/// When the database fails; calling again does the rest.
pub async fn bury_dead_nodes(
    store: &Store,
    clock: &SharedClock,
    me: &NodeRow,
    composer: &Composer,
) -> Result<usize, StoreError> {
    let now = clock.now();
    let dead = store.dead_nodes(me, now - LOST_AFTER).await?;
    if dead.is_empty() {
        return Ok(0);
    }
    let mut orphans = store.orphans(&dead).await?;
    for orphan in &mut orphans {
        orphan.state = RunState::Lost;
        orphan.finished_at = now;
        orphan.reason = Some("the server stopped while it ran; how it ended is unknown".to_owned());
        if let Some(task) = store.task(orphan.task_id).await? {
            orphan.messages = composer.lost(&task, orphan.run_id, now);
        }
    }
    store.record(&orphans).await?;
    let reclaimed = store.outbox_reclaim(&dead, now).await?;
    // The mark comes last: were it first, a crash in between would leave runs that nobody ends.
    for node in &dead {
        store.stop_node(node, now).await?;
    }
    tracing::warn!(
        nodes = dead.len(),
        runs = orphans.len(),
        messages = reclaimed,
        "settled what a dead server left"
    );
    Ok(orphans.len())
}
