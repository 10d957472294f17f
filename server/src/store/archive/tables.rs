//! Which tables there are, and the kinds of their columns.

use sea_orm::sea_query::Value;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, Statement,
};

use super::super::{Engine, StoreError, entity};
use super::CellKind;

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnShape {
    /// Its name.
    pub name: &'static str,
    /// What it contains.
    pub kind: CellKind,
}

/// A table as it is in a database: a database of an older layout has fewer columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableShape {
    /// Its name.
    pub name: &'static str,
    /// Its columns by name, since their order in the database depends on how it was migrated.
    pub columns: Vec<ColumnShape>,
    /// The places of its primary key in `columns`.
    pub(super) key: Vec<usize>,
}

/// A table as its entity describes it.
struct Known {
    name: &'static str,
    columns: Vec<(&'static str, Option<CellKind>)>,
    key: Vec<&'static str>,
}

impl Known {
    fn column(&self, name: &str) -> Option<ColumnShape> {
        let others = OTHERS.iter().filter(|(table, ..)| *table == self.name);
        let others = others.map(|(_, name, kind)| (*name, Some(*kind)));
        let mut all = self.columns.iter().copied().chain(others);
        let (name, kind) = all.find(|(known, _)| *known == name)?;
        Some(ColumnShape { name, kind: kind? })
    }
}

fn known<E: EntityTrait>() -> Known {
    let columns = E::Column::iter().map(|column| {
        let kind = CellKind::of(column.def().get_column_type());
        (column.as_str(), kind)
    });
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str());
    Known {
        name: E::default().table_name(),
        columns: columns.collect(),
        key: key.collect(),
    }
}

macro_rules! known_tables {
    ($($table:ident),+ $(,)?) => {
        /// Every table, in the order of a backup.
        fn known_tables() -> Vec<Known> {
            vec![$(known::<entity::$table::Entity>()),+]
        }
    };
}

// A table that is missing here would be missing in every backup; a test compares this list with the database.
known_tables![
    cluster,
    user,
    session,
    api_token,
    setup_link,
    channel,
    channel_slot,
    chat_connection,
    chat_event,
    chat_person,
    picture,
    message_template,
    message_rule,
    message_summary,
    message_throttle,
    calendar,
    blackout,
    pool,
    oncall,
    person,
    urge_default,
    secret,
    secret_grant,
    retention,
    retention_turn,
    task,
    schedule,
    imported_line,
    start_url,
    task_change,
    task_streak,
    task_gone,
    node,
    occurrence,
    run,
    run_day,
    output_gone,
    unreported_miss,
    announced,
    message,
    ticket,
    ticket_urge,
    ticket_event,
    link_use,
    idempotency,
    audit,
    audit_chain,
    backup_made,
];

/// Columns that no entity has: those that only conditions name, and those that an older layout had.
const OTHERS: [(&str, &str, CellKind); 1] = [("task", "search", CellKind::Text)];

/// The tables of ours that the database has.
pub(super) async fn shapes<C: ConnectionTrait>(
    db: &C,
    engine: Engine,
) -> Result<Vec<TableShape>, StoreError> {
    let mut shapes = Vec::new();
    for table in known_tables() {
        let mut columns = Vec::new();
        for name in column_names(db, engine, table.name).await? {
            match table.column(&name) {
                Some(column) => columns.push(column),
                // Its content would be missing, or be misread.
                None => {
                    return Err(StoreError::UnknownValue {
                        what: "a column",
                        value: format!("{}.{name}", table.name),
                    });
                }
            }
        }
        // An older layout does not have the table yet.
        if columns.is_empty() {
            continue;
        }
        columns.sort_by_key(|column| column.name);
        let place = |key: &&str| columns.iter().position(|column| column.name == *key);
        let key: Vec<usize> = table.key.iter().filter_map(place).collect();
        shapes.push(TableShape {
            name: table.name,
            columns,
            key,
        });
    }
    Ok(shapes)
}

async fn column_names<C: ConnectionTrait>(
    db: &C,
    engine: Engine,
    table: &str,
) -> Result<Vec<String>, StoreError> {
    let sql = match engine {
        Engine::Sqlite => "SELECT name FROM pragma_table_info(?)",
        Engine::Mysql => {
            "SELECT column_name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = ?"
        }
    };
    names(db, sql, [table.into()]).await
}

/// The names of all tables in the database, whosever they are.
pub(super) async fn table_names<C: ConnectionTrait>(
    db: &C,
    engine: Engine,
) -> Result<Vec<String>, StoreError> {
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        }
        Engine::Mysql => {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
    };
    names(db, sql, []).await
}

/// The first column of each row.
pub(super) async fn names<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<String>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut names = Vec::new();
    for row in db.query_all_raw(statement).await? {
        // As bytes, which is what MySQL 8 says that names in `information_schema` are.
        let name: Vec<u8> = row.try_get_by_index(0)?;
        names.push(String::from_utf8_lossy(&name).into_owned());
    }
    Ok(names)
}
