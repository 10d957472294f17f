//! Orphaned processes: what a killed server left running.
//!
//! The journal names the runs that were started and not seen ending. Of each, everything is ended:
//! its control group; the supervisor with all that descends from it; and every process that
//! carries both this folder's key and the run's number in its environment. What runs that ended
//! left in the background stays, and so does what was to outlive the server.
//!
//! A pid from the journal is only a place to look: the process there is ours when it was started
//! in the same boot at the same tick. Pids are used again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use app::id::RunId;

use super::identity::mark_of;
use super::journal::{self, JournalEntry, boot_id};
use super::tree::{Process, Variables, exterminate, marked};
use super::{cgroup, environment};

/// How long it is tried before a start goes on without.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ends what a dead server of this data folder left running, and returns how many processes and
/// control groups that were. The caller holds the folder's lock.
///
/// # Errors
/// When `/proc` or the journal cannot be read.
pub fn kill_unfinished(data_dir: &Path, host_key: &str) -> std::io::Result<usize> {
    let (mut open, broken) = journal::read(data_dir)?;
    if broken > 0 {
        tracing::warn!(
            lines = broken,
            "the list of running commands is damaged; unreadable lines are skipped"
        );
    }
    // Of another boot nothing is left; what was to outlive the server does.
    let boot = boot_id();
    open.retain(|_, entry| entry.boot == boot && !entry.leave);
    let mut killed = 0;
    if !open.is_empty() {
        let (count, left) = end(&open, host_key)?;
        killed = count;
        if left > 0 {
            // They stay in the list: the next start tries again.
            tracing::error!(left, "processes of a dead server cannot be ended");
            journal::keep_only(data_dir, &open)?;
            return Ok(killed);
        }
    }
    journal::keep_only(data_dir, &BTreeMap::new())?;
    Ok(killed)
}

fn end(open: &BTreeMap<RunId, JournalEntry>, host_key: &str) -> std::io::Result<(usize, usize)> {
    let until = Instant::now() + PATIENCE;
    let mut leaves: Vec<PathBuf> = open.values().filter_map(|run| run.leaf.clone()).collect();
    leaves.retain(|leaf| cgroup::is_leaf_of(leaf, host_key) && !cgroup::is_empty(leaf));
    let lasting = leaves.iter().filter(|leaf| !cgroup::kill(leaf, until));
    let lasting = lasting.count();
    // What is in no control group, or was started when the server went away.
    let roots: Vec<Process> = open
        .values()
        .filter_map(|run| run.process)
        .filter_map(|(pid, started)| Process::look(pid).filter(|now| now.started == started))
        .collect();
    let marks = Marks::of(host_key);
    let is_ours = |variables: &Variables| {
        let run = variables
            .get(environment::RUN_ID)
            .and_then(|run| std::str::from_utf8(run).ok()?.parse().ok());
        marks.are_in(variables) && run.is_some_and(|run| open.contains_key(&RunId(run)))
    };
    let (killed, left) = exterminate(|| marked(&roots, is_ours), until)?;
    Ok((killed + leaves.len(), left + lasting))
}

/// Ends everything of one run that carries its marks; gives how many processes are left.
pub(super) fn end_run(host_key: &str, run: RunId, until: Instant) -> std::io::Result<usize> {
    let number = run.to_string();
    let marks = Marks::of(host_key);
    let is_ours = |variables: &Variables| {
        marks.are_in(variables) && variables.get(environment::RUN_ID) == Some(number.as_bytes())
    };
    exterminate(|| marked(&[], is_ours), until).map(|(_, left)| left)
}

/// Ends everything that was ever started for a data folder and still lives, also what was left on
/// purpose, and gives how many processes that were.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn kill_strays(host_key: &str) -> std::io::Result<usize> {
    let until = Instant::now() + PATIENCE;
    cgroup::clear(host_key, until);
    let marks = Marks::of(host_key);
    exterminate(|| marked(&[], |found| marks.are_in(found)), until).map(|(killed, _)| killed)
}

/// What marks the processes of a data folder.
struct Marks<'a> {
    mark: String,
    /// What versions before 0.2 marked them with.
    host_key: &'a str,
}

impl<'a> Marks<'a> {
    fn of(host_key: &'a str) -> Self {
        Self {
            mark: mark_of(host_key),
            host_key,
        }
    }

    fn are_in(&self, variables: &Variables) -> bool {
        variables.get(environment::MARK) == Some(self.mark.as_bytes())
            || variables.get(environment::OLD_MARK) == Some(self.host_key.as_bytes())
    }
}

/// Whether a process has the variables of a command of some server here.
#[must_use]
pub fn is_marked(pid: i32) -> bool {
    let variables = Variables::of(pid);
    variables.get(environment::MARK).is_some() || variables.get(environment::OLD_MARK).is_some()
}
