//! The run behind a message: a run in message mode is `sending` until its channel has accepted its text, and then
//! ends (`docs/adr/0024-a-message-run-ends-with-its-message.md`). Of several channels the first that accepts it
//! ends the run; it has failed when none of them did.
//!
//! A run leaves `sending` once: every change is a step of [`RunStep`] out of it, in the transaction that changes its
//! message.

use app::id::{ChannelId, RunId, TaskId};
use app::message::{Event, MessageKind, MessageState, MessageStep};
use app::occurrence::OccurrenceStep;
use app::run::{RunReason, RunStep, TaskRemoval};
use app::task::TaskState;
use app::transition::Step;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::code::{Code, Lenient, TakeStep, is_one_of};
use super::entity::{message, occurrence, run, task};
use super::messages::insert_notices;
use super::results::{Failed, pause_after, prepare};
use super::streak::{RunEnding, Streaks};
use super::{StoreError, Tx, tickets};

/// Ends a run that waits for its message; false when it does not wait. `excerpt` is the text of that
/// message, where it has left.
pub(super) async fn end_run(
    tx: &Tx,
    id: RunId,
    step: RunStep,
    reason: Option<&RunReason>,
    excerpt: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    use run::Column as R;
    let found: Option<(i64, Option<i64>)> = run::Entity::find_by_id(id.0)
        .select_only()
        .columns([R::TaskId, R::OccurrenceId])
        .into_tuple()
        .one(tx)
        .await?;
    let Some((task, occurrence_id)) = found else {
        return Ok(false);
    };
    let pausing = match step {
        RunStep::GiveUp => prepare(tx, &[TaskId(task)]).await?,
        _ => Vec::new(),
    };
    let ending = RunEnding {
        task: TaskId(task),
        run: id,
        state: step.to(),
        retried: false,
        at: now,
    };
    let mut streaks = Streaks::lock(tx, &[ending]).await?;
    let place = streaks.place(&ending);
    let (streak, since) = place.columns();
    let mut update = run::Entity::update_many();
    if let Some(text) = excerpt {
        update = update.col_expr(R::Excerpt, Expr::value(text));
    }
    let ended = update
        .col_expr(R::Streak, streak)
        .col_expr(R::StreakSince, since)
        .col_expr(R::Reason, Expr::value(reason.map(RunReason::code)))
        .col_expr(R::FinishedAt, Expr::value(now))
        .filter(R::Id.eq(id.0))
        .step(R::State, step)
        .exec(tx)
        .await?;
    if ended.rows_affected == 0 {
        return Ok(false);
    }
    if let Some(occurrence_id) = occurrence_id {
        occurrence::Entity::update_many()
            .filter(occurrence::Column::Id.eq(occurrence_id))
            .step(occurrence::Column::State, OccurrenceStep::Follow(step))
            .exec(tx)
            .await?;
    }
    streaks.keep(&ending, &place);
    streaks.write(tx).await?;
    if !pausing.is_empty() {
        let failed = Failed {
            task: TaskId(task),
            run: id,
            at: now,
        };
        insert_notices(tx, pause_after(tx, failed, &place).await?.as_slice()).await?;
    }
    if step == RunStep::Deliver {
        tickets::delivered(tx, TaskId(task), now).await?;
    }
    Ok(true)
}

/// Whether a run has another text that it may end with, besides those to a channel. The run's row stays locked until
/// the transaction ends: of two channels that give up at the same moment, one would otherwise not see that the other
/// one does, and the run would never end.
pub(super) async fn waits_for_more(
    tx: &Tx,
    run: RunId,
    besides: Option<ChannelId>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    lock_run(tx, run).await?;
    let mut others = message::Entity::find()
        .filter(M::RunId.eq(run.0))
        .filter(M::Kind.eq(Code(MessageKind::Text)))
        .filter(is_one_of(M::Event, &Event::ENDING_RUNS))
        .filter(is_one_of(M::State, &MessageState::OPEN));
    if let Some(channel) = besides {
        others = others.filter(M::ChannelId.ne(channel.0));
    }
    Ok(others.count(tx).await? > 0)
}

