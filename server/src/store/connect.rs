//! Opens and migrates the database.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::pool::PoolConnectionMetadata;
use sea_orm::sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

use super::rules::RuleHint;
use super::tasks::Definitions;
use super::unreadable::UnreadableRows;
use super::version::Watcher;
use super::{Engine, Store, StoreError};
use crate::telemetry::metrics::DatabaseTimes;

/// Connections to a MySQL server.
const MYSQL_CONNECTIONS: u32 = 16;
/// Rows that SQLite may read ahead of the caller.
const ROWS_AHEAD: usize = 1_024;
/// Connections that read an SQLite file.
const SQLITE_READERS: u32 = 4;

/// Returns a connection to the pool only outside a transaction.
///
/// A full disk or a failed write makes SQLite roll back by itself, and the ROLLBACK that follows fails; the driver
/// then still counts a transaction that no longer exists, and would turn every later BEGIN into a savepoint that no
/// COMMIT ever makes durable. Such a connection is closed.
fn leave_no_transaction(
    connection: &mut SqliteConnection,
    _: PoolConnectionMetadata,
) -> Pin<Box<dyn Future<Output = Result<bool, sea_orm::sqlx::Error>> + Send + '_>> {
    Box::pin(async move {
        // Runs after a rollback that a dropped transaction has only requested.
        connection.ping().await?;
        Ok(!connection.is_in_transaction())
    })
}

impl Store {
    /// Opens the database: `url` empty means the SQLite file `jcrontab.db` in `data_dir`.
    ///
    /// # Errors
    /// When the URL is not supported, or the database does not answer.
    pub async fn open(url: &str, data_dir: &Path) -> Result<Self, StoreError> {
        if url.is_empty() {
            Self::open_sqlite(&data_dir.join("jcrontab.db")).await
        } else if url.starts_with("mysql://") || url.starts_with("mariadb://") {
            Self::open_mysql(url).await
        } else {
            Err(StoreError::UnknownUrl)
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        // Space of deleted history is given back in steps. Only a database without tables can begin with it, and
        // SQLite writes to the file each time it is set (`pragma.c`, `PragTyp_AUTO_VACUUM`): every other connection
        // would look like a change to those that watch `data_version`.
        let empty = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
        let options = |connections: u32, creates: bool| {
            let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
            options
                .max_connections(connections)
                .min_connections(1)
                // Closing idle connections would discard the page cache of the only writer.
                .idle_timeout(None)
                .max_lifetime(None)
                .acquire_timeout(Duration::from_secs(30))
                .sqlx_logging(false)
                .test_before_acquire(false)
                .map_sqlx_sqlite_pool_opts(|options| options.after_release(leave_no_transaction))
                .map_sqlx_sqlite_opts(move |options| {
                    let options = if creates {
                        options.auto_vacuum(SqliteAutoVacuum::Incremental)
                    } else {
                        options
                    };
                    options
                        .journal_mode(SqliteJournalMode::Wal)
                        // Acknowledged means durable.
                        .synchronous(SqliteSynchronous::Full)
                        .busy_timeout(Duration::from_secs(5))
                        .foreign_keys(true)
                        .statement_cache_capacity(200)
                        // SQLite's own thread passes the rows on: with a full channel the two threads wake each other
                        // for every few rows.
                        .row_buffer_size(ROWS_AHEAD)
                });
            options
        };
        // The writer first: it creates the file and switches it to WAL.
        let writer = Database::connect(options(1, empty)).await?;
        let reader = Database::connect(options(SQLITE_READERS, false)).await?;
        let opened = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&opened);
        let mut watching = options(1, false);
        watching.map_sqlx_sqlite_pool_opts(move |options| {
            let count = Arc::clone(&count);
            options.after_connect(move |_, _| {
                count.fetch_add(1, Ordering::SeqCst);
                Box::pin(std::future::ready(Ok(())))
            })
        });
        let connection = Database::connect(watching).await?;
        let mut store = Self {
            writer,
            reader,
            watcher: Some(Watcher { connection, opened }),
            engine: Engine::Sqlite,
            times: DatabaseTimes::default(),
            rules: RuleHint::default(),
            unreadable: UnreadableRows::default(),
            definitions: Definitions::default(),
        };
        store.count(|_| {});
        Ok(store)
    }

    async fn open_mysql(url: &str) -> Result<Self, StoreError> {
        let url = url.replacen("mariadb://", "mysql://", 1);
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(MYSQL_CONNECTIONS)
            .min_connections(2)
            .connect_timeout(Duration::from_secs(5))
            .acquire_timeout(Duration::from_secs(8))
            .sqlx_logging(false)
            .map_sqlx_mysql_opts(|options| {
                options
                    .charset("utf8mb4")
                    .collation("utf8mb4_bin")
                    .statement_cache_capacity(200)
            });
        let pool: DatabaseConnection = Database::connect(options).await?;
        let mut store = Self {
            writer: pool.clone(),
            reader: pool,
            watcher: None,
            engine: Engine::Mysql,
            times: DatabaseTimes::default(),
            rules: RuleHint::default(),
            unreadable: UnreadableRows::default(),
            definitions: Definitions::default(),
        };
        store.count(|_| {});
        Ok(store)
    }

    /// Calls `report` with every statement, values included, once it is done. Existing copies of this store are not
    /// affected.
    pub fn observe_statements(&mut self, report: impl Fn(&str) + Send + Sync + 'static) {
        self.count(move |done| report(&done.statement.to_string()));
    }

    /// Counts each statement once it is done, and calls `also` for it.
    fn count(&mut self, also: impl Fn(&sea_orm::metric::Info<'_>) + Send + Sync + 'static) {
        let also = Arc::new(also);
        for connection in [&mut self.writer, &mut self.reader] {
            let (also, times) = (Arc::clone(&also), self.times.clone());
            connection.set_metric_callback(move |done| {
                times.statement(done.elapsed, done.failed);
                also(done);
            });
        }
    }

    /// Migrates the database to this version.
    ///
    /// # Errors
    /// When a newer version has migrated it, a restore into it was not finished, or a migration fails.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.check_layout().await?;
        Ok(Migrator::up(&self.writer, None).await?)
    }

    /// The database and its version, for display: `SQLite 3.50.2`, `MySQL 10.11.6-MariaDB`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version(&self) -> Result<String, StoreError> {
        use sea_orm::sea_query::{Expr, Func, Query};
        let function = match self.engine {
            Engine::Sqlite => "sqlite_version",
            Engine::Mysql => "version",
        };
        let query = Query::select()
            .expr_as(Expr::expr(Func::cust(function)), "version")
            .to_owned();
        let row = self.reader.query_one(&query).await?;
        let version: String = row.map_or(Ok(String::new()), |row| row.try_get("", "version"))?;
        Ok(format!("{} {version}", self.engine.name()))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }
}
