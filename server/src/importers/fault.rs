//! Why a file cannot be read, and where. Its words are in `texts::importers`.

use crate::yaml::{Mark, What};

/// A fault of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadFault {
    /// The file; empty for the only one, or for all.
    pub path: String,
    /// The place, where there is one.
    pub mark: Option<Mark>,
    /// The fault.
    pub what: ReadFaultKind,
}

/// What is wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ReadFaultKind {
    /// It is longer than is read.
    TooLong,
    /// It is not a text of this charset, or in none of those that are tried.
    NotText {
        /// The charset.
        charset: &'static str,
    },
    /// It is a database of SQLite, not a dump of one.
    Sqlite,
    /// It is such a database, and cannot be read, in the words of SQLite.
    Database(String),
    /// It has a NUL character.
    Nul,
    /// It ends in the middle of something.
    Incomplete,
    /// It is no SQL here.
    Sql,
    /// It is no JSON, in the words of the parser.
    Json(String),
    /// It is no YAML.
    #[cfg_attr(test, strum(disabled))]
    Yaml(What),
    /// A line is no setting of a unit.
    Unit,
    /// It has no rows of this table.
    NoTable {
        /// The table.
        table: &'static str,
    },
    /// Rows do not have this column.
    NoColumn {
        /// The column.
        column: &'static str,
    },
    /// A row does not have as many values as there are columns.
    Columns {
        /// Columns.
        columns: usize,
        /// Values.
        values: usize,
    },
    /// There is nothing in it of which tasks are made.
    NoItems,
    /// There is more than is imported at once.
    TooMany {
        /// How many.
        items: usize,
    },
}

impl ReadFault {
    /// A fault of the file as a whole.
    #[must_use]
    pub const fn of_file(what: ReadFaultKind) -> Self {
        Self {
            path: String::new(),
            mark: None,
            what,
        }
    }

    /// The same fault, of this file.
    #[must_use]
    pub fn within(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

impl ReadFaultKind {
    /// It at this byte of a text.
    pub(super) fn at(self, text: &str, byte: usize) -> ReadFault {
        ReadFault {
            path: String::new(),
            mark: Some(mark_of(text, byte)),
            what: self,
        }
    }
}

/// The line and the column of a byte of a text.
pub(super) fn mark_of(text: &str, byte: usize) -> Mark {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Mark {
        line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
        column: before[start..].chars().count() + 1,
    }
}
