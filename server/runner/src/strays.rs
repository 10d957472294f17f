//! Orphaned processes: those that a killed server left running.
//!
//! The journal lists the runs that were started and whose end was not recorded. Everything of such a
//! run is killed: its control group; its supervisor with all descendants; and every process whose
//! environment has both this folder's mark and the run's number. Background processes of runs that
//! had ended stay, and so do runs that are configured to outlive the server.
//!
//! Pids are reused, so a pid from the journal alone identifies nothing: the process is ours only if
//! it was started in the same boot at the same clock tick.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::identity::mark_of;
use crate::journal::{self, JournalEntry, boot_id};
use crate::order::RunId;
use crate::tree::{Process, Variables, exterminate, marked};
use crate::{cgroup, environment};

/// How long processes are killed before the start of the server continues.
const PATIENCE: Duration = Duration::from_secs(5);

/// Kills what a dead server of this data folder left running, and returns the number of processes and
/// control groups. The caller holds the folder's lock.
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
    // Nothing survives a reboot; runs that are to outlive the server are not touched.
    let boot = boot_id();
    open.retain(|_, entry| entry.boot == boot && !entry.leave);
    let mut killed = 0;
    if !open.is_empty() {
        let (count, left) = end(&open, host_key)?;
        killed = count;
        if left > 0 {
            // They stay in the journal: the next start tries again.
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
    // Processes in no control group, or started in the server's last moment.
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

/// Kills every process with the marks of one run; returns how many are left.
pub(crate) fn end_run(host_key: &str, run: RunId, until: Instant) -> std::io::Result<usize> {
    let number = run.to_string();
    let marks = Marks::of(host_key);
    let is_ours = |variables: &Variables| {
        marks.are_in(variables) && variables.get(environment::RUN_ID) == Some(number.as_bytes())
    };
    exterminate(|| marked(&[], is_ours), until).map(|(_, left)| left)
}

/// Kills every process that was started for a data folder, those that may outlive the server
/// included, and returns how many there were.
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
    /// The mark of versions before 0.2.
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

/// Whether a process has the marks of a command of any Jcrontab server.
#[must_use]
pub fn is_marked(pid: i32) -> bool {
    let variables = Variables::of(pid);
    variables.get(environment::MARK).is_some() || variables.get(environment::OLD_MARK).is_some()
}
