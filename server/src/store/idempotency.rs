//! Starts by hand that were asked for under a key: the same key gives the same run for a day.
//!
//! Both functions belong into the transaction of the start itself, so that there is no run
//! without its key and no key without its run.

use app::id::RunId;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::idempotency;
use super::{StoreError, Tx};

/// So long a key is known.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(24);

/// What was asked for under a key within the last day, and the run that it started.
pub(super) async fn recall(
    tx: &Tx,
    key_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(String, RunId)>, StoreError> {
    Ok(idempotency::Entity::find_by_id(key_hash.to_owned())
        .one(tx)
        .await?
        // Also a clock that was set back must not make a key of now unknown.
        .filter(|row| row.created_at > now - KNOWN_FOR)
        .map(|row| (row.request_hash, RunId(row.run_id))))
}

/// Keeps a key with the run that it started, and lets go of those of days before. Where another
/// node has just kept the same key the transaction starts over, and finds it.
pub(super) async fn remember(
    tx: &Tx,
    key_hash: &str,
    request_hash: &str,
    run_id: RunId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lte(now - KNOWN_FOR))
        .exec(tx)
        .await?;
    let row = idempotency::ActiveModel {
        key_hash: Set(key_hash.to_owned()),
        request_hash: Set(request_hash.to_owned()),
        run_id: Set(run_id.0),
        created_at: Set(now),
    };
    match idempotency::Entity::insert(row)
        .exec_without_returning(tx)
        .await
        .map_err(StoreError::from)
    {
        Err(error) if error.is_duplicate() => Err(StoreError::Raced),
        done => done.map(|_| ()),
    }
}
