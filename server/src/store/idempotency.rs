//! Manual starts with a key: for a day, the same key returns the same run.
//!
//! Both functions belong in the transaction of the start itself, so that there is no run without its key and no key
//! without its run.

use app::id::RunId;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::idempotency;
use super::{StoreError, Tx};

/// How long a key is known.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(24);

/// The request made with a key within the last day, and the run that it started.
pub(super) async fn recall(
    tx: &Tx,
    key_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(String, RunId)>, StoreError> {
    Ok(idempotency::Entity::find_by_id(key_hash.to_owned())
        .one(tx)
        .await?
        // A clock that was set back must not make a current key unknown either.
        .filter(|row| row.created_at > now - KNOWN_FOR)
        .map(|row| (row.request_hash, RunId(row.run_id))))
}

/// Stores a key with the run that it started, and deletes those of earlier days. If another node has just stored the
/// same key, the transaction starts over and finds it.
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
