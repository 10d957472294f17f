//! Writes results, many in one transaction.

mod effects;

pub(super) use effects::{Failed, pause_after, prepare};

use std::borrow::Cow;
use std::collections::HashMap;

use app::id::{OccurrenceId, RunId, TaskId};
use app::occurrence::OccurrenceStep;
use app::run::{RunReason, RunState, RunStep, Trigger, WaitReason};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use serde::{Deserialize, Serialize};

use super::code::{Code, TakeStep};
use super::entity::{occurrence, run};
use super::messages::{NewMessage, Notice, Router, insert_messages, insert_wanted};
use super::rules::EventMask;
use super::streak::{RunEnding, StreakPosition, Streaks};
use super::tickets::{self, TicketSeed};
use super::txn::transaction;
use super::{Store, StoreError, Tx};

/// The stored output of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StoredOutput {
    /// Bytes written by the command.
    pub bytes: i64,
    /// Bytes dropped between head and tail.
    pub dropped: i64,
    /// A short output completely; of a long one, the end.
    pub tail: Vec<u8>,
    /// Name of the object with all of the stored output.
    pub object: Option<String>,
    /// The end of the result's text, as shown in lists; see `app::run::Run::excerpt`.
    #[serde(default)]
    pub excerpt: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Which run.
    pub run_id: RunId,
    /// Its planned firing.
    pub occurrence_id: Option<OccurrenceId>,
    /// The task.
    pub task_id: TaskId,
    /// The fencing epoch under which it was claimed.
    pub epoch: i32,
    /// How it ended.
    pub state: RunState,
    /// A sentence if the state alone does not say enough.
    pub reason: Option<String>,
    /// When.
    pub finished_at: DateTime<Utc>,
    /// Exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub exit_signal: Option<i32>,
    /// Its output.
    pub output: StoredOutput,
    /// When the next attempt starts, if there is one.
    pub retry_at: Option<DateTime<Utc>>,
    /// Messages of a former version, which chose the channel when the run ended: only in results that
    /// waited on disk.
    #[serde(default)]
    pub messages: Vec<NewMessage>,
    /// What this gives notice of; its messages are written in the same transaction.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// The ticket that a failure opens and a success ends; for tasks that want one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Box<TicketSeed>>,
}

impl Outcome {
    /// As it is written where it does or does not cause a message. In message mode the message is the
    /// result, which gets its excerpt when that leaves; without one, nothing can be waited for.
    fn with(&self, has_messages: bool) -> Cow<'_, Self> {
        if self.state != RunState::Sending || has_messages {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            state: RunState::Failed,
            reason: Some(RunReason::NoChannel.code()),
            ..self.clone()
        })
    }

    /// What is counted of it; a run that waits for its channel has not ended.
    fn ending(&self) -> RunEnding {
        RunEnding {
            task: self.task_id,
            run: self.run_id,
            state: self.state,
            retried: self.retry_at.is_some(),
            at: self.finished_at,
        }
    }

    /// The run, if it ended badly and is not repeated.
    fn failed(&self) -> Option<Failed> {
        (self.state.is_bad() && self.retry_at.is_none()).then_some(Failed {
            task: self.task_id,
            run: self.run_id,
            at: self.finished_at,
        })
    }
}

/// What came of writing results.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recorded {
    /// Runs that another process has ended: nothing was written for those.
    pub fenced: Vec<RunId>,
    /// Whether messages were written.
    pub has_messages: bool,
}

/// A run that the database has as `running` under a node.
#[derive(Clone, Debug)]
pub struct RunInProgress {
    /// Which run.
    pub run_id: RunId,
    /// Its planned firing; `None` for a manual start.
    pub occurrence_id: Option<OccurrenceId>,
    /// The task.
    pub task_id: TaskId,
    /// The node.
    pub node: String,
    /// The fencing epoch.
    pub epoch: i32,
    /// The trigger of its first attempt.
    pub trigger: Trigger,
    /// The instant the schedule named.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// When it was claimed.
    pub started_at: DateTime<Utc>,
    /// The number of the attempt.
    pub attempt: i32,
    /// Its parameters, sealed.
    pub parameters_sealed: Option<String>,
    /// Whether it waited before: then only a claim starts it.
    pub waited: bool,
}

impl From<run::Model> for RunInProgress {
    fn from(row: run::Model) -> Self {
        Self {
            run_id: RunId(row.id),
            occurrence_id: row.occurrence_id.map(OccurrenceId),
            task_id: TaskId(row.task_id),
            node: row.node_id,
            epoch: row.epoch,
            trigger: row.trigger_kind.0,
            scheduled_for: row.scheduled_for,
            started_at: row.started_at,
            attempt: row.attempt,
            parameters_sealed: row.parameters_sealed,
            waited: row.due_at.is_some(),
        }
    }
}

