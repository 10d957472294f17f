//! Transactions, and which failures are worth a retry.

use std::time::{Duration, Instant};

use app::transition::RefusedTransition;
use sea_orm::{
    DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr, SqlErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use super::code::UnknownWord;
use super::unreadable::RowKind;
use super::{Engine, Store};
use crate::telemetry::metrics::DatabaseTimes;

/// An open transaction.
pub type Tx = DatabaseTransaction;

/// Tries of a transaction that conflicts with another one.
const TRIES: u32 = 8;

/// Tries of a BEGIN while another process holds the lock; each waits for the busy timeout.
pub(super) const BEGIN_TRIES: u32 = 5;

/// Errors of a MySQL or MariaDB server that accepts neither this account nor this database (server error reference):
/// 1044 and 1045 access denied, 1049 no such database, 1130 host not allowed, 1524 plugin of the account not loaded,
/// 1698 access denied without a password, 1820 and 1862 password expired, 3118 and 4151 account locked.
const REFUSED: [u16; 10] = [1044, 1045, 1049, 1130, 1524, 1698, 1820, 1862, 3118, 4151];

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `DATABASE_URL` names an unsupported database.
    #[error("DATABASE_URL must be empty or start with mysql://")]
    UnknownUrl,
    /// The database or the connection to it failed.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// A row contains something that no version of ours writes.
    #[error("the database holds {what} {value:?}, which this version does not know")]
    UnknownValue {
        /// What kind of value it is.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A row cannot be read.
    #[error("{} {key} cannot be read", .kind.table())]
    Row {
        /// What it defines.
        kind: RowKind,
        /// Its id, or its name where that is its key.
        key: String,
        /// What is wrong with it.
        source: Box<StoreError>,
    },
    /// The write is not a valid step from the current state.
    #[error(transparent)]
    Refused(#[from] RefusedTransition),
    /// A value could not be sealed, or does not open with the current key.
    #[error("{what} cannot be sealed or opened with this key")]
    Seal {
        /// Whose value: `secret 3`.
        what: String,
    },
    /// It did not answer in time; whether it executed the statement is unknown.
    #[error("the database does not answer")]
    Silent,
    /// The rows changed between reading and writing; the transaction must start over.
    #[error("another node came first")]
    Raced,
    /// The row was changed since it was read: what was written is taken back.
    #[error("it was changed since it was read; its version is now {version}")]
    Outdated {
        /// Its version now; 0 when it does not exist any more.
        version: i64,
    },
    /// The signed link whose holder acts was used for the same act before: what was written is taken back.
    #[error("the link was used for this before")]
    LinkUsed,
    /// The event of a chat was acted on before: what was written is taken back.
    #[error("the event was acted on before")]
    EventAgain,
    /// The database was migrated by a newer version.
    #[error(
        "the database was migrated by a newer version of Jcrontab (to {layout}), which this version cannot use; install that version again, or restore a backup from before the upgrade into an empty database"
    )]
    NewerLayout {
        /// The newest migration that this version does not know.
        layout: String,
    },
    /// The database is the rest of a restore that was not finished.
    #[error(
        "a restore into this database was not finished, and it is incomplete; empty it and restore again"
    )]
    HalfRestored,
    /// The rows are no longer as the caller read them: what was written is taken back, and nothing is tried again.
    #[error("the rows were changed since they were read")]
    Overtaken,
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let DbErr::TryIntoErr { source, .. } = &error
            && let Some(unknown) = source.downcast_ref::<UnknownWord>()
        {
            return Self::UnknownValue {
                what: unknown.column,
                value: unknown.word.clone(),
            };
        }
        Self::Database(error)
    }
}

impl StoreError {
    /// Whether a unique key refused the row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(error)
            if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }

    /// Whether a row has a value that this version does not understand, as opposed to a database that fails.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::UnknownValue { .. } | Self::Row { .. } => true,
            Self::Database(DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. }) => true,
            Self::Database(DbErr::Query(RuntimeErr::SqlxError(e))) => {
                use sea_orm::sqlx::Error;
                matches!(**e, Error::ColumnDecode { .. } | Error::Decode(_))
            }
            _ => false,
        }
    }

    /// Whether the database will stay unusable for this version until an operator does something.
    #[must_use]
    pub const fn is_unusable(&self) -> bool {
        matches!(self, Self::NewerLayout { .. } | Self::HalfRestored)
    }

    /// Whether the database cannot be reached, as opposed to refusing the statement.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Silent | Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) => true,
            // Locked by another process, or the disk is full or failing.
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

    /// Whether a database server answered and refused us: the account, its password or host, or the name of the
    /// database in `DATABASE_URL` is wrong.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.mysql_code()
            .is_some_and(|code| REFUSED.contains(&code))
    }

    /// The error number of a MySQL or MariaDB server, even if it refused the connection.
    #[must_use]
    pub fn mysql_code(&self) -> Option<u16> {
        let Self::Database(
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error))
            | DbErr::Conn(RuntimeErr::SqlxError(error)),
        ) = self
        else {
            return None;
        };
        let answer = error.as_database_error()?;
        let mysql = answer.try_downcast_ref::<sea_orm::sqlx::mysql::MySqlDatabaseError>()?;
        Some(mysql.number())
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

    /// Whether the whole transaction may be retried: MySQL 1213 (deadlock, also Galera certification at COMMIT) and
    /// 1205 (lock wait), SQLite BUSY and its extended codes.
    #[must_use]
    pub fn is_transient(&self) -> bool {
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
                if let Some(code) = self.mysql_code() {
                    return matches!(code, 1213 | 1205);
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

/// Runs the block in one write transaction and commits it: `transaction!(store, |tx| { … Ok(x) })`. Starts over, a
/// few times, after a conflict with another transaction, so the block may run more than once. A macro, because a
/// closure of this kind cannot promise that its future is `Send` while it borrows from its environment.
macro_rules! transaction {
    ($store:expr, |$tx:ident| $body:block) => {{
        let mut tried = 0;
        loop {
            tried += 1;
            let transaction = match $store.begin().await {
                Ok(transaction) => transaction,
                // Another process has held the file for longer than one wait already.
                Err(error) if error.is_transient() && tried < $crate::store::txn::BEGIN_TRIES => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            let $tx = &transaction;
            let result = $crate::store::txn::fallible(async { $body }).await;
            let times = $store.times();
            if let Some(done) = $crate::store::txn::finish(transaction, result, tried, times).await
            {
                break done;
            }
        }
    }};
}
pub(super) use transaction;

/// States the error type of a block, which the compiler cannot infer.
pub(super) fn fallible<T, F: Future<Output = Result<T, StoreError>>>(work: F) -> F {
    work
}

/// Commits or rolls back; `None` when the transaction has to start over, after a pause.
pub(super) async fn finish<T>(
    tx: Tx,
    result: Result<T, StoreError>,
    tried: u32,
    times: &DatabaseTimes,
) -> Option<Result<T, StoreError>> {
    let done = match result {
        Ok(value) => {
            let begun = Instant::now();
            let committed = tx.commit().await;
            times.commit(begun.elapsed(), committed.is_err());
            committed.map(|()| value).map_err(StoreError::from)
        }
        Err(error) => {
            // The first failure is the one to report; a rollback that fails as well means that the connection is
            // lost, and the database rolls back by itself.
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
