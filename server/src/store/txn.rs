//! Transactions, and which failures are worth another try.

use std::time::Duration;

use sea_orm::{
    DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr, SqlErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use super::{Engine, Store};

/// A transaction under way.
pub type Tx = DatabaseTransaction;

/// Tries of a transaction that lost against another one.
const TRIES: u32 = 8;

/// Tries of a BEGIN that another process is in the way of; each waits for the busy timeout.
pub(super) const BEGIN_TRIES: u32 = 5;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `DATABASE_URL` names no database that we know.
    #[error("DATABASE_URL must be empty or start with mysql://")]
    UnknownUrl,
    /// The database or the way to it failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row holds something that no version of ours writes.
    #[error("the database holds {what} {value:?}, which this version does not know")]
    UnknownValue {
        /// What kind of value it is.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A value could not be sealed, or did not open with the key at hand.
    #[error("{what} cannot be sealed or opened with this key")]
    Seal {
        /// Whose value: `secret 3`.
        what: String,
    },
    /// It did not answer in time; whether it did what was asked is not known.
    #[error("the database does not answer")]
    Silent,
    /// The rows changed between reading and writing; the transaction must start over.
    #[error("another node came first")]
    Raced,
}

impl StoreError {
    /// Whether a unique key refused the row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error)
            if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }

    /// Whether the database cannot be reached, rather than refusing the statement.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Silent | Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) => true,
            // Held by another process, or the disk is full or failing.
            Self::Database(
                DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)),
            ) => {
                use sea_orm::sqlx::Error;
                matches!(
                    **e,
                    Error::Io(_)
                        | Error::PoolTimedOut
                        | Error::PoolClosed
                        | Error::WorkerCrashed
                        | Error::Protocol(_)
                ) || matches!(self.sqlite_code(), Some(5 | 6 | 10 | 13))
            }
            _ => false,
        }
    }

    /// The primary code of an SQLite failure: 5 BUSY, 6 LOCKED, 10 IOERR, 13 FULL, …
    fn sqlite_code(&self) -> Option<u32> {
        let Self::Database(
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error))
            | DbErr::Conn(RuntimeErr::SqlxError(error)),
        ) = self
        else {
            return None;
        };
        let database = error.as_database_error()?;
        database.try_downcast_ref::<sea_orm::sqlx::sqlite::SqliteError>()?;
        // Extended codes keep the primary one in the low byte.
        Some(database.code()?.parse::<u32>().ok()? & 0xff)
    }

    /// Whether the whole transaction may be tried again: MySQL 1213 (deadlock, also Galera
    /// certification at COMMIT) and 1205 (lock wait), SQLite BUSY and its extended codes.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Raced => true,
            Self::Database(error) => {
                let (DbErr::Exec(RuntimeErr::SqlxError(inner))
                | DbErr::Query(RuntimeErr::SqlxError(inner))
                | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
                else {
                    return false;
                };
                let Some(database) = inner.as_database_error() else {
                    return false;
                };
                if let Some(mysql) =
                    database.try_downcast_ref::<sea_orm::sqlx::mysql::MySqlDatabaseError>()
                {
                    return matches!(mysql.number(), 1213 | 1205);
                }
                // SQLite: 5 BUSY, 6 LOCKED; extended codes keep these in the low byte.
                database
                    .code()
                    .and_then(|code| code.parse::<u32>().ok())
                    .is_some_and(|code| matches!(code & 0xff, 5 | 6))
            }
            _ => false,
        }
    }
}

/// Runs the block in one write transaction and commits it: `transaction!(store, |tx| { … Ok(x) })`.
/// Starts over, a few times, when another transaction was in the way, so the block may run more
/// than once. A macro, because a closure of this kind cannot promise that its future is `Send`
/// while it borrows from its surroundings.
macro_rules! transaction {
    ($store:expr, |$tx:ident| $body:block) => {{
        let mut tried = 0;
        loop {
            tried += 1;
            let transaction = match $store.begin().await {
                Ok(transaction) => transaction,
                // Another process holds the file, already for longer than one wait.
                Err(error) if error.is_transient() && tried < $crate::store::txn::BEGIN_TRIES => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            let $tx = &transaction;
            let result = $crate::store::txn::fallible(async { $body }).await;
            if let Some(done) = $crate::store::txn::finish(transaction, result, tried).await {
                break done;
            }
        }
    }};
}
pub(super) use transaction;

/// Says what a block fails with, which the compiler cannot find out by itself.
pub(super) fn fallible<T, F: Future<Output = Result<T, StoreError>>>(work: F) -> F {
    work
}

/// Commits or rolls back; `None` when the transaction is to start over, after a pause.
pub(super) async fn finish<T>(
    tx: Tx,
    result: Result<T, StoreError>,
    tried: u32,
) -> Option<Result<T, StoreError>> {
    let done = match result {
        Ok(value) => tx.commit().await.map(|()| value).map_err(StoreError::from),
        Err(error) => {
            // The first failure is the one to report; a rollback that fails as well means the
            // connection is gone, and the database rolls back by itself.
            if let Err(rollback) = tx.rollback().await {
                tracing::debug!(error = %rollback, "rollback failed");
            }
            Err(error)
        }
    };
    match done {
        Err(error) if error.is_transient() && tried < TRIES => {
            tracing::debug!(tried, %error, "retrying a transaction");
            tokio::time::sleep(Duration::from_millis(u64::from(3 * tried * tried))).await;
            None
        }
        done => Some(done),
    }
}

impl Store {
    /// Begins a write transaction.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        let options = match self.engine {
            // Deferred transactions fail when they upgrade after another commit.
            Engine::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            Engine::Mysql => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        };
        Ok(self.writer.begin_with_options(options).await?)
    }
}