impl RunInProgress {
    /// The outcome of a run whose process is unknown: it has neither exit code nor output.
    #[must_use]
    pub fn lost(&self, reason: &RunReason, at: DateTime<Utc>) -> Outcome {
        Outcome {
            run_id: self.run_id,
            occurrence_id: self.occurrence_id,
            task_id: self.task_id,
            epoch: self.epoch,
            state: RunState::Lost,
            reason: Some(reason.code()),
            finished_at: at,
            exit_code: None,
            exit_signal: None,
            output: StoredOutput::default(),
            retry_at: None,
            messages: Vec::new(),
            notices: Vec::new(),
            ticket: None,
        }
    }
}

impl Store {
    /// Runs that are `running` under one process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claimed_by(&self, node: &str) -> Result<Vec<RunInProgress>, StoreError> {
        let rows = run::Entity::find()
            .filter(run::Column::State.eq(Code(RunState::Running)))
            .filter(run::Column::NodeId.eq(node))
            .order_by_asc(run::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(RunInProgress::from).collect())
    }

    /// Attaches rescued output to a run that has ended without any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attach_output(&self, id: RunId, output: &StoredOutput) -> Result<(), StoreError> {
        use run::Column as R;
        transaction!(self, |tx| {
            run::Entity::update_many()
                .col_expr(R::OutputBytes, Expr::value(output.bytes))
                .col_expr(R::OutputDropped, Expr::value(output.dropped))
                .col_expr(R::OutputTail, Expr::value(output.tail.clone()))
                .col_expr(R::OutputObject, Expr::value(output.object.clone()))
                .col_expr(R::Excerpt, Expr::value(output.excerpt.clone()))
                .filter(R::Id.eq(id.0))
                .filter(R::FinishedAt.is_not_null())
                .filter(R::OutputBytes.eq(0))
                .filter(R::OutputObject.is_null())
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    /// Writes outcomes in one transaction, with a message for each channel that a notice of theirs is for.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn record(&self, outcomes: &[Outcome]) -> Result<Recorded, StoreError> {
        let notices = || outcomes.iter().flat_map(|outcome| &outcome.notices);
        let wanted = self.wanted().await?;
        transaction!(self, |tx| {
            let mut router = Router::read(tx, wanted, notices()).await?;
            let mut fenced = Vec::new();
            let mut steps: HashMap<OccurrenceStep, Vec<i64>> = HashMap::new();
            let mut messages = Vec::new();
            let mut ended: Vec<&Outcome> = Vec::with_capacity(outcomes.len());
            // As they are written: one without a channel for its message has failed, like one whose channel gives up.
            let mut written: Vec<Cow<'_, Outcome>> = outcomes
                .iter()
                .map(|outcome| {
                    let mut notices = outcome.notices.iter();
                    let sends = notices.any(|one| one.event.ends_run() && router.sends(one));
                    outcome.with(sends || !outcome.messages.is_empty())
                })
                .collect();
            let failing: Vec<TaskId> = written
                .iter()
                .filter_map(|outcome| outcome.failed())
                .map(|failed| failed.task)
                .collect();
            let pausing = effects::prepare(tx, &failing).await?;
            written.sort_by_key(|outcome| (outcome.finished_at, outcome.run_id.0));
            let endings: Vec<RunEnding> = written.iter().map(|outcome| outcome.ending()).collect();
            let mut streaks = Streaks::lock(tx, &endings).await?;
            let mut places: HashMap<RunId, StreakPosition> = HashMap::with_capacity(endings.len());
            for (outcome, ending) in written.iter().map(AsRef::as_ref).zip(&endings) {
                let step = RunStep::out_of_running(outcome.state)?;
                let place = streaks.place(ending);
                if !finish_run(tx, outcome, step, &place).await? {
                    fenced.push(outcome.run_id);
                    continue;
                }
                streaks.keep(ending, &place);
                places.insert(outcome.run_id, place);
                let mut step = OccurrenceStep::Follow(step);
                if let Some(due_at) = outcome.retry_at
                    && plan_retry(tx, outcome, due_at).await?
                {
                    crate::failpoints::point("retry.inserted");
                    step = OccurrenceStep::Retry;
                }
                if let Some(id) = outcome.occurrence_id {
                    steps.entry(step).or_default().push(id.0);
                }
                messages.extend(outcome.messages.iter().cloned());
                ended.push(outcome);
            }
            streaks.write(tx).await?;
            let after = effects::follow(tx, &ended, &places, &pausing).await?;
            for notice in &after.notices {
                router.route(tx, notice, &mut messages).await?;
            }
            for (step, ids) in steps {
                occurrence::Entity::update_many()
                    .filter(occurrence::Column::Id.is_in(ids))
                    .step(occurrence::Column::State, step)
                    .exec(tx)
                    .await?;
            }
            insert_messages(tx, &messages).await?;
            // Few, and other rules may be for them than for what the results report.
            let mut has_more = insert_wanted(tx, wanted, &after.paused).await?;
            has_more |= follow_tickets(tx, wanted, &ended).await?;
            Ok(Recorded {
                fenced,
                has_messages: has_more || !messages.is_empty(),
            })
        })
    }

    /// Runs that are `running`, under any node.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running_under(&self) -> Result<Vec<RunInProgress>, StoreError> {
        let rows = run::Entity::find()
            .filter(run::Column::State.eq(Code(RunState::Running)))
            .order_by_asc(run::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(RunInProgress::from).collect())
    }
}

