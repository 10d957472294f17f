//! Following the definition of a task: the tickets that it has by that are opened, and the others ended.

use app::task::{Task, TaskState};
use app::ticket::{TicketKind, TicketState};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::{Code, is_one_of};
use super::super::entity::ticket;
use super::super::rules::EventMask;
use super::super::{StoreError, Tx};
use super::end::{Ended, finish};
use super::open::{TicketSeed, open_all};

/// Why the tickets of a task are compared with its definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum ReconcileReason {
    /// It is a new order: created, reopened, or made one by this change.
    Ordered,
    /// Something else has changed. An order whose ticket has ended is not asked for again with that.
    Changed,
}

/// Opens the tickets that a task has by its definition, and ends those that it does not have any more: after it was
/// created, changed, chased or reopened.
pub(in super::super) async fn follow_rule(
    tx: &Tx,
    task: &Task,
    why: ReconcileReason,
    (who, at): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    use ticket::Column as C;
    if task.state == TaskState::Closed {
        return Ok(());
    }
    let belongs = |kind: TicketKind| task.tickets.has(kind, task.urging);
    let open: Vec<(i64, Code<TicketKind>)> = ticket::Entity::find()
        .select_only()
        .columns([C::Id, C::Kind])
        .filter(C::TaskId.eq(task.id.0))
        .filter(is_one_of(C::State, &TicketState::OPEN))
        .into_tuple()
        .all(tx)
        .await?;
    let gone = open.iter().filter(|(_, kind)| !belongs(kind.0));
    let gone: Vec<i64> = gone.map(|(id, _)| *id).collect();
    let word = None;
    finish(tx, &gone, &Ended { who, word, at }).await?;
    let lasting: &[TicketKind] = match why {
        ReconcileReason::Ordered => &[TicketKind::Task, TicketKind::Chase],
        ReconcileReason::Changed => &[TicketKind::Chase],
    };
    let missing = lasting
        .iter()
        .filter(|kind| belongs(**kind) && !open.iter().any(|(_, known)| known.0 == **kind));
    let seeds: Vec<TicketSeed> = missing
        .map(|kind| TicketSeed::new(*kind, task, at))
        .collect();
    open_all(tx, EventMask::ALL, &seeds).await?;
    Ok(())
}
