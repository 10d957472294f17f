//! How many consecutive runs of a task ended badly. Each run that ends continues the count of the previous one, so
//! that no reader has to count: one step back along the task's index, and none for a run that succeeded.

use app::id::{RunId, TaskId};
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseBackend;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Func, Order, Query};

use super::entity::run;

/// Alias of the previous run, in a query from another one.
const BEFORE: &str = "before";
/// Alias of the column that is read from it.
const READ: &str = "was";

/// The values of the columns `streak` and `streak_since` of a run that ends in a state. All attempts at a firing
/// count as one run, with the first; one that was stopped leaves the streak as it is.
pub(super) fn after(
    backend: DatabaseBackend,
    task: TaskId,
    id: RunId,
    state: RunState,
) -> (Expr, Expr) {
    use run::Column as R;
    if state == RunState::Succeeded {
        return (Expr::value(None::<i64>), Expr::value(None::<DateTime<Utc>>));
    }
    let (streak, since) = (
        before(backend, task, id, R::Streak),
        before(backend, task, id, R::StreakSince),
    );
    if !state.is_bad() {
        return (streak, since);
    }
    let first = CaseStatement::new()
        .case(Expr::col(R::Attempt).eq(1), 1)
        .finally(0);
    (
        Expr::from(Func::coalesce([streak, Expr::value(0)])).add(first),
        Func::coalesce([since, Expr::col(R::StartedAt)]).into(),
    )
}

/// A column of the task's run that ended before another one.
fn before(backend: DatabaseBackend, task: TaskId, id: RunId, column: run::Column) -> Expr {
    use run::Column as R;
    let mut query = Query::select()
        .expr_as(Expr::col((BEFORE, column)), READ)
        .from_as(run::Entity, BEFORE)
        .and_where(Expr::col((BEFORE, R::TaskId)).eq(task.0))
        .and_where(Expr::col((BEFORE, R::Id)).lt(id.0))
        .and_where(Expr::col((BEFORE, R::FinishedAt)).is_not_null())
        .order_by((BEFORE, R::Id), Order::Desc)
        .limit(1)
        .to_owned();
    if backend == DatabaseBackend::MySql {
        // MySQL cannot read the table that it updates, except through a derived table.
        query = Query::select()
            .column(READ)
            .from_subquery(query, "earlier")
            .to_owned();
    }
    Expr::SubQuery(None, Box::new(query.into()))
}
