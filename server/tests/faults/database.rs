//! The database of one row, accessed directly: what the judge reads.

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connector, DatabaseConnection, DbErr, QueryResult,
    Statement,
};
use server::auth::token::random_id;

use crate::history::{Firing, Run};
use crate::maria::Maria;

/// Where the rows of one installation are.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// As `DATABASE_URL` takes it: empty for SQLite.
    pub(crate) url: String,
    /// As `sea_orm` takes it.
    direct: String,
    /// Of MariaDB: server and name, for dropping it.
    place: Option<(String, String)>,
}

impl Database {
    /// The embedded one of a data folder.
    pub(crate) fn sqlite(data: &Path) -> Self {
        Self {
            url: String::new(),
            direct: format!("sqlite://{}", data.join("jcrontab.db").display()),
            place: None,
        }
    }

    /// A new one on a server.
    pub(crate) async fn mariadb(maria: &Maria) -> Self {
        let name = format!("faults_{}", random_id(8));
        let connection = open(&format!("{}/mysql", maria.url))
            .await
            .expect("the database server");
        let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        connection
            .execute_unprepared(&sql)
            .await
            .expect("a database");
        let url = format!("{}/{name}", maria.url);
        Self {
            // Proxies read the traffic to find COMMIT.
            url: format!("{url}?ssl-mode=DISABLED"),
            direct: url,
            place: Some((maria.url.clone(), name)),
        }
    }

    /// `host:port` of its server.
    pub(crate) fn address(&self) -> Option<&str> {
        let (server, _) = self.place.as_ref()?;
        server.rsplit_once('@').map(|(_, address)| address)
    }

    /// The same database, reached by another address.
    pub(crate) fn url_through(&self, address: &str) -> String {
        self.url
            .replacen(self.address().expect("a database on a server"), address, 1)
    }

    /// A connection of one's own, for faults that need one.
    pub(crate) async fn connect(&self) -> Result<DatabaseConnection, DbErr> {
        open(&self.direct).await
    }

    /// Runs a statement.
    pub(crate) async fn execute(&self, sql: &str) -> Result<u64, DbErr> {
        let connection = self.connect().await?;
        let done = connection.execute_unprepared(sql).await?.rows_affected();
        connection.close().await?;
        Ok(done)
    }

    async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
        let connection = self.connect().await?;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await?;
        connection.close().await?;
        Ok(rows)
    }

    /// The first column of every row, as a number; NULL is 0.
    pub(crate) async fn numbers(&self, sql: &str) -> Result<Vec<i64>, DbErr> {
        let rows = self.rows(sql).await?;
        rows.iter()
            .map(|row| Ok(row.try_get_by_index::<Option<i64>>(0)?.unwrap_or(0)))
            .collect()
    }

    /// The first column of every row, as text; NULL is empty.
    pub(crate) async fn texts(&self, sql: &str) -> Result<Vec<String>, DbErr> {
        let rows = self.rows(sql).await?;
        rows.iter()
            .map(|row| {
                Ok(row
                    .try_get_by_index::<Option<String>>(0)?
                    .unwrap_or_default())
            })
            .collect()
    }

    /// All occurrences.
    pub(crate) async fn firings(&self) -> Result<Vec<Firing>, DbErr> {
        let sql = "SELECT id, task_id, schedule_id, scheduled_for, state, reason, firings, since FROM occurrence ORDER BY id";
        let rows = self.rows(sql).await?;
        let read = |row: &QueryResult| {
            Ok(Firing {
                id: row.try_get_by_index(0)?,
                task: row.try_get_by_index(1)?,
                schedule: row.try_get_by_index(2)?,
                scheduled_for: row.try_get_by_index(3)?,
                state: row.try_get_by_index(4)?,
                reason: row.try_get_by_index(5)?,
                count: row.try_get_by_index(6)?,
                since: row.try_get_by_index(7)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// All runs.
    pub(crate) async fn runs(&self) -> Result<Vec<Run>, DbErr> {
        let sql = "SELECT id, occurrence_id, attempt, state, reason, node_id, scheduled_for, started_at, finished_at FROM run ORDER BY id";
        let rows = self.rows(sql).await?;
        let read = |row: &QueryResult| {
            Ok(Run {
                id: row.try_get_by_index(0)?,
                occurrence: row.try_get_by_index(1)?,
                attempt: row.try_get_by_index::<i32>(2)?.into(),
                state: row.try_get_by_index(3)?,
                reason: row.try_get_by_index(4)?,
                node: row.try_get_by_index(5)?,
                scheduled_for: row.try_get_by_index(6)?,
                started_at: row.try_get_by_index(7)?,
                finished_at: row.try_get_by_index(8)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Drops it, with all remaining connections.
    pub(crate) async fn drop_it(&self) {
        let Some((server, name)) = &self.place else {
            return;
        };
        let Ok(connection) = open(&format!("{server}/mysql")).await else {
            return;
        };
        let users = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
        let statement = Statement::from_string(connection.get_database_backend(), users);
        for row in connection
            .query_all_raw(statement)
            .await
            .unwrap_or_default()
        {
            if let Ok(id) = row.try_get_by_index::<i64>(0) {
                // It may have ended by itself.
                connection
                    .execute_unprepared(&format!("KILL {id}"))
                    .await
                    .ok();
            }
        }
        // The server may have been stopped by a fault of this row.
        connection
            .execute_unprepared(&format!("DROP DATABASE {name}"))
            .await
            .ok();
    }
}

async fn open(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(8))
        .connect_timeout(Duration::from_secs(8))
        .sqlx_logging(false);
    Connector::connect(options).await
}
