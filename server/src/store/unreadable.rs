//! Rows that cannot be read: damaged, or written by a newer version. Whoever reads many rows skips them, so that one
//! of them does not keep the others from being used. They are logged and listed here.

mod check;
mod damage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::id::TaskId;

use super::{Store, StoreError};
pub use damage::Damage;

/// Rows that are listed; more are only logged.
const LISTED_MAX: usize = 1_000;

/// What a row defines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RowKind {
    /// A task, with its schedules.
    Task,
    /// A blackout.
    Blackout,
    /// A rule about messages.
    Rule,
    /// A channel.
    Channel,
    /// A rota.
    Rota,
    /// A default policy of urging.
    UrgeDefault,
}

impl RowKind {
    /// The table of such rows.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Blackout => "blackout",
            Self::Rule => "message_rule",
            Self::Channel => "channel",
            Self::Rota => "oncall",
            Self::UrgeDefault => "urge_default",
        }
    }
}

/// A row that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadableRow {
    /// What it defines.
    pub kind: RowKind,
    /// Its id, or its name where that is its key.
    pub key: String,
    /// What is wrong with it.
    pub damage: Damage,
    /// Whether this is a task that the scheduler of this process still runs as it had read it before.
    pub runs: bool,
}

/// What one process knows of rows that cannot be read.
#[derive(Debug, Default)]
struct Known {
    rows: BTreeMap<(RowKind, String), Damage>,
    /// The tasks that the scheduler of this process does not run for that reason; `None` where there is no scheduler.
    idle: Option<BTreeSet<TaskId>>,
    /// Those of the rows that are closed tasks, which no scheduler runs.
    closed: BTreeSet<TaskId>,
}

impl Known {
    fn runs(&self, kind: RowKind, key: &str) -> bool {
        let Some(id) = key.parse().ok().map(TaskId) else {
            return false;
        };
        let idle = self.idle.as_ref();
        kind == RowKind::Task
            && !self.closed.contains(&id)
            && idle.is_some_and(|idle| !idle.contains(&id))
    }
}

/// The rows that could not be read when they were last read. Cheap to clone; all copies know the same.
#[derive(Clone, Debug, Default)]
pub(super) struct UnreadableRows(Arc<Mutex<Known>>);

impl UnreadableRows {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read, or `None` for a row that cannot be: that is logged once for each reason, however often the row is
    /// read.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn skip<T>(
        &self,
        kind: RowKind,
        key: &str,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let read = self.skip_part(kind, key, read)?;
        if read.is_some() {
            self.forget(kind, key);
        }
        Ok(read)
    }

    /// The same for a part of a row: that it can be read says nothing about the rest.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn skip_part<T>(
        &self,
        kind: RowKind,
        key: &str,
        read: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_unreadable() => {
                self.note(kind, key, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The rows of a complete list that can be read.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn skip_all<R, T>(
        &self,
        kind: RowKind,
        rows: Vec<R>,
        key: impl Fn(&R) -> String,
        read: impl Fn(R) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let (mut all, mut skipped) = (Vec::with_capacity(rows.len()), BTreeSet::new());
        for row in rows {
            let key = key(&row);
            match self.skip(kind, &key, read(row))? {
                Some(value) => all.push(value),
                None => {
                    skipped.insert(key);
                }
            }
        }
        self.only(kind, &skipped);
        Ok(all)
    }

    /// Notes that all rows of a kind were read, and which of them could not be.
    pub(super) fn only(&self, kind: RowKind, skipped: &BTreeSet<String>) {
        self.lock()
            .rows
            .retain(|(of, key), _| *of != kind || skipped.contains(key));
    }

    /// Notes that a row can be read, or is gone.
    pub(super) fn forget(&self, kind: RowKind, key: &str) {
        let rows = &mut self.lock().rows;
        // Usually every row can be read.
        if !rows.is_empty() {
            rows.remove(&(kind, key.to_owned()));
        }
    }

    /// Notes that a row cannot be read.
    pub(super) fn note(&self, kind: RowKind, key: &str, error: &StoreError) {
        let damage = Damage::of(kind, error);
        let rows = &mut self.lock().rows;
        let row = (kind, key.to_owned());
        if rows.get(&row) == Some(&damage) {
            return;
        }
        tracing::error!(
            row.table = kind.table(),
            row.key = key,
            task.id = (kind == RowKind::Task).then_some(key),
            error = error as &dyn std::error::Error,
            "a row cannot be read and is skipped"
        );
        if rows.len() < LISTED_MAX || rows.contains_key(&row) {
            rows.insert(row, damage);
        }
    }
}

impl Store {
    /// The rows that this process has skipped because it cannot read them, by kind.
    #[must_use]
    pub fn unreadable_rows(&self) -> Vec<UnreadableRow> {
        let known = self.unreadable.lock();
        let rows = known.rows.iter();
        let rows = rows.map(|((kind, key), damage)| UnreadableRow {
            kind: *kind,
            key: key.clone(),
            damage: damage.clone(),
            runs: known.runs(*kind, key),
        });
        rows.collect()
    }

    /// Notes which tasks the scheduler of this process does not run because their rows cannot be read.
    pub fn note_idle(&self, tasks: &BTreeSet<TaskId>) {
        let idle = &mut self.unreadable.lock().idle;
        if idle.as_ref() != Some(tasks) {
            *idle = Some(tasks.clone());
        }
    }

    /// Whether the scheduler of this process runs a task, whose row cannot be read, as it had read it before.
    pub(super) fn runs_as_read(&self, id: TaskId) -> bool {
        self.unreadable.lock().runs(RowKind::Task, &id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(value: &str) -> Result<i64, StoreError> {
        Err(StoreError::UnknownValue {
            what: "execution",
            value: value.to_owned(),
        })
    }

    fn keys(rows: &UnreadableRows) -> Vec<(RowKind, String)> {
        rows.lock().rows.keys().cloned().collect()
    }

    #[test]
    fn a_row_is_listed_while_it_cannot_be_read() {
        let rows = UnreadableRows::default();
        assert_eq!(rows.skip(RowKind::Task, "7", Ok(1)).ok(), Some(Some(1)));
        assert_eq!(keys(&rows), []);
        assert_eq!(rows.skip(RowKind::Task, "7", unknown("{")).ok(), Some(None));
        assert_eq!(rows.skip(RowKind::Rule, "7", unknown("{")).ok(), Some(None));
        let (task, rule) = (
            (RowKind::Task, "7".to_owned()),
            (RowKind::Rule, "7".to_owned()),
        );
        assert_eq!(keys(&rows), [task.clone(), rule.clone()]);
        assert_eq!(rows.skip(RowKind::Rule, "7", Ok(1)).ok(), Some(Some(1)));
        assert_eq!(keys(&rows), [task]);
        // A complete list in which the row is missing.
        let all = rows.skip_all(RowKind::Task, vec![8, 9], i64::to_string, |id| match id {
            8 => unknown("x"),
            id => Ok(id),
        });
        assert_eq!(all.ok(), Some(vec![9]));
        assert_eq!(keys(&rows), [(RowKind::Task, "8".to_owned())]);
    }

    #[test]
    fn a_database_that_fails_is_no_row_that_cannot_be_read() {
        let rows = UnreadableRows::default();
        let read: Result<i64, StoreError> = Err(StoreError::Silent);
        assert!(rows.skip(RowKind::Task, "1", read).is_err());
        assert_eq!(keys(&rows), []);
    }
}
