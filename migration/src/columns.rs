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
