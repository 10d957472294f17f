//! The statements behind planning and claiming.

use std::collections::{BTreeMap, HashMap};

use app::id::{OccurrenceId, RunId, ScheduleId, TaskId};
use app::occurrence::{NotRun, OccurrenceState, OccurrenceStep};
use app::run::{RunState, Trigger};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::super::code::{Code, TakeStep};
use super::super::entity::{occurrence, run};
use super::super::{Engine, StoreError, Tx};
use super::ids::Ids;
use super::{CHUNK, CLAIM_MAX, Claimed, Due, Planned, PlannedEntry};

pub(super) async fn insert_planned(tx: &Tx, rows: &[&Planned]) -> Result<(), StoreError> {
    use occurrence::Column as C;
    let mut insert = Query::insert();
    insert.into_table(occurrence::Entity).columns([
        C::TaskId,
        C::ScheduleId,
        C::ScheduledFor,
        C::BaseAt,
        C::DueAt,
        C::State,
        C::Reason,
        C::Epoch,
        C::Firings,
        C::Since,
    ]);
    for row in rows {
        let (not_run, count, since) = match row.entry {
            PlannedEntry::Planned => (None, 1, None),
            PlannedEntry::Skipped(reason) => (Some(NotRun::Skipped(reason)), 1, None),
            PlannedEntry::Missed {
                reason,
                count,
                since,
            } => (Some(NotRun::Missed(reason)), count, Some(since)),
            PlannedEntry::SkippedMany {
                reason,
                count,
                since,
            } => (Some(NotRun::Skipped(reason)), count, Some(since)),
        };
        let state = not_run.map_or(OccurrenceState::Planned, NotRun::state);
        insert.values_panic([
            row.task_id.0.into(),
            row.schedule_id.0.into(),
            row.scheduled_for.into(),
            row.base_at.into(),
            row.due_at.into(),
            Code(state).into(),
            not_run.map(NotRun::reason).into(),
            0.into(),
            count.into(),
            since.filter(|_| count > 1).into(),
        ]);
    }
    insert.on_conflict(
        OnConflict::columns([C::ScheduleId, C::ScheduledFor])
            .do_nothing_on([C::ScheduleId])
            .to_owned(),
    );
    tx.execute(&insert).await?;
    Ok(())
}

/// Postpones waiting firings. Their first due time is kept in `since`.
pub(super) async fn put_off(tx: &Tx, ids: &[i64], until: DateTime<Utc>) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        occurrence::Entity::update_many()
            .col_expr(
                occurrence::Column::Since,
                Func::coalesce([
                    Expr::col(occurrence::Column::Since),
                    Expr::col(occurrence::Column::DueAt),
                ])
                .into(),
            )
            .col_expr(occurrence::Column::DueAt, Expr::value(until))
            .filter(occurrence::Column::Id.is_in(chunk.iter().copied()))
            .filter(occurrence::Column::State.eq(Code(OccurrenceState::Planned)))
            .exec(tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn due_rows(tx: &Tx, now: DateTime<Utc>) -> Result<Vec<Due>, StoreError> {
    use occurrence::Column as C;
    type Row = (
        i64,
        i64,
        i64,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = occurrence::Entity::find()
        .select_only()
        .columns([
            C::Id,
            C::TaskId,
            C::ScheduleId,
            C::ScheduledFor,
            C::BaseAt,
            C::DueAt,
            C::Since,
        ])
        .filter(C::State.eq(Code(OccurrenceState::Planned)))
        .filter(C::DueAt.lte(now))
        .order_by_asc(C::DueAt)
        .order_by_asc(C::Id)
        .limit(CLAIM_MAX)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, task_id, schedule_id, scheduled_for, base_at, due_at, since)| Due {
                id: OccurrenceId(id),
                task_id: TaskId(task_id),
                schedule_id: ScheduleId(schedule_id),
                scheduled_for,
                base_at: base_at.unwrap_or(due_at),
                due_at: since.unwrap_or(due_at),
            },
        )
        .collect())
}

/// The latest due firing of each schedule, including those beyond the rows of this transaction.
pub(super) async fn latest_due(
    tx: &Tx,
    now: DateTime<Utc>,
    due: &[Due],
) -> Result<HashMap<ScheduleId, DateTime<Utc>>, StoreError> {
    let mut latest: HashMap<ScheduleId, DateTime<Utc>> = HashMap::new();
    for firing in due {
        let at = latest
            .entry(firing.schedule_id)
            .or_insert(firing.scheduled_for);
        *at = Ord::max(*at, firing.scheduled_for);
    }
    if due.len() as u64 == CLAIM_MAX {
        use occurrence::Column as C;
        let rows: Vec<(i64, DateTime<Utc>)> = occurrence::Entity::find()
            .select_only()
            .column(C::ScheduleId)
            .column_as(C::ScheduledFor.max(), "latest")
            .filter(C::State.eq(Code(OccurrenceState::Planned)))
            .filter(C::DueAt.lte(now))
            .group_by(C::ScheduleId)
            .into_tuple()
            .all(tx)
            .await?;
        latest.extend(rows.into_iter().map(|(id, at)| (ScheduleId(id), at)));
    }
    Ok(latest)
}

