//! Counts for the overview.

use std::collections::HashMap;
use std::hash::Hash;

use app::message::{Event, MessageState};
use app::occurrence::OccurrenceState;
use app::page::{DayCounts, HourCounts};
use app::run::{RunEnd, RunState};
use app::task::TaskState;
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};

use super::code::{Code, Stored, is_one_of};
use super::entity::{message, occurrence, run, task};
use super::{Store, StoreError};

/// Alias of the attempt after a run, in a query about that run.
const NEXT: &str = "next_attempt";
/// The hours that are counted.
const HOURS: i64 = 24;

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

    /// What became of the firings in the 24 hours before an instant, and since then; the runs also by hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn day_counts(
        &self,
        now: DateTime<Utc>,
    ) -> Result<(DayCounts, Vec<HourCounts>), StoreError> {
        use occurrence::Column as O;
        let since = now - TimeDelta::hours(HOURS);
        let mut day = DayCounts::default();
        let mut hours: Vec<HourCounts> = (0..HOURS)
            .map(|hour| HourCounts {
                from: Stamp(since + TimeDelta::hours(hour)),
                runs: 0,
                bad: 0,
            })
            .collect();
        for (hour, state, runs) in self.by_hour(since, (0..HOURS).collect(), ended).await? {
            add(&mut day, &mut hours, hour, state, runs);
        }
        // Bad runs that were followed by another attempt: together they count as one run.
        let with_bad = (0..HOURS).zip(&hours).filter(|(_, hour)| hour.bad > 0);
        let with_bad = with_bad.map(|(hour, _)| hour).collect();
        for (hour, state, runs) in self.by_hour(since, with_bad, retried).await? {
            add(&mut day, &mut hours, hour, state, -runs);
        }
        let unruns = occurrence::Entity::find()
            .filter(is_one_of(O::State, &OccurrenceState::NOT_RUN))
            .filter(O::DueAt.gte(since));
        let unruns = self.by_state(unruns, O::State).await?;
        day.skipped = of(&unruns, &[OccurrenceState::Skipped]);
        day.missed = of(&unruns, &[OccurrenceState::Missed]);
        Ok((day, hours))
    }

    /// How many runs of each state started in some of the hours since an instant; the last hour has no end. A part of
    /// the statement for each hour, because it is found in an index that begins with the state.
    async fn by_hour(
        &self,
        since: DateTime<Utc>,
        hours: Vec<i64>,
        which: fn() -> Condition,
    ) -> Result<Vec<(i64, RunState, i64)>, StoreError> {
        let mut parts = hours.into_iter().map(|hour| part_of(since, hour, which));
        let Some(mut all) = parts.next() else {
            return Ok(Vec::new());
        };
        for part in parts {
            all.union(UnionType::All, part);
        }
        let mut counts = Vec::new();
        for row in self.reader.query_all(&all).await? {
            let (hour, state, runs): (i64, Code<RunState>, i64) = row.try_get_many_by_index()?;
            counts.push((hour, state.0, runs));
        }
        Ok(counts)
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

/// Counts runs of an hour by state, or those counted too many.
fn add(day: &mut DayCounts, hours: &mut [HourCounts], hour: i64, state: RunState, runs: i64) {
    let mut here = usize::try_from(hour)
        .ok()
        .and_then(|hour| hours.get_mut(hour));
    if let Some(here) = &mut here {
        here.runs += runs;
    }
    match state {
        RunState::Succeeded => day.succeeded += runs,
        RunState::Killed => day.killed += runs,
        state if state.is_bad() => {
            day.bad += runs;
            if let Some(here) = here {
                here.bad += runs;
            }
        }
        _ => {}
    }
}

/// Runs that have ended.
fn ended() -> Condition {
    let ended = RunEnd::ALL.map(RunEnd::state);
    Condition::all().add(is_one_of(run::Column::State, &ended))
}

/// Runs that ended badly and were followed by another attempt.
fn retried() -> Condition {
    let bad = is_one_of(run::Column::State, &RunState::BAD);
    Condition::all().add(bad).add(was_retried())
}

/// Counts the runs of each state that started in one of the hours since an instant.
fn part_of(since: DateTime<Utc>, hour: i64, which: fn() -> Condition) -> SelectStatement {
    use run::Column as R;
    let state = (run::Entity, R::State);
    let from = since + TimeDelta::hours(hour);
    let mut within = which().add(R::StartedAt.gte(from));
    if hour + 1 < HOURS {
        within = within.add(R::StartedAt.lt(from + TimeDelta::hours(1)));
    }
    Query::select()
        .expr(Expr::cust(hour.to_string()))
        .column(state)
        .expr(R::Id.count())
        .from(run::Entity)
        .cond_where(within)
        .group_by_col(state)
        .to_owned()
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
