//! Writes the schedules of a task.

use app::id::TaskId;
use app::schedule::{Purpose, Schedule, ScheduleSpec};
use app::task::TaskSpec;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::super::entity::schedule;
use super::super::{StoreError, Tx};

/// Replaces the schedules of a task by those of its definition.
pub(super) async fn set_all(
    tx: &Tx,
    task_id: TaskId,
    spec: &TaskSpec,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    set(tx, task_id, Purpose::Work, &spec.schedules, now).await?;
    let urge: Vec<Schedule> = spec
        .urge_cron
        .iter()
        .map(|cron| Schedule::plain(cron))
        .collect();
    set(tx, task_id, Purpose::Urge, &urge, now).await
}

/// Replaces the schedules of a purpose by `wanted`. Rows keep their ids wherever possible, so that an instant which
/// has fired cannot fire again after an edit: first by equal text, then by equal position.
pub(super) async fn set(
    tx: &Tx,
    task_id: TaskId,
    purpose: Purpose,
    wanted: &[Schedule],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use schedule::Column as S;
    let mut rows: Vec<Option<schedule::Model>> = schedule::Entity::find()
        .filter(S::TaskId.eq(task_id.0))
        .filter(S::Purpose.eq(purpose.as_str()))
        .order_by_asc(S::Position)
        .order_by_asc(S::Id)
        .all(tx)
        .await?
        .into_iter()
        .map(Some)
        .collect();
    let mut kept: Vec<Option<i64>> = vec![None; wanted.len()];
    for (new, kept) in wanted.iter().zip(&mut kept) {
        let same = rows
            .iter_mut()
            .find(|row| row.as_ref().is_some_and(|row| row.expression == new.spec));
        *kept = same.and_then(Option::take).map(|row| row.id);
    }
    let mut rest = rows.into_iter().flatten();
    for kept in kept.iter_mut().filter(|kept| kept.is_none()) {
        *kept = rest.next().map(|row| row.id);
    }
    let gone: Vec<i64> = rest.map(|row| row.id).collect();
    if !gone.is_empty() {
        schedule::Entity::delete_many()
            .filter(S::Id.is_in(gone))
            .exec(tx)
            .await?;
    }
    for (position, (new, kept)) in wanted.iter().zip(kept).enumerate() {
        // Each by its name: a field that is not stored is unused, which the compiler reports.
        let Schedule {
            id: _,
            purpose: _,
            spec,
            day_rule,
            calendar,
            jitter,
        } = new;
        let kind = ScheduleSpec::parse(spec).map_or("cron", |spec| spec.kind());
        let mut row = schedule::ActiveModel {
            task_id: Set(task_id.0),
            purpose: Set(purpose.as_str().to_owned()),
            kind: Set(kind.to_owned()),
            expression: Set(spec.clone()),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            day_rule: Set(day_rule.to_string()),
            calendar: Set(calendar.clone()),
            jitter_seconds: Set(jitter.seconds),
            jitter_stable: Set(jitter.stable),
            ..Default::default()
        };
        match kept {
            Some(id) => {
                row.id = Set(id);
                schedule::Entity::update(row).exec(tx).await?;
            }
            None => {
                row.created_at = Set(now);
                schedule::Entity::insert(row)
                    .exec_without_returning(tx)
                    .await?;
            }
        }
    }
    Ok(())
}
