//! The counts that deleted runs leave: by task and the day on which they started, in UTC.
//!
//! They are written in the transaction that deletes the runs, so that a run is counted either there or here, once,
//! whatever crashes in between.

use std::collections::BTreeMap;

use app::id::TaskId;
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

    /// How long it took, where that is known: of a lost run it is not.
    fn took(&self) -> Option<i64> {
        let end = self
            .finished_at
            .filter(|_| self.state.0 != RunState::Lost)?;
        Some(Ord::max((end - self.started_at).num_milliseconds(), 0))
    }
}

/// What is added to a day.
#[derive(Default)]
struct Added {
    states: BTreeMap<&'static str, i64>,
    bytes: i64,
    took: Durations,
}

/// Adds these runs to the counts of their days. The caller holds the lock of the task's note.
pub(super) async fn count(tx: &Tx, task: TaskId, rows: &[Ended]) -> Result<(), StoreError> {
    let mut days: BTreeMap<String, Added> = BTreeMap::new();
    for row in rows {
        let day = row.started_at.format("%Y-%m-%d").to_string();
        let added = days.entry(day).or_default();
        *added.states.entry(row.state.0.as_str()).or_default() += 1;
        added.bytes = added.bytes.saturating_add(row.output_bytes);
        if let Some(took) = row.took() {
            added.took.add(took);
        }
    }
    for (day, added) in days {
        add(tx, task, day, added).await?;
    }
    Ok(())
}

async fn add(tx: &Tx, task: TaskId, day: String, added: Added) -> Result<(), StoreError> {
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
    let of = |state: RunState| added.states.get(state.as_str()).copied().unwrap_or(0);
    let Some(stored) = stored else {
        let row = run_day::ActiveModel {
            task_id: Set(task.0),
            day: Set(day),
            succeeded: Set(of(RunState::Succeeded)),
            failed: Set(of(RunState::Failed)),
            timed_out: Set(of(RunState::TimedOut)),
            killed: Set(of(RunState::Killed)),
            lost: Set(of(RunState::Lost)),
            output_bytes: Set(added.bytes),
            took: Set(text(&added.took)),
        };
        run_day::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        return Ok(());
    };
    let mut took: Durations =
        serde_json::from_str(&stored).map_err(|_| StoreError::UnknownValue {
            what: "durations of a day",
            value: stored.clone(),
        })?;
    took.merge(&added.took);
    let more = |column: D, number: i64| (column, Expr::col(column).add(number));
    let mut update = run_day::Entity::update_many().filter(own);
    for (column, sum) in [
        more(D::Succeeded, of(RunState::Succeeded)),
        more(D::Failed, of(RunState::Failed)),
        more(D::TimedOut, of(RunState::TimedOut)),
        more(D::Killed, of(RunState::Killed)),
        more(D::Lost, of(RunState::Lost)),
        more(D::OutputBytes, added.bytes),
    ] {
        update = update.col_expr(column, sum);
    }
    update
        .col_expr(D::Took, Expr::value(text(&took)))
        .exec(tx)
        .await?;
    Ok(())
}

fn text(took: &Durations) -> String {
    serde_json::json!(took).to_string()
}
