//! Versions of rows: a change that was made from an older one is refused, and none is lost.

use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{StoreError, Tx};

/// The version of something new.
pub(super) const FIRST_VERSION: i64 = 1;

/// The version of what is not stored: the built-in calendar, a built-in picture, the built-in words of messages, and a
/// pool that does not exist.
pub const NOT_STORED: i64 = 0;

/// Counts a change of a row, before it is made: with `read` only if the row still has that version. False when the row
/// does not exist.
///
/// Comes before anything is read for the change, because this statement takes the lock of the row: those who change
/// the same one wait here, and then see the version that the first of them wrote.
///
/// # Errors
/// [`StoreError::Outdated`] when the row was changed since it was read, which takes back the transaction; or when the
/// database fails.
pub(super) async fn count<E: EntityTrait>(
    tx: &Tx,
    row: Condition,
    version: E::Column,
    read: Option<i64>,
) -> Result<bool, StoreError> {
    let mut change = E::update_many()
        .col_expr(version, Expr::col(version).add(1))
        .filter(row.clone());
    if let Some(read) = read {
        change = change.filter(version.eq(read));
    }
    if change.exec(tx).await?.rows_affected > 0 {
        return Ok(true);
    }
    let stored: Option<i64> = E::find()
        .select_only()
        .column(version)
        .filter(row)
        .into_tuple()
        .one(tx)
        .await?;
    match stored {
        None => Ok(false),
        Some(version) => Err(StoreError::Outdated { version }),
    }
}

/// The same for what is added where it does not exist: with `read` only if it was not stored then either.
///
/// # Errors
/// As [`count`].
pub(super) async fn count_or_new<E: EntityTrait>(
    tx: &Tx,
    row: Condition,
    version: E::Column,
    read: Option<i64>,
) -> Result<bool, StoreError> {
    let is_stored = count::<E>(tx, row, version, read).await?;
    if !is_stored && read.is_some_and(|read| read != NOT_STORED) {
        return Err(StoreError::Outdated {
            version: NOT_STORED,
        });
    }
    Ok(is_stored)
}

/// Two that add the same at once: the second one starts over, and finds it.
pub(super) fn raced(error: sea_orm::DbErr) -> StoreError {
    match StoreError::from(error) {
        error if error.is_duplicate() => StoreError::Raced,
        error => error,
    }
}
