//! Fills an empty database from a backup. Until that is finished, the database is marked, and no server uses it.

use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, Statement};

use super::super::txn::transaction;
use super::super::{Engine, Store, StoreError};
use super::layout::UNFINISHED;
use super::tables::{names, shapes, table_names};
use super::{Cell, TableShape};

/// Values of one statement; SQLite takes 32,766, MySQL 65,535.
const VALUES_MAX: usize = 30_000;
/// Rows of one statement.
const ROWS_MAX: usize = 200;
/// Bytes of one statement, unless a single row has more: MySQL limits its packets.
const BYTES_MAX: usize = 1024 * 1024;

impl Store {
    /// Whether the database has no tables at all.
    ///
    /// # Errors
    /// When a restore into it was not finished, or the database fails.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let tables = table_names(&self.writer, self.engine).await?;
        if tables.iter().any(|table| table == UNFINISHED) {
            return Err(StoreError::HalfRestored);
        }
        Ok(tables.is_empty())
    }

    /// Marks an empty database as being restored, and creates the tables of a layout, so many migrations. They are empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_load(&self, steps: u32) -> Result<Vec<TableShape>, StoreError> {
        // Before everything else: whatever happens next, no server takes the rest for a database.
        let mark = format!("CREATE TABLE {UNFINISHED} (id INTEGER)");
        self.writer.execute_unprepared(&mark).await?;
        Migrator::up(&self.writer, Some(steps)).await?;
        let tables = shapes(&self.writer, self.engine).await?;
        for table in &tables {
            // Migrations insert rows, such as that of the cluster.
            let delete = Query::delete()
                .from_table(Alias::new(table.name))
                .to_owned();
            self.writer.execute(&delete).await?;
        }
        Ok(tables)
    }

    /// Inserts rows, all or none of them.
    ///
    /// # Errors
    /// When the database refuses them or fails.
    pub async fn load(&self, table: &TableShape, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let mut rest = rows;
            while !rest.is_empty() {
                let (now, later) = rest.split_at(self.fitting(table, rest));
                tx.execute(&self.insertion(table, now)?).await?;
                rest = later;
            }
            Ok(())
        })
    }

    /// How many rows the next statement takes.
    fn fitting(&self, table: &TableShape, rows: &[Vec<Cell>]) -> usize {
        let most = (VALUES_MAX / table.columns.len().max(1)).clamp(1, ROWS_MAX);
        let mut bytes = 0;
        let fits = |row: &&Vec<Cell>| {
            bytes += row.iter().map(Cell::size).sum::<usize>();
            bytes <= BYTES_MAX
        };
        rows.iter().take(most).take_while(fits).count().max(1)
    }

    fn insertion(
        &self,
        table: &TableShape,
        rows: &[Vec<Cell>],
    ) -> Result<sea_orm::sea_query::InsertStatement, StoreError> {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(table.name))
            .columns(table.columns.iter().map(|column| Alias::new(column.name)));
        for row in rows {
            let values = (row.iter().zip(&table.columns))
                .map(|(cell, column)| Expr::value(cell.value(column.kind, self.engine)));
            insert
                .values(values)
                .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
        }
        Ok(insert)
    }

    /// Sets the id that the next row of a table gets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_next_id(&self, table: &TableShape, next: i64) -> Result<(), StoreError> {
        let backend = self.writer.get_database_backend();
        let name = table.name;
        let statements = match self.engine {
            Engine::Sqlite => vec![
                Statement::from_sql_and_values(
                    backend,
                    "DELETE FROM sqlite_sequence WHERE name = ?",
                    [name.into()],
                ),
                Statement::from_sql_and_values(
                    backend,
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                    [name.into(), (next - 1).into()],
                ),
            ],
            Engine::Mysql => vec![Statement::from_string(
                backend,
                format!("ALTER TABLE `{name}` AUTO_INCREMENT = {next}"),
            )],
        };
        for statement in statements {
            self.writer.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// How many rows a table has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row_count(&self, table: &TableShape) -> Result<u64, StoreError> {
        let sql = format!("SELECT CAST(COUNT(*) AS CHAR) FROM `{}`", table.name);
        let counted = names(&self.writer, &sql, []).await?;
        Ok(counted
            .first()
            .and_then(|count| count.parse().ok())
            .unwrap_or(0))
    }

    /// Migrates a restored database to this version, and takes the mark away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_load(&self) -> Result<(), StoreError> {
        Migrator::up(&self.writer, None).await?;
        let unmark = format!("DROP TABLE {UNFINISHED}");
        self.writer.execute_unprepared(&unmark).await?;
        Ok(())
    }
}
