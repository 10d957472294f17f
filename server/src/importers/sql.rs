//! The rows of a dump: `CREATE TABLE` for the names of columns, and `INSERT` for rows, as mysqldump, phpMyAdmin, Navicat,
//! `sqlite3 .dump` and `pg_dump --inserts` write them.
//!
//! Nothing is executed. Statements about other tables are passed over without being kept, so that a dump with a table of
//! logs takes no memory but that of its text.

mod scan;
mod value;

use std::collections::HashMap;
use std::rc::Rc;

use super::fault::mark_of;
use super::{ITEMS_MAX, ReadFault, ReadFaultKind};
use scan::Scan;

/// The most columns of a table.
const COLUMNS_MAX: usize = 200;
/// The most rows of all tables that are read.
const ROWS_MAX: usize = 10 * ITEMS_MAX;
/// What begins a part of a table's definition that is no column.
const NO_COLUMNS: [&str; 12] = [
    "primary",
    "key",
    "unique",
    "constraint",
    "index",
    "fulltext",
    "spatial",
    "foreign",
    "check",
    "exclude",
    "like",
    "period",
];

/// A row.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    columns: Rc<[String]>,
    values: Vec<Option<String>>,
}

impl Row {
    /// The value of a column; `None` for NULL and for a column that the table does not have.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.values.get(at)?.as_deref()
    }

    /// The value of a column; empty for NULL.
    pub(super) fn text(&self, column: &str) -> &str {
        self.get(column).unwrap_or_default()
    }

    /// The first of these columns that has a value; they are names of different versions.
    pub(super) fn any(&self, columns: &[&str]) -> &str {
        let mut values = columns.iter().filter_map(|column| self.get(column));
        values.next().unwrap_or_default()
    }

    /// A column as a whole number; 0 where it is none.
    pub(super) fn number(&self, column: &str) -> u64 {
        self.text(column).trim().parse().unwrap_or(0)
    }

    /// Whether the table has this column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }
}

/// Rows by the names of their tables, in lower case and without that of the database.
#[derive(Debug, Default)]
pub(super) struct Tables(HashMap<String, Vec<Row>>);

