//! Reads all tables as they are at one instant, while servers go on writing.

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, EntityTrait, IsolationLevel, QueryFilter, QueryOrder,
    QuerySelect, Statement, TransactionOptions, TransactionTrait,
};

use super::super::entity::run;
use super::super::{Engine, Store, StoreError, Tx};
use super::layout::usable_layout;
use super::tables::shapes;
use super::{Cell, TableShape};

/// Names of outputs that are read at once.
const OUTPUTS: u64 = 500;

/// All tables at one instant: a transaction that only reads. On SQLite the write-ahead log grows until it ends.
#[derive(Debug)]
pub struct Snapshot {
    tx: Tx,
    engine: Engine,
    layout: Vec<String>,
    tables: Vec<TableShape>,
}

impl Store {
    /// Begins a snapshot.
    ///
    /// # Errors
    /// When this version does not know the layout of the database, or it fails.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let options = match self.engine {
            Engine::Sqlite => TransactionOptions::default(),
            Engine::Mysql => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let tx = self.reader.begin_with_options(options).await?;
        // Its first read of a table fixes what all later ones see.
        let layout = usable_layout(&tx, self.engine).await?;
        let tables = shapes(&tx, self.engine).await?;
        Ok(Snapshot {
            tx,
            engine: self.engine,
            layout,
            tables,
        })
    }
}

impl Snapshot {
    /// The migrations that the database has, in their order; none when it has no tables of ours.
    #[must_use]
    pub fn layout(&self) -> &[String] {
        &self.layout
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[TableShape] {
        &self.tables
    }

    /// Rows of a table by primary key, at most `limit` of them; the first ones, or those after a row.
    ///
    /// # Errors
    /// When the database fails, or a value is not of its column's kind.
    pub async fn rows(
        &self,
        table: &TableShape,
        after: Option<&[Cell]>,
        limit: u64,
    ) -> Result<Vec<Vec<Cell>>, StoreError> {
        let names = table.columns.iter().map(|column| Alias::new(column.name));
        let mut query = Query::select();
        query
            .columns(names)
            .from(Alias::new(table.name))
            .limit(limit);
        for &place in &table.key {
            query.order_by(Alias::new(table.columns[place].name), Order::Asc);
        }
        if let Some(row) = after {
            query.cond_where(self.after(table, row));
        }
        let mut rows = Vec::new();
        for row in self.tx.query_all(&query).await? {
            let cells = (table.columns.iter().enumerate())
                .map(|(index, column)| column.kind.read(&row, index));
            rows.push(cells.collect::<Result<Vec<Cell>, _>>()?);
        }
        Ok(rows)
    }

    /// The rows behind one, by primary key. Without OR, so that the first column bounds the part of the index that is
    /// read: for a key of two columns `a >= x AND NOT (a = x AND b <= y)`.
    fn after(&self, table: &TableShape, row: &[Cell]) -> Condition {
        let part = |place: usize| {
            let column = &table.columns[place];
            let value = row[place].value(column.kind, self.engine);
            (Expr::col(Alias::new(column.name)), value)
        };
        let mut all = Condition::all();
        let last = table.key.len().saturating_sub(1);
        for (index, &place) in table.key.iter().enumerate() {
            let (column, value) = part(place);
            if index == 0 {
                all = all.add(match last {
                    0 => column.gt(value),
                    _ => column.gte(value),
                });
                continue;
            }
            let mut passed = Condition::all();
            for &before in &table.key[..index] {
                let (column, value) = part(before);
                passed = passed.add(column.eq(value));
            }
            passed = passed.add(match index == last {
                true => column.lte(value),
                false => column.lt(value),
            });
            all = all.add(passed.not());
        }
        all
    }

    /// The id that the next row of a table gets, if its ids are counted and one was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_id(&self, table: &TableShape) -> Result<Option<i64>, StoreError> {
        let backend = self.tx.get_database_backend();
        match self.engine {
            Engine::Sqlite => {
                let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?";
                let values = [table.name.into()];
                let query = Statement::from_sql_and_values(backend, sql, values);
                let row = self.tx.query_one_raw(query).await?;
                let last: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
                Ok(last.map(|last| last + 1))
            }
            Engine::Mysql => {
                // `information_schema` may be a day old on MySQL 8.
                let sql = format!("SHOW CREATE TABLE `{}`", table.name);
                let row = (self.tx.query_one_raw(Statement::from_string(backend, sql))).await?;
                let made: Option<Vec<u8>> = row.map(|row| row.try_get_by_index(1)).transpose()?;
                Ok(made.and_then(|made| auto_increment(&String::from_utf8_lossy(&made))))
            }
        }
    }

    /// Ids of runs behind one, with the names of their outputs: the next few.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outputs(&self, after: i64) -> Result<Vec<(i64, String)>, StoreError> {
        let found = run::Entity::find()
            .select_only()
            .columns([run::Column::Id, run::Column::OutputObject])
            .filter(run::Column::Id.gt(after))
            .filter(run::Column::OutputObject.is_not_null())
            .order_by_asc(run::Column::Id)
            .limit(OUTPUTS);
        Ok(found.into_tuple().all(&self.tx).await?)
    }
}

/// The counter in the statement that MySQL would create a table with.
fn auto_increment(made: &str) -> Option<i64> {
    let options = made.rsplit_once(')')?.1;
    let (_, rest) = options.split_once("AUTO_INCREMENT=")?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::auto_increment;

    #[test]
    fn the_counter_is_read_behind_the_columns() {
        let made = |options: &str| {
            format!(
                "CREATE TABLE `t` (\n  `a` int COMMENT 'AUTO_INCREMENT=3'\n) ENGINE=InnoDB {options}"
            )
        };
        for (options, next) in [
            ("AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4", Some(17)),
            ("DEFAULT CHARSET=utf8mb4", None),
        ] {
            assert_eq!(auto_increment(&made(options)), next);
        }
    }
}
