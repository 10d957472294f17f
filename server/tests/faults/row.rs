//! A row of the fault matrix: its definition, its environment, and its result.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::args::Options;
use crate::checker::Counts;
use crate::lot::Lot;
use crate::maria::Maria;
use crate::site::Engine;

/// The environment of a row.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) options: Options,
    pub(crate) engine: Engine,
    /// Where its database is made; `None` on SQLite.
    pub(crate) maria: Option<Arc<Maria>>,
    /// Its random choices.
    pub(crate) lot: Lot,
}

impl Setting {
    /// One value in the short version, another in a full run.
    pub(crate) fn pick<T>(&self, short: T, full: T) -> T {
        if self.options.short { short } else { full }
    }

    /// The duration of a load: `full` is for a full run of 25 minutes.
    pub(crate) fn span(&self, short: u64, full: u64) -> Duration {
        let scaled = full as f64 * self.options.minutes / 25.0;
        Duration::from_secs_f64(self.pick(short as f64, scaled.max(short as f64)))
    }

    /// Number of servers: SQLite allows one.
    pub(crate) fn nodes(&self, mariadb: usize) -> usize {
        match self.engine {
            Engine::Sqlite => 1,
            Engine::Mariadb => mariadb,
        }
    }

    /// Our own database server, which may be stopped; `None` if it is not ours.
    pub(crate) fn own_maria(&self) -> Option<Arc<Maria>> {
        self.maria.clone().filter(|maria| maria.is_own())
    }
}

/// The result of a row.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Everything is explained.
    Passed {
        counts: Counts,
        /// Other observations.
        notes: Vec<String>,
    },
    /// It cannot run here, and why.
    NotRun(String),
}

impl Outcome {
    /// It went well.
    pub(crate) fn passed(counts: Counts, notes: impl IntoIterator<Item = String>) -> Self {
        Self::Passed {
            counts,
            notes: notes.into_iter().collect(),
        }
    }
}

/// A row under way.
pub(crate) type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A row.
pub(crate) struct Row {
    /// Its number in the matrix.
    pub(crate) number: u32,
    /// What is done.
    pub(crate) title: &'static str,
    /// The databases it applies to.
    pub(crate) on: &'static [Engine],
    /// Whether it is part of the short version.
    pub(crate) short: bool,
    pub(crate) run: fn(Setting) -> Running,
}
