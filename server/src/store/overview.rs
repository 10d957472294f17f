//! Counts for the overview.

use std::collections::HashMap;

use app::page::DayCounts;
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};

use super::entity::{message, occurrence, run, task};
use super::{Store, StoreError};

/// States of runs that did not succeed.
const BAD: [&str; 3] = ["failed", "timed_out", "lost"];
/// The attempt after a run, in a question about that run.
const NEXT: &str = "next_attempt";

/// How much waits in the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueDepths {
    /// Runs that wait for room or for their next attempt.
    pub waiting_runs: u64,
    /// Messages that are pending, that wait for the one before them, that are being sent.
    pub outbox: [u64; 3],
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
        Ok(["active", "paused", "closed"].map(|state| of(&counts, &[state])))
    }

    /// What became of the firings since an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_counts(&self, since: DateTime<Utc>) -> Result<DayCounts, StoreError> {
        use occurrence::Column as O;
        use run::Column as R;
        let ended = ["succeeded", "failed", "timed_out", "lost", "killed"];
        let runs = run::Entity::find()
            .filter(R::State.is_in(ended))
            .filter(R::StartedAt.gte(since));
        let runs = self.by_state(runs, R::State).await?;
        let retried = self.retried(since).await?;
        let unruns = occurrence::Entity::find()
            .filter(O::State.is_in(["skipped", "missed"]))
            .filter(O::DueAt.gte(since));
        let unruns = self.by_state(unruns, O::State).await?;
        Ok(DayCounts {
            succeeded: of(&runs, &["succeeded"]),
            bad: of(&runs, &BAD) - retried,
            killed: of(&runs, &["killed"]),
            skipped: of(&unruns, &["skipped"]),
            missed: of(&unruns, &["missed"]),
        })
    }

    /// Bad runs since an instant that another attempt follows: with it they are one run.
    async fn retried(&self, since: DateTime<Utc>) -> Result<i64, StoreError> {
        use run::Column as R;
        // Along the keys that keep an attempt from being made twice.
        let follows = |of: Expr, own: run::Column| {
            Expr::exists(
                Query::select()
                    .expr(Expr::value(1))
                    .from_as(run::Entity, NEXT)
                    .and_where(Expr::col((NEXT, own)).eq(of))
                    .and_where(
                        Expr::col((NEXT, R::Attempt))
                            .eq(Expr::col((run::Entity, R::Attempt)).add(1)),
                    )
                    .to_owned(),
            )
        };
        let column = |column| Expr::col((run::Entity, column));
        let origin = Func::coalesce([column(R::OriginId), column(R::Id)]).into();
        let count = run::Entity::find()
            .filter(R::State.is_in(BAD))
            .filter(R::StartedAt.gte(since))
            .filter(
                Condition::any()
                    .add(follows(column(R::OccurrenceId), R::OccurrenceId))
                    .add(
                        Condition::all()
                            .add(R::OccurrenceId.is_null())
                            .add(follows(origin, R::OriginId)),
                    ),
            )
            .select_only()
            .column_as(R::Id.count(), "runs")
            .into_tuple::<i64>()
            .one(&self.reader)
            .await?;
        Ok(count.unwrap_or(0))
    }

    /// Messages waiting and messages given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_counts(&self) -> Result<(i64, i64), StoreError> {
        use message::Column as M;
        let wanted = ["pending", "waiting", "sending", "dead"];
        let messages = message::Entity::find().filter(M::State.is_in(wanted));
        let counts = self.by_state(messages, M::State).await?;
        Ok((of(&counts, &wanted[..3]), of(&counts, &wanted[3..])))
    }

    /// How much waits, along the indexes by state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_depths(&self) -> Result<QueueDepths, StoreError> {
        let waiting = RunState::Waiting.as_str();
        let runs = run::Entity::find().filter(run::Column::State.eq(waiting));
        let runs = self.by_state(runs, run::Column::State).await?;
        let wanted = ["pending", "waiting", "sending"];
        let messages = message::Entity::find().filter(message::Column::State.is_in(wanted));
        let messages = self.by_state(messages, message::Column::State).await?;
        let count = |counts, state| u64::try_from(of(counts, &[state])).unwrap_or_default();
        Ok(QueueDepths {
            waiting_runs: count(&runs, waiting),
            outbox: wanted.map(|state| count(&messages, state)),
        })
    }

    /// How many rows of a query are in each state: along an index that begins with the state.
    async fn by_state<E: EntityTrait, C: ColumnTrait>(
        &self,
        query: Select<E>,
        state: C,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let counts: Vec<(String, i64)> = query
            .select_only()
            .column(state)
            .column_as(state.count(), "rows")
            .group_by(state)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(counts.into_iter().collect())
    }
}

fn of(counts: &HashMap<String, i64>, states: &[&str]) -> i64 {
    states.iter().filter_map(|state| counts.get(*state)).sum()
}