/// Locks a run's row until the transaction ends.
async fn lock_run(tx: &Tx, id: RunId) -> Result<(), StoreError> {
    use run::Column as R;
    run::Entity::update_many()
        .col_expr(R::Epoch, Expr::col(R::Epoch))
        .filter(R::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// A message that has not been sent yet.
type Unsent = (i64, Lenient<MessageKind>, Lenient<Event>, Option<i64>);

/// The columns of [`Unsent`].
const UNSENT: [message::Column; 4] = [
    message::Column::Id,
    message::Column::Kind,
    message::Column::Event,
    message::Column::RunId,
];

/// Withdraws messages that have not been sent; returns whether a run ended with one of them.
async fn take_back(
    tx: &Tx,
    unsent: Vec<Unsent>,
    reason: &RunReason,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    let mut ended = false;
    for (id, kind, event, run) in unsent {
        let withdrawn = message::Entity::update_many()
            .filter(M::Id.eq(id))
            .step(M::State, MessageStep::Withdraw)
            .exec(tx)
            .await?;
        if withdrawn.rows_affected == 1
            && kind.known() == Some(MessageKind::Text)
            && event.known().is_some_and(Event::ends_run)
            && let Some(run) = run
        {
            ended |= end_run(tx, RunId(run), RunStep::Withdraw, Some(reason), None, now).await?;
        }
    }
    Ok(ended)
}

/// Withdraws the waiting messages of a task.
pub(super) async fn withdraw_task(
    tx: &Tx,
    id: TaskId,
    reason: &RunReason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use message::Column as M;
    let unsent: Vec<Unsent> = message::Entity::find()
        .select_only()
        .columns(UNSENT)
        .filter(is_one_of(M::State, &MessageState::UNSENT))
        // Few messages wait, while a task may have sent many: the index by task is not used.
        .filter(Expr::col(M::TaskId).add(0).eq(id.0))
        .into_tuple()
        .all(tx)
        .await?;
    take_back(tx, unsent, reason, now).await?;
    Ok(())
}

/// Withdraws what was announced of a task and has not been sent: its schedule is another one now.
pub(super) async fn withdraw_announced(tx: &Tx, id: TaskId) -> Result<(), StoreError> {
    use message::Column as M;
    let ahead = [Event::StartingSoon, Event::EndsSoon];
    // They belong to no run, so none ends with them.
    message::Entity::update_many()
        .filter(is_one_of(M::Event, &ahead))
        // As above.
        .filter(Expr::col(M::TaskId).add(0).eq(id.0))
        .step(M::State, MessageStep::Withdraw)
        .exec(tx)
        .await?;
    Ok(())
}

/// Withdraws what asks for tickets and has not been sent: they are done, or put off.
pub(super) async fn withdraw_urges(tx: &Tx, tickets: &[i64]) -> Result<(), StoreError> {
    use message::Column as M;
    let asks = [
        Event::TicketUrged,
        Event::TicketEscalated,
        Event::TicketHandedOver,
    ];
    // They belong to no run, so none ends with them.
    message::Entity::update_many()
        .filter(is_one_of(M::Event, &asks))
        .filter(M::TicketId.is_in(tickets.iter().copied()))
        .step(M::State, MessageStep::Withdraw)
        .exec(tx)
        .await?;
    Ok(())
}

/// Withdraws the waiting messages of a run; returns whether the run ended with that.
pub(super) async fn withdraw_run(
    tx: &Tx,
    id: RunId,
    reason: &RunReason,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    use message::Column as M;
    let unsent: Vec<Unsent> = message::Entity::find()
        .select_only()
        .columns(UNSENT)
        .filter(M::RunId.eq(id.0))
        .filter(is_one_of(M::State, &MessageState::UNSENT))
        .into_tuple()
        .all(tx)
        .await?;
    take_back(tx, unsent, reason, now).await
}

/// Withdraws one message, with the picture that waits for it.
pub(super) async fn withdraw_message(
    tx: &Tx,
    id: i64,
    reason: &RunReason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use message::Column as M;
    let found = || message::Entity::find().select_only().columns(UNSENT);
    let mut unsent: Vec<Unsent> = found().filter(M::Id.eq(id)).into_tuple().all(tx).await?;
    let picture = found()
        .filter(M::AfterId.eq(id))
        .filter(M::State.eq(Code(MessageState::Waiting)));
    unsent.extend(picture.into_tuple::<Unsent>().all(tx).await?);
    take_back(tx, unsent, reason, now).await?;
    Ok(())
}

/// Ends the runs whose messages wait for a channel that is being deleted, or does not exist; returns its messages that
/// are still in the outbox. Only these may be ended with it: a run that another server has recorded since then waits
/// for its message, and ends with the next look at the outbox.
pub(super) async fn channel_gone(
    tx: &Tx,
    id: ChannelId,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, StoreError> {
    use message::Column as M;
    let open: Vec<Unsent> = message::Entity::find()
        .select_only()
        .columns(UNSENT)
        .filter(M::ChannelId.eq(id.0))
        .filter(is_one_of(M::State, &MessageState::OPEN))
        .into_tuple()
        .all(tx)
        .await?;
    for (_, kind, event, run) in &open {
        let ends_run =
            kind.known() == Some(MessageKind::Text) && event.known().is_some_and(Event::ends_run);
        let Some(run) = run.map(RunId).filter(|_| ends_run) else {
            continue;
        };
        if waits_for_more(tx, run, Some(id)).await? {
            continue;
        }
        let reason = Some(&RunReason::NoChannel);
        end_run(tx, run, RunStep::GiveUp, reason, None, now).await?;
    }
    Ok(open.into_iter().map(|(id, ..)| id).collect())
}

/// Why a message caused at `at` must not be sent any more: its task was closed after that. `None` when it is to be
/// sent.
pub(super) async fn outdated(
    tx: &Tx,
    id: i64,
    at: DateTime<Utc>,
) -> Result<Option<RunReason>, StoreError> {
    use task::Column as T;
    let found: Option<(Code<TaskState>, DateTime<Utc>)> = task::Entity::find_by_id(id)
        .select_only()
        .columns([T::State, T::UpdatedAt])
        .into_tuple()
        .one(tx)
        .await?;
    let found = found.map(|(state, changed)| (state.0, changed));
    Ok(closed_since(found, at))
}

/// The same, of a task whose state, and when it was last changed, are known; `None` for one that is
/// gone.
pub(super) fn closed_since(
    task: Option<(TaskState, DateTime<Utc>)>,
    at: DateTime<Utc>,
) -> Option<RunReason> {
    match task {
        None => Some(RunReason::TaskGone(TaskRemoval::Deleted)),
        // A manual start after the close is deliberate.
        Some((TaskState::Closed, changed)) if at <= changed => {
            Some(RunReason::TaskGone(TaskRemoval::Closed))
        }
        Some(_) => None,
    }
}