impl Tables {
    /// The rows of a table.
    pub(super) fn rows(&self, table: &str) -> &[Row] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }

    /// The rows of the first of these tables that has any.
    ///
    /// # Errors
    /// When none has.
    pub(super) fn some(
        &self,
        tables: &[&'static str],
        columns: &[&'static str],
    ) -> Result<&[Row], ReadFault> {
        let mut all = tables.iter().map(|table| self.rows(table));
        let rows = all.find(|rows| !rows.is_empty()).ok_or_else(|| {
            let table = tables.first().copied().unwrap_or_default();
            ReadFault::of_file(ReadFaultKind::NoTable { table })
        })?;
        for column in columns.iter().copied() {
            if let Some(row) = rows.iter().find(|row| !row.has(column)) {
                let mut fault = ReadFault::of_file(ReadFaultKind::NoColumn { column });
                fault.mark = Some(crate::yaml::Mark {
                    line: row.line,
                    column: 1,
                });
                return Err(fault);
            }
        }
        Ok(rows)
    }

    /// The names of tables with rows.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Reads the rows of the tables that are `wanted`.
///
/// # Errors
/// When the text ends too early, or a statement about such a table cannot be read.
pub(super) fn read(text: &str, wanted: impl Fn(&str) -> bool) -> Result<Tables, ReadFault> {
    let mut reader = Reader {
        scan: Scan::new(text),
        wanted,
        columns: HashMap::new(),
        tables: Tables::default(),
        rows: 0,
        place: (0, 1),
    };
    while reader.scan.begin()? {
        reader.statement()?;
    }
    reader.scan.is_complete()?;
    Ok(reader.tables)
}

struct Reader<'a, W> {
    scan: Scan<'a>,
    wanted: W,
    /// The columns of tables whose definitions came.
    columns: HashMap<String, Rc<[String]>>,
    tables: Tables,
    rows: usize,
    /// A byte, and the number of its line: lines are counted once.
    place: (usize, usize),
}

impl<W: Fn(&str) -> bool> Reader<'_, W> {
    fn statement(&mut self) -> Result<(), ReadFault> {
        let word = self.scan.word();
        match word.as_str() {
            "create" => {
                self.scan.skip_words(&["temporary"])?;
                if !self.scan.skip_words(&["table"])? {
                    return self.scan.end();
                }
                self.scan.skip_words(&["if", "not", "exists"])?;
                let table = self.scan.name()?;
                if (self.wanted)(&table) && self.scan.opens()? {
                    let columns = self.definitions()?;
                    self.columns.insert(table, columns);
                }
            }
            "insert" | "replace" => {
                self.scan.skip_words(&[
                    "low_priority",
                    "delayed",
                    "high_priority",
                    "ignore",
                    "or",
                ])?;
                self.scan.skip_words(&["into"])?;
                let table = self.scan.name()?;
                if (self.wanted)(&table) {
                    self.insert(&table)?;
                }
            }
            // Rows as lines, which `pg_dump` writes without `--inserts`.
            "copy" => return Err(self.scan.fault(ReadFaultKind::Sql)),
            _ => {}
        }
        self.scan.end()
    }

    /// The names of columns of a definition, up to its end.
    fn definitions(&mut self) -> Result<Rc<[String]>, ReadFault> {
        let mut columns = Vec::new();
        loop {
            let is_quoted = self.scan.at_quote()?;
            let name = self.scan.name()?;
            if is_quoted || !NO_COLUMNS.contains(&name.as_str()) {
                columns.push(name);
            }
            if columns.len() > COLUMNS_MAX {
                return Err(self.scan.fault(ReadFaultKind::Sql));
            }
            if self.scan.past_definition()? {
                return Ok(columns.into());
            }
        }
    }

    fn insert(&mut self, table: &str) -> Result<(), ReadFault> {
        let columns = match self.scan.opens()? {
            true => self.listed()?,
            false => match self.columns.get(table) {
                Some(columns) => Rc::clone(columns),
                None => Rc::from([]),
            },
        };
        if !self.scan.skip_words(&["values"])? {
            return Err(self.scan.fault(ReadFaultKind::Sql));
        }
        loop {
            if !self.scan.opens()? {
                return Err(self.scan.fault(ReadFaultKind::Sql));
            }
            let start = self.scan.at();
            let values = self.scan.values(COLUMNS_MAX)?;
            if values.len() != columns.len() {
                let (columns, values) = (columns.len(), values.len());
                let what = ReadFaultKind::Columns { columns, values };
                return Err(what.at(self.scan.text(), start));
            }
            self.rows += 1;
            if self.rows > ROWS_MAX {
                return Err(self.scan.fault(ReadFaultKind::TooMany { items: self.rows }));
            }
            let row = Row {
                line: self.line(start),
                columns: Rc::clone(&columns),
                values,
            };
            self.tables.0.entry(table.to_owned()).or_default().push(row);
            if !self.scan.comma()? {
                return Ok(());
            }
        }
    }

    /// The columns that an `INSERT` names.
    fn listed(&mut self) -> Result<Rc<[String]>, ReadFault> {
        let mut columns = Vec::new();
        loop {
            columns.push(self.scan.name()?);
            if columns.len() > COLUMNS_MAX {
                return Err(self.scan.fault(ReadFaultKind::Sql));
            }
            if self.scan.comma()? {
                continue;
            }
            return match self.scan.closes()? {
                true => Ok(columns.into()),
                false => Err(self.scan.fault(ReadFaultKind::Sql)),
            };
        }
    }

    /// The line of a byte behind that of the last call.
    fn line(&mut self, at: usize) -> usize {
        let (from, line) = self.place;
        let between = self
            .scan
            .text()
            .as_bytes()
            .get(from..at)
            .unwrap_or_default();
        let line = line + memchr::memchr_iter(b'\n', between).count();
        self.place = (at, line);
        line
    }
}

/// The place of a fault.
fn placed(what: ReadFaultKind, text: &str, at: usize) -> ReadFault {
    ReadFault {
        path: String::new(),
        mark: Some(mark_of(text, at)),
        what,
    }
}