/// Opens the tickets of tasks that have failed for good, and ends those of tasks that have succeeded.
async fn follow_tickets(
    tx: &Tx,
    wanted: EventMask,
    ended: &[&Outcome],
) -> Result<bool, StoreError> {
    let mut has_messages = false;
    // In their order: a task may fail and succeed in one group.
    for outcome in ended {
        let Some(seed) = outcome.ticket.as_deref() else {
            continue;
        };
        let seeds = std::slice::from_ref(seed);
        if outcome.state == RunState::Succeeded {
            has_messages |= tickets::recovered(tx, wanted, seeds).await?;
        } else if outcome.state.is_bad()
            && outcome.retry_at.is_none()
            && tickets::opens_failures(tx, seed).await?
        {
            has_messages |= tickets::open_all(tx, wanted, seeds).await?;
        }
    }
    Ok(has_messages)
}

/// Writes the next attempt as a waiting run; false when the task does not exist. A second one for the same attempt
/// fails on a unique key, on every engine.
async fn plan_retry(tx: &Tx, outcome: &Outcome, due_at: DateTime<Utc>) -> Result<bool, StoreError> {
    let Some(last) = run::Entity::find_by_id(outcome.run_id.0).one(tx).await? else {
        return Ok(false);
    };
    let origin = last
        .origin_id
        .or(last.occurrence_id.is_none().then_some(last.id));
    run::Entity::insert(run::ActiveModel {
        occurrence_id: Set(last.occurrence_id),
        task_id: Set(last.task_id),
        attempt: Set(last.attempt + 1),
        trigger_kind: Set(last.trigger_kind),
        requested_by: Set(last.requested_by),
        state: Set(Code(RunState::Waiting)),
        reason: Set(Some(RunReason::Waits(WaitReason::Retry).code())),
        node_id: Set(String::new()),
        epoch: Set(last.epoch),
        scheduled_for: Set(last.scheduled_for),
        started_at: Set(outcome.finished_at),
        output_bytes: Set(0),
        output_dropped: Set(0),
        due_at: Set(Some(due_at)),
        origin_id: Set(origin),
        pool: Set(last.pool),
        note: Set(last.note),
        parameters: Set(last.parameters),
        parameters_sealed: Set(last.parameters_sealed),
        ..Default::default()
    })
    .exec_without_returning(tx)
    .await?;
    Ok(true)
}

/// Ends a run that is still ours; false when it is not.
async fn finish_run(
    tx: &Tx,
    outcome: &Outcome,
    step: RunStep,
    place: &StreakPosition,
) -> Result<bool, StoreError> {
    use run::Column as R;
    // A run that waits for its channel has not ended: `store::delivery` ends it.
    let finished_at = outcome.state.is_over().then_some(outcome.finished_at);
    let (streak, since) = place.columns();
    let updated = run::Entity::update_many()
        .col_expr(R::Streak, streak)
        .col_expr(R::StreakSince, since)
        .col_expr(R::Reason, Expr::value(outcome.reason.clone()))
        .col_expr(R::FinishedAt, Expr::value(finished_at))
        .col_expr(R::Excerpt, Expr::value(outcome.output.excerpt.clone()))
        .col_expr(R::ExitCode, Expr::value(outcome.exit_code))
        .col_expr(R::ExitSignal, Expr::value(outcome.exit_signal))
        .col_expr(R::OutputBytes, Expr::value(outcome.output.bytes))
        .col_expr(R::OutputDropped, Expr::value(outcome.output.dropped))
        .col_expr(R::OutputTail, Expr::value(outcome.output.tail.clone()))
        .col_expr(R::OutputObject, Expr::value(outcome.output.object.clone()))
        .filter(R::Id.eq(outcome.run_id.0))
        .filter(R::Epoch.eq(outcome.epoch))
        .step(R::State, step)
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}
