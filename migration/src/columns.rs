//! Column types that mean the same on SQLite and on MySQL.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Makes columns and tables for one database.
pub(crate) struct Columns {
    mysql: bool,
}

impl Columns {
    pub(crate) fn of(manager: &SchemaManager<'_>) -> Self {
        Self {
            mysql: manager.get_database_backend() == DatabaseBackend::MySql,
        }
    }

    /// Whether it is MySQL or MariaDB, not SQLite.
    pub(crate) fn is_mysql(&self) -> bool {
        self.mysql
    }

    /// A table with the options every table of ours has.
    ///
    /// `utf8mb4_bin`: names compare exactly, as they do on SQLite, on every server version.
    pub(crate) fn table(&self, name: &'static str) -> TableCreateStatement {
        let mut table = Table::create();
        table.table(name);
        if self.mysql {
            table
                .engine("InnoDB")
                .character_set("utf8mb4")
                .collate("utf8mb4_bin");
        }
        table
    }

    /// An instant in UTC, set by the application. MySQL's `TIMESTAMP` ends in 2038 and its plain
    /// `DATETIME` drops fractions; SQLite keeps RFC 3339 text, which sorts as time does.
    pub(crate) fn instant(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.custom(if self.mysql { "DATETIME(6)" } else { "TEXT" });
        column
    }

    /// Bytes, up to 16 MiB of them.
    pub(crate) fn blob(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.custom(if self.mysql { "MEDIUMBLOB" } else { "BLOB" });
        column
    }

    /// Text of up to 16 MiB.
    pub(crate) fn long_text(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.custom(if self.mysql { "MEDIUMTEXT" } else { "TEXT" });
        column
    }
}

/// The usual id.
pub(crate) fn id() -> ColumnDef {
    let mut column = ColumnDef::new("id");
    column
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key();
    column
}

pub(crate) fn text(name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.string_len(length);
    column
}

pub(crate) fn big(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer();
    column
}

pub(crate) fn int(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.integer();
    column
}

pub(crate) fn flag(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.boolean().not_null();
    column
}

/// An index, named after its table and columns.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let kind = if unique { "uq" } else { "ix" };
    let mut index = Index::create();
    index
        .name(format!("{kind}_{table}_{}", columns.join("_")))
        .table(table);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    manager.create_index(index).await
}

/// Adds the columns that a table does not have yet.
pub(crate) async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: Vec<ColumnDef>,
) -> Result<(), DbErr> {
    // One statement each: SQLite adds one column at a time. MySQL commits each of them, so a
    // migration that was interrupted meets its own columns when it is run again.
    for column in columns {
        if manager
            .has_column(table, column.get_column_name().to_string())
            .await?
        {
            continue;
        }
        manager
            .alter_table(Table::alter().table(table).add_column(column).to_owned())
            .await?;
    }
    Ok(())
}

/// Creates a table that is not there yet.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    table: &'static str,
    mut columns: TableCreateStatement,
) -> Result<(), DbErr> {
    if manager.has_table(table).await? {
        return Ok(());
    }
    manager.create_table(columns.take()).await
}

/// Adds an index that is not there yet.
pub(crate) async fn index_once(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let kind = if unique { "uq" } else { "ix" };
    let name = format!("{kind}_{table}_{}", columns.join("_"));
    if manager.has_index(table, name).await? {
        return Ok(());
    }
    index(manager, table, columns, unique).await
}