pub(super) async fn end_planned(tx: &Tx, ids: &[i64], why: NotRun) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        occurrence::Entity::update_many()
            .col_expr(occurrence::Column::Reason, Expr::value(why.reason()))
            .filter(occurrence::Column::Id.is_in(chunk.iter().copied()))
            .step(occurrence::Column::State, OccurrenceStep::LeaveOut(why))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// A due firing to start.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) due: Due,
    pub(super) trigger: Trigger,
    pub(super) pool: Option<String>,
}

/// Starts firings: each becomes `running`, with a run of its own.
pub(super) async fn start_planned(
    (engine, tx): (Engine, &Tx),
    starts: Vec<Start>,
    node: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    use occurrence::Column as C;
    // Values that are not in their rows: few groups, mostly one.
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<i64>> = BTreeMap::new();
    for Start { due, trigger, pool } in &starts {
        let group = groups.entry((trigger.as_str(), pool.as_deref()));
        group.or_default().push(due.id.0);
    }
    let mut run_ids: HashMap<i64, i64> = HashMap::with_capacity(starts.len());
    for ((trigger, pool), ids) in groups {
        for some in Ids::of(ids) {
            let updated = occurrence::Entity::update_many()
                .col_expr(C::NodeId, Expr::value(node))
                .col_expr(C::Epoch, Expr::value(1))
                .filter(some.condition(C::Id))
                .step(C::State, OccurrenceStep::Start)
                .exec(tx)
                .await?;
            if updated.rows_affected != some.count() {
                return Err(StoreError::Raced);
            }
            let run = NewRuns {
                node,
                now,
                trigger,
                pool,
            };
            run_ids.extend(insert_runs((engine, tx), &some, &run).await?);
        }
    }
    starts
        .into_iter()
        .map(|Start { due, trigger, .. }| {
            let run_id = run_ids.get(&due.id.0).copied().ok_or(StoreError::Raced)?;
            Ok(Claimed {
                due,
                run_id: RunId(run_id),
                epoch: 1,
                trigger,
            })
        })
        .collect()
}

/// What new runs have in common.
struct NewRuns<'a> {
    node: &'a str,
    now: DateTime<Utc>,
    trigger: &'a str,
    pool: Option<&'a str>,
}

/// A run for each of these firings, created by the database from its own rows; returns their ids by those of the
/// firings. A second claim of the same firing fails here, on every engine.
async fn insert_runs(
    (engine, tx): (Engine, &Tx),
    firings: &Ids,
    new: &NewRuns<'_>,
) -> Result<Vec<(i64, i64)>, StoreError> {
    use occurrence::Column as C;
    use run::Column as R;
    let mut select = Query::select();
    select
        .columns([C::Id, C::TaskId])
        .expr(Expr::value(1))
        .expr(Expr::value(new.trigger))
        .expr(Expr::value(Code(RunState::Running)))
        .expr(Expr::value(new.node))
        .expr(Expr::value(1))
        .column(C::ScheduledFor)
        .expr(Expr::value(new.now))
        .expr(Expr::value(new.pool))
        .from(occurrence::Entity)
        .cond_where(firings.condition(C::Id));
    let mut insert = Query::insert();
    insert
        .into_table(run::Entity)
        .columns([
            R::OccurrenceId,
            R::TaskId,
            R::Attempt,
            R::TriggerKind,
            R::State,
            R::NodeId,
            R::Epoch,
            R::ScheduledFor,
            R::StartedAt,
            R::Pool,
        ])
        .select_from(select)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    if engine == Engine::Sqlite {
        insert.returning(Query::returning().columns([R::OccurrenceId, R::Id]));
        let rows = tx.query_all(&insert).await?;
        let ids = rows.iter().map(|row| {
            Ok((
                row.try_get_by_index::<i64>(0)?,
                row.try_get_by_index::<i64>(1)?,
            ))
        });
        return ids.collect::<Result<_, DbErr>>().map_err(StoreError::from);
    }
    // MySQL has no RETURNING.
    tx.execute(&insert).await?;
    Ok(run::Entity::find()
        .select_only()
        .columns([R::OccurrenceId, R::Id])
        .filter(firings.condition(R::OccurrenceId))
        .filter(R::Attempt.eq(1))
        .into_tuple::<(i64, i64)>()
        .all(tx)
        .await?)
}
