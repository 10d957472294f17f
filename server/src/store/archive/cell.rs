//! The value of a column in a row, on any engine.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Value;
use sea_orm::{ColumnType, DbErr, QueryResult};
use serde::{Deserialize, Serialize};

use super::super::Engine;

/// What a column contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// A whole number of up to 64 bits.
    Integer,
    /// True or false.
    Boolean,
    /// Unicode text.
    Text,
    /// An instant in UTC.
    Instant,
    /// Bytes.
    Bytes,
}

/// The value of a column in a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// No value.
    Null,
    /// Of [`CellKind::Integer`].
    Integer(i64),
    /// Of [`CellKind::Boolean`].
    Boolean(bool),
    /// Of [`CellKind::Text`].
    Text(String),
    /// Of [`CellKind::Instant`].
    Instant(DateTime<Utc>),
    /// Of [`CellKind::Bytes`].
    Bytes(Vec<u8>),
}

impl CellKind {
    /// The kind of an entity's column; `None` for a type that no table of ours has.
    pub(super) const fn of(column: &ColumnType) -> Option<Self> {
        Some(match column {
            ColumnType::TinyInteger
            | ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger => Self::Integer,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text => Self::Text,
            ColumnType::DateTime | ColumnType::Timestamp | ColumnType::TimestampWithTimeZone => {
                Self::Instant
            }
            ColumnType::Blob | ColumnType::Binary(_) | ColumnType::VarBinary(_) => Self::Bytes,
            _ => return None,
        })
    }

    /// Reads a column of a row.
    pub(super) fn read(self, row: &QueryResult, index: usize) -> Result<Cell, DbErr> {
        let cell = match self {
            Self::Integer => (row.try_get_by_index::<Option<i64>>(index)?).map(Cell::Integer),
            Self::Boolean => (row.try_get_by_index::<Option<bool>>(index)?).map(Cell::Boolean),
            Self::Text => (row.try_get_by_index::<Option<String>>(index)?).map(Cell::Text),
            Self::Instant => {
                (row.try_get_by_index::<Option<DateTime<Utc>>>(index)?).map(Cell::Instant)
            }
            Self::Bytes => (row.try_get_by_index::<Option<Vec<u8>>>(index)?).map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    }

    /// No value of this kind, for a statement.
    fn null(self, engine: Engine) -> Value {
        match (self, engine) {
            (Self::Integer, _) => None::<i64>.into(),
            (Self::Boolean, _) => None::<bool>.into(),
            (Self::Text, _) => None::<String>.into(),
            (Self::Instant, Engine::Sqlite) => None::<DateTime<Utc>>.into(),
            (Self::Instant, Engine::Mysql) => None::<chrono::NaiveDateTime>.into(),
            (Self::Bytes, _) => None::<Vec<u8>>.into(),
        }
    }
}

impl Cell {
    /// This value in a column of a kind, for a statement.
    pub(super) fn value(&self, kind: CellKind, engine: Engine) -> Value {
        match self {
            Self::Null => kind.null(engine),
            Self::Integer(number) => (*number).into(),
            Self::Boolean(is_true) => (*is_true).into(),
            Self::Text(text) => text.clone().into(),
            Self::Instant(at) => match engine {
                Engine::Sqlite => (*at).into(),
                // A `DateTime<Utc>` would be sent as a TIMESTAMP, which MariaDB reads as NULL after 2038.
                Engine::Mysql => at.naive_utc().into(),
            },
            Self::Bytes(bytes) => bytes.clone().into(),
        }
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text) => text.len(),
                Self::Bytes(bytes) => bytes.len(),
                _ => 0,
            }
    }
}
