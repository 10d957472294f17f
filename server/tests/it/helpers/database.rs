//! A database of a test's own.

mod cost;

use std::path::Path;

use sea_orm::{ConnectionTrait, Database as Connector, DatabaseConnection, Statement};
use server::auth::token::random_id;

/// The server that tests make their databases on; `None` means SQLite.
pub(crate) fn mysql_server() -> Option<String> {
    let server = std::env::var("JCRONTAB_TEST_DATABASE")
        .ok()
        .filter(|server| !server.is_empty())?;
    Some(server.trim_end_matches('/').to_owned())
}

/// A database that no other test uses; dropped with this value.
pub(crate) struct Database {
    /// As `DATABASE_URL` takes it: empty for SQLite.
    pub(crate) url: String,
    /// As `sea_orm` takes it.
    direct: String,
    /// Of MySQL: server and name.
    dropped: Option<(String, String)>,
    connection: tokio::sync::OnceCell<DatabaseConnection>,
}

impl Database {
    pub(crate) async fn fresh(data_dir: &Path) -> Self {
        let Some(server) = mysql_server() else {
            return Self::embedded(data_dir);
        };
        let name = format!("jcrontab_{}", random_id(8));
        on_server(
            &server,
            &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        )
        .await;
        let url = format!("{server}/{name}");
        Self {
            url: url.clone(),
            direct: url,
            dropped: Some((server, name)),
            connection: tokio::sync::OnceCell::new(),
        }
    }

    /// The embedded one, whatever the suite runs on.
    pub(crate) fn embedded(data_dir: &Path) -> Self {
        Self {
            url: String::new(),
            direct: format!("sqlite://{}", data_dir.join("jcrontab.db").display()),
            dropped: None,
            connection: tokio::sync::OnceCell::new(),
        }
    }

    async fn connection(&self) -> &DatabaseConnection {
        let connect = || async {
            let mut options = sea_orm::ConnectOptions::new(self.direct.clone());
            options.max_connections(1).sqlx_logging(false);
            Connector::connect(options)
                .await
                .expect("the test's database")
        };
        self.connection.get_or_init(connect).await
    }

    /// The first column of every row, as an integer.
    pub(crate) async fn integers(&self, sql: &str) -> Vec<i64> {
        let connection = self.connection().await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.expect(sql);
        rows.iter()
            .map(|row| row.try_get_by_index(0).expect(sql))
            .collect()
    }

    /// Runs a statement that gives nothing.
    pub(crate) async fn execute(&self, sql: &str) {
        let done = self.connection().await.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Empties it and builds the schema again as it was before a migration, whose name begins like this.
    pub(crate) async fn go_back_before(&self, migration: &str) {
        use migration::{Migrator, MigratorTrait};
        let earlier =
            format!("SELECT COUNT(*) FROM seaql_migrations WHERE version < '{migration}'");
        let earlier = self.count(&earlier).await;
        for table in self.tables().await {
            self.execute(&format!("DROP TABLE {table}")).await;
        }
        let connection = self.connection().await;
        let steps = u32::try_from(earlier).expect("a number of migrations");
        Migrator::up(connection, Some(steps))
            .await
            .expect("the earlier schema");
    }

    /// The names of its tables.
    pub(crate) async fn tables(&self) -> Vec<String> {
        let all = if mysql_server().is_some() {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        self.rows(all).await
    }

    /// The columns of a table that are not bytes.
    pub(crate) async fn columns(&self, table: &str) -> Vec<String> {
        let all = if mysql_server().is_some() {
            format!(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() \
                 AND table_name = '{table}' AND data_type NOT LIKE '%blob' ORDER BY ordinal_position"
            )
        } else {
            format!("SELECT name FROM pragma_table_info('{table}') WHERE type NOT LIKE '%BLOB'")
        };
        self.rows(&all).await
    }

    /// What the database would do for a statement, a line a step: SQLite's own words, or
    /// `TABLE TYPE KEY; EXTRA` of MySQL.
    pub(crate) async fn plan(&self, sql: &str) -> Vec<String> {
        let connection = self.connection().await;
        let backend = connection.get_database_backend();
        let mysql = backend == sea_orm::DbBackend::MySql;
        let explain = if mysql {
            "EXPLAIN"
        } else {
            "EXPLAIN QUERY PLAN"
        };
        // A prepared EXPLAIN is cached by its text, and would return the previous plan: each text is different.
        let fresh = random_id(8);
        let statement = Statement::from_string(backend, format!("{explain} {sql} /* {fresh} */"));
        let rows = connection.query_all_raw(statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        let line = |row: &sea_orm::QueryResult| {
            let text = |column: &str| -> String {
                let text: Option<String> = row.try_get("", column).expect(column);
                text.unwrap_or_else(|| "-".to_owned())
            };
            if mysql {
                let [table, kind, key, extra] = ["table", "type", "key", "Extra"].map(text);
                format!("{table} {kind} {key}; {extra}")
            } else {
                text("detail")
            }
        };
        rows.iter().map(line).collect()
    }

    /// The only number that a query gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.integers(sql).await[0]
    }

    /// Every row as text, its columns (all of them text) joined by `|`; NULL is `-`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let connection = self.connection().await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.expect(sql);
        rows.iter()
            .map(|row| {
                let cell = |index: usize| -> String {
                    let text: Option<String> = row.try_get_by_index(index).expect(sql);
                    text.unwrap_or_else(|| "-".to_owned())
                };
                (0..row.column_names().len())
                    .map(cell)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect()
    }
}

/// Connections of the test may be in the middle of a transaction that will never end: they are killed first, or the
/// database would wait for them.
async fn drop_database(server: &str, name: &str) {
    let users = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
    let connection = on_server(server, "DO 1").await;
    let statement = Statement::from_string(connection.get_database_backend(), users);
    let rows = connection
        .query_all_raw(statement)
        .await
        .expect("connections");
    for row in rows {
        let id: i64 = row.try_get_by_index(0).expect("an id");
        // It may have ended by itself meanwhile.
        connection
            .execute_unprepared(&format!("KILL {id}"))
            .await
            .ok();
    }
    let sql = format!("DROP DATABASE {name}");
    connection.execute_unprepared(&sql).await.expect(&sql);
}

async fn on_server(server: &str, sql: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(format!("{server}/mysql"));
    options.max_connections(1).sqlx_logging(false);
    let connection = Connector::connect(options)
        .await
        .expect("the test database server");
    connection.execute_unprepared(sql).await.expect(sql);
    connection
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else {
            return;
        };
        // The test's own runtime is busy with this very drop.
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(drop_database(&server, &name));
        });
        if dropping.join().is_err() {
            eprintln!("a test database was left behind");
        }
    }
}
