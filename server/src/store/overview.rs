//! Counts for the overview.

use std::collections::HashMap;
use std::hash::Hash;

use app::message::{Event, MessageState};
use app::occurrence::OccurrenceState;
use app::page::DayCounts;
use app::run::{RunEnd, RunState};
use app::task::TaskState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};

use super::code::{Code, Stored, is_one_of};
use super::entity::{message, occurrence, run, task};
use super::{Store, StoreError};

/// Alias of the attempt after a run, in a query about that run.
const NEXT: &str = "next_attempt";

/// How much is waiting in the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueDepths {
    /// Runs that wait for room or for their next attempt.
    pub waiting_runs: u64,
    /// Messages by their state, as in [`MessageState::OPEN`].
    pub outbox: [u64; MessageState::OPEN.len()],
}

impl Store {
    /// Tasks that are active, paused, closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_counts(&self) -> Result<[i64; 3], StoreError> {
        let counts = self
            .by_state(task::Entity::find(), task::Column::State)
            .await?;
        let states = [TaskState::Active, TaskState::Paused, TaskState::Closed];
        Ok(states.map(|state| of(&counts, &[state])))
    }

    /// What became of the firings since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_counts(&self, since: DateTime<Utc>) -> Result<DayCounts, StoreError> {
        use occurrence::Column as O;
        use run::Column as R;
        let ended = RunEnd::ALL.map(RunEnd::state);
        let runs = run::Entity::find()
            .filter(is_one_of(R::State, &ended))
            .filter(R::StartedAt.gte(since));
        let runs = self.by_state(runs, R::State).await?;
        let retried = self.retried(since).await?;
        let unruns = occurrence::Entity::find()
            .filter(is_one_of(O::State, &OccurrenceState::NOT_RUN))
            .filter(O::DueAt.gte(since));
        let unruns = self.by_state(unruns, O::State).await?;
        Ok(DayCounts {
            succeeded: of(&runs, &[RunState::Succeeded]),
            bad: of(&runs, &RunState::BAD) - retried,
            killed: of(&runs, &[RunState::Killed]),
            skipped: of(&unruns, &[OccurrenceState::Skipped]),
            missed: of(&unruns, &[OccurrenceState::Missed]),
        })
    }

    /// Bad runs since an instant that were followed by another attempt: together they count as one run.
    async fn retried(&self, since: DateTime<Utc>) -> Result<i64, StoreError> {
        use run::Column as R;
        let count = run::Entity::find()
            .filter(is_one_of(R::State, &RunState::BAD))
            .filter(R::StartedAt.gte(since))
            .filter(was_retried())
            .select_only()
            .column_as(R::Id.count(), "runs")
            .into_tuple::<i64>()
            .one(&self.reader)
            .await?;
        Ok(count.unwrap_or(0))
    }

    /// Waiting messages and undelivered messages, each once: a digest is what it consists of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_counts(&self) -> Result<(i64, i64), StoreError> {
        use message::Column as M;
        let mut wanted = MessageState::OPEN.to_vec();
        wanted.push(MessageState::Dead);
        let messages = message::Entity::find()
            .filter(is_one_of(M::State, &wanted))
            .filter(is_no_digest());
        let counts = self.by_state(messages, M::State).await?;
        let open = of(&counts, &MessageState::OPEN);
        Ok((open, of(&counts, &[MessageState::Dead])))
    }

    /// How much is waiting, from the indexes by state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_depths(&self) -> Result<QueueDepths, StoreError> {
        let waiting = RunState::Waiting;
        let runs = run::Entity::find().filter(is_one_of(run::Column::State, &[waiting]));
        let runs = self.by_state(runs, run::Column::State).await?;
        let open = MessageState::OPEN;
        let messages = message::Entity::find()
            .filter(is_one_of(message::Column::State, &open))
            .filter(is_no_digest());
        let messages = self.by_state(messages, message::Column::State).await?;
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(QueueDepths {
            waiting_runs: count(of(&runs, &[waiting])),
            outbox: open.map(|state| count(of(&messages, &[state]))),
        })
    }

    /// How many rows of a query are in each state, from an index that starts with the state.
    async fn by_state<E: EntityTrait, C: ColumnTrait, T: Stored + Hash>(
        &self,
        query: Select<E>,
        state: C,
    ) -> Result<HashMap<T, i64>, StoreError> {
        let counts: Vec<(Code<T>, i64)> = query
            .select_only()
            .column(state)
            .column_as(state.count(), "rows")
            .group_by(state)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(counts
            .into_iter()
            .map(|(state, rows)| (state.0, rows))
            .collect())
    }
}

/// Where messages are counted: a digest is not counted besides the messages that are merged in it.
pub(super) fn is_no_digest() -> Expr {
    message::Column::Event.ne(Event::Digest.as_str())
}

/// Whether another attempt follows a run, in a query about that run.
pub(super) fn was_retried() -> Condition {
    use run::Column as R;
    // Along the keys that prevent an attempt from being made twice.
    let follows = |of: Expr, own: run::Column| {
        Expr::exists(
            Query::select()
                .expr(Expr::value(1))
                .from_as(run::Entity, NEXT)
                .and_where(Expr::col((NEXT, own)).eq(of))
                .and_where(
                    Expr::col((NEXT, R::Attempt)).eq(Expr::col((run::Entity, R::Attempt)).add(1)),
                )
                .to_owned(),
        )
    };
    let column = |column| Expr::col((run::Entity, column));
    let origin = Func::coalesce([column(R::OriginId), column(R::Id)]).into();
    Condition::any()
        .add(follows(column(R::OccurrenceId), R::OccurrenceId))
        .add(
            Condition::all()
                .add(R::OccurrenceId.is_null())
                .add(follows(origin, R::OriginId)),
        )
}

fn of<T: Eq + Hash>(counts: &HashMap<T, i64>, states: &[T]) -> i64 {
    states.iter().filter_map(|state| counts.get(state)).sum()
}
