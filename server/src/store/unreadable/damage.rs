//! What is wrong with a row, as data.

use super::super::StoreError;
use super::RowKind;

/// Characters of a value that are kept.
const VALUE_CHARS: usize = 80;

/// What is wrong with a row that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Damage {
    /// Which column holds it, as `table.column` or in words; `None` where the database does not name it.
    pub column: Option<String>,
    /// The beginning of its value, where that is text.
    pub value: Option<String>,
}

impl Damage {
    /// What an error of reading a row of this kind says about it.
    #[must_use]
    pub fn of(kind: RowKind, error: &StoreError) -> Self {
        match error {
            StoreError::Row { source, .. } => Self::of(kind, source),
            StoreError::UnknownValue { what, value } => Self {
                column: Some((*what).to_owned()),
                value: Some(value.chars().take(VALUE_CHARS).collect()),
            },
            StoreError::Database(error) => Self {
                column: column_in(&error.to_string())
                    .map(|column| format!("{}.{column}", kind.table())),
                value: None,
            },
            _ => Self::default(),
        }
    }
}

/// The column that a driver's error names, in quotes.
fn column_in(text: &str) -> Option<&str> {
    let quoted = text.split('"').nth(1)?;
    let is_name = |one: char| one.is_ascii_lowercase() || one == '_';
    (!quoted.is_empty() && quoted.chars().all(is_name)).then_some(quoted)
}

#[cfg(test)]
mod tests {
    use sea_orm::DbErr;

    use super::*;

    #[test]
    fn damage_names_the_column() {
        let unknown = StoreError::UnknownValue {
            what: "task.execution",
            value: "{".repeat(200),
        };
        let row = StoreError::Row {
            kind: RowKind::Task,
            key: "7".to_owned(),
            source: Box::new(unknown),
        };
        let damage = Damage::of(RowKind::Task, &row);
        assert_eq!(damage.column.as_deref(), Some("task.execution"));
        assert_eq!(damage.value.map(|value| value.len()), Some(VALUE_CHARS));
        for (text, column) in [
            (
                "A null value was encountered while decoding \"owners\"",
                Some("task.owners"),
            ),
            ("error occurred while decoding column 3: no text", None),
            ("unexpected \"End of File\"", None),
        ] {
            let error = StoreError::Database(DbErr::Type(text.to_owned()));
            let damage = Damage::of(RowKind::Task, &error);
            assert_eq!(damage.column.as_deref(), column, "{text}");
            assert_eq!(damage.value, None, "{text}");
        }
    }
}
