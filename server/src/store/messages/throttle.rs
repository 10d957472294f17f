//! What a rule sent last about a task and an event, and what it has held back since.
//!
//! Two transactions that want to send at once are ordered by a compare-and-set: the one that loses
//! starts over, and finds itself within the time of the other.

use app::id::{RuleId, TaskId};
use app::message::Event;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::super::entity::message_throttle::{self, Column as T};
use super::super::{StoreError, Tx};
use super::Notice;
use crate::facts::HeldBack;

/// The row of a rule, a task and an event.
async fn row<C: ConnectionTrait>(
    connection: &C,
    rule: RuleId,
    task: TaskId,
    event: Event,
) -> Result<Option<message_throttle::Model>, StoreError> {
    let key = (rule.0, task.0, event.as_str().to_owned());
    Ok(message_throttle::Entity::find_by_id(key)
        .one(connection)
        .await?)
}

/// When a rule last sent an event of a task.
pub(super) async fn last_sent<C: ConnectionTrait>(
    connection: &C,
    rule: RuleId,
    task: TaskId,
    event: Event,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let found = row(connection, rule, task, event).await?;
    Ok(found.map(|row| row.sent_at))
}

/// Counts what a rule holds back until a time; then it is reported, unless a message did so before.
pub(super) async fn hold_back(
    tx: &Tx,
    rule: RuleId,
    notice: &Notice,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let at = notice.facts.happened_at();
    let since = Func::coalesce([Expr::col(T::HeldSince), Expr::value(at)]);
    message_throttle::Entity::update_many()
        .col_expr(T::HeldSince, since.into())
        .col_expr(T::HeldLast, Expr::value(at))
        .col_expr(T::ReportAt, Expr::value(until))
        .col_expr(T::Held, Expr::col(T::Held).add(1))
        .filter(T::RuleId.eq(rule.0))
        .filter(T::TaskId.eq(notice.task_id().0))
        .filter(T::Event.eq(notice.event.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes that a rule sends; returns what it has held back before.
pub(super) async fn note_sent(
    tx: &Tx,
    rule: RuleId,
    notice: &Notice,
    at: DateTime<Utc>,
) -> Result<Option<HeldBack>, StoreError> {
    let (task, event) = (notice.task_id(), notice.event);
    let Some(row) = row(tx, rule, task, event).await? else {
        let first = message_throttle::ActiveModel {
            rule_id: Set(rule.0),
            task_id: Set(task.0),
            event: Set(event.as_str().to_owned()),
            sent_at: Set(at),
            held: Set(0),
            held_since: Set(None),
            held_last: Set(None),
            report_at: Set(None),
        };
        let made = message_throttle::Entity::insert(first)
            .exec_without_returning(tx)
            .await
            .map_err(StoreError::from);
        return match made {
            Ok(_) => Ok(None),
            // Another server has just sent the first one.
            Err(error) if error.is_duplicate() => Err(StoreError::Raced),
            Err(error) => Err(error),
        };
    };
    let noted = message_throttle::Entity::update_many()
        .col_expr(T::SentAt, Expr::value(at))
        .col_expr(T::Held, Expr::value(0_i64))
        .col_expr(T::HeldSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(T::HeldLast, Expr::value(None::<DateTime<Utc>>))
        .col_expr(T::ReportAt, Expr::value(None::<DateTime<Utc>>))
        .filter(T::RuleId.eq(rule.0))
        .filter(T::TaskId.eq(task.0))
        .filter(T::Event.eq(event.as_str()))
        .filter(T::SentAt.eq(row.sent_at))
        .filter(T::Held.eq(row.held))
        .exec(tx)
        .await?;
    if noted.rows_affected != 1 {
        return Err(StoreError::Raced);
    }
    Ok(row.held_since.map(|since| HeldBack {
        count: u64::try_from(row.held).unwrap_or(0),
        since,
        zone: notice.facts.zone().unwrap_or("UTC").to_owned(),
    }))
}
