//! What a statement costs, in the database's own count.

use rusqlite::StatementStatus;

use super::Database;

/// Rows and index entries that MySQL has read for this connection, those included that an index
/// condition has thrown out before they counted as read.
const READ: &str = "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' \
                    OR Variable_name = 'Handler_icp_attempts'";

impl Database {
    /// What the database reads for a query: steps of SQLite's virtual machine, or what MySQL reads. Only comparable
    /// with another cost on the same database.
    pub(crate) async fn cost(&self, sql: &str) -> u64 {
        match self.direct.strip_prefix("sqlite://") {
            Some(path) => steps(path, sql).unwrap_or_else(|error| panic!("{error}: {sql}")),
            None => {
                let before = self.read().await;
                self.execute(sql).await;
                self.read().await - before
            }
        }
    }

    async fn read(&self) -> u64 {
        let counts = self.rows(READ).await;
        assert!(!counts.is_empty(), "the server does not count");
        let count = |row: &String| -> Option<u64> { row.split_once('|')?.1.parse().ok() };
        counts
            .iter()
            .map(|row| count(row).unwrap_or_else(|| panic!("no count: {row}")))
            .sum()
    }
}

fn steps(path: &str, sql: &str) -> rusqlite::Result<u64> {
    let connection = rusqlite::Connection::open(path)?;
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    let steps = statement.get_status(StatementStatus::VmStep);
    Ok(u64::try_from(steps).expect("a count"))
}
