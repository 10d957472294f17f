//! The counts that deleted runs leave: by task and the day on which they started, in UTC.
//!
//! They are written in the transaction that deletes the runs, so that a run is counted either there or here, once,
//! whatever crashes in between.

use app::id::TaskId;
use app::run::days::{CountsByDay, RunCounts};
use app::run::{Durations, RunState};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Set};

use super::super::code::Code;
use super::super::entity::run_day;
use super::super::{StoreError, Tx};

/// A run that is about to be deleted.
#[derive(sea_orm::FromQueryResult)]
pub(in crate::store) struct Ended {
    pub(super) id: i64,
    pub(super) occurrence_id: Option<i64>,
    pub(super) state: Code<RunState>,
    pub(super) scheduled_for: Option<DateTime<Utc>>,
    pub(super) started_at: DateTime<Utc>,
    pub(super) finished_at: Option<DateTime<Utc>>,
    pub(super) output_bytes: i64,
    pub(super) output_object: Option<String>,
}

impl Ended {
    /// The instant by which people ask for it.
    pub(super) fn named_for(&self) -> DateTime<Utc> {
        self.scheduled_for.unwrap_or(self.started_at)
    }

    /// How long it took, where that is known.
    fn took(&self) -> Option<i64> {
        took(self.state.0, self.started_at, self.finished_at)
    }
}

/// How long a run took in milliseconds, where that is known: of a lost run only when its loss was noticed is.
pub(in crate::store) fn took(
    state: RunState,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
) -> Option<i64> {
    let end = finished_at.filter(|_| state != RunState::Lost)?;
    Some(Ord::max((end - started_at).num_milliseconds(), 0))
}

/// Adds these runs to the counts of their days. The caller holds the lock of the task's note.
pub(super) async fn count(tx: &Tx, task: TaskId, rows: &[Ended]) -> Result<(), StoreError> {
    let mut days = CountsByDay::new();
    for row in rows {
        let added = days.entry(row.started_at.date_naive()).or_default();
        added.add(row.state.0, row.took(), row.output_bytes);
    }
    for (day, added) in days {
        add(tx, task, day.to_string(), added).await?;
    }
    Ok(())
}

async fn add(tx: &Tx, task: TaskId, day: String, added: RunCounts) -> Result<(), StoreError> {
    use run_day::Column as D;
    let own = Condition::all()
        .add(D::TaskId.eq(task.0))
        .add(D::Day.eq(&day));
    let stored: Option<String> = run_day::Entity::find()
        .select_only()
        .column(D::Took)
        .filter(own.clone())
        .into_tuple()
        .one(tx)
        .await?;
    let Some(stored) = stored else {
        let row = run_day::ActiveModel {
            task_id: Set(task.0),
            day: Set(day),
            succeeded: Set(added.succeeded),
            failed: Set(added.failed),
            timed_out: Set(added.timed_out),
            killed: Set(added.killed),
            lost: Set(added.lost),
            output_bytes: Set(added.output_bytes),
            took: Set(text(&added.took)),
        };
        run_day::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        return Ok(());
    };
    let mut took = durations(&stored)?;
    took.merge(&added.took);
    let more = |column: D, number: i64| (column, Expr::col(column).add(number));
    let mut update = run_day::Entity::update_many().filter(own);
    for (column, sum) in [
        more(D::Succeeded, added.succeeded),
        more(D::Failed, added.failed),
        more(D::TimedOut, added.timed_out),
        more(D::Killed, added.killed),
        more(D::Lost, added.lost),
        more(D::OutputBytes, added.output_bytes),
    ] {
        update = update.col_expr(column, sum);
    }
    update
        .col_expr(D::Took, Expr::value(text(&took)))
        .exec(tx)
        .await?;
    Ok(())
}

/// The stored durations of a day.
pub(in crate::store) fn durations(stored: &str) -> Result<Durations, StoreError> {
    serde_json::from_str(stored).map_err(|_| StoreError::UnknownValue {
        what: "durations of a day",
        value: stored.to_owned(),
    })
}

fn text(took: &Durations) -> String {
    serde_json::json!(took).to_string()
}
