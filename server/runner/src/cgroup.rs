//! Control groups (cgroup v2): one leaf per run, which no process of the run can leave and which is
//! killed as a whole. See the kernel's `admin-guide/cgroup-v2`.
//!
//! Leaves are created below the server's own group, in a group named after the data folder. The leaf
//! of an ended run stays until background processes in it have ended.

#[cfg(test)]
mod tests;

use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::helper::Helper;
use crate::order::{Limits, RunId};
use crate::random::random_id;
use crate::tree::Process;

/// Characters of the folder's key in the name of its group.
const KEY_CHARS: usize = 16;
/// Leftover leaves that are checked after a run.
const LOOKS: usize = 16;
/// The default limit of processes and threads of a run: more than an ordinary command needs, and
/// fewer than would exhaust a machine.
pub(crate) const PROCESSES: i64 = 2000;
/// Names that are tried for the leaf of a run.
const NAMES: usize = 100;

/// Why no control groups can be used.
#[derive(Debug, thiserror::Error)]
pub enum CgroupError {
    /// No cgroup v2 is mounted, or this process is outside of what is mounted.
    #[error("no cgroup v2 is mounted where this server could use it")]
    NotMounted,
    /// No group can be created, or no process can be moved into one.
    #[error("no process can be moved into {}", path.display())]
    NotWritable {
        /// The group.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The groups of one data folder.
#[derive(Debug)]
pub(crate) struct Cgroups {
    base: PathBuf,
    left: Mutex<Vec<PathBuf>>,
    /// Whether the memory controller is enabled for the leaves.
    bounds_memory: bool,
}

impl Cgroups {
    /// Creates the folder's group and checks that a process can be moved into a leaf of it.
    pub(crate) fn open(host_key: &str, helper: &Helper) -> Result<Self, CgroupError> {
        let base = base(host_key).ok_or(CgroupError::NotMounted)?;
        let failed = |source| CgroupError::NotWritable {
            path: base.clone(),
            source,
        };
        make(&base).map_err(failed)?;
        // Controllers can be enabled only where the parent has them; without them, limits hold per process.
        for group in [base.parent(), Some(base.as_path())].into_iter().flatten() {
            for controller in ["+memory", "+pids"] {
                std::fs::write(group.join("cgroup.subtree_control"), controller).ok();
            }
        }
        let enabled = std::fs::read_to_string(base.join("cgroup.subtree_control"));
        let cgroups = Self {
            bounds_memory: enabled.is_ok_and(|list| has_memory(&list)),
            left: Mutex::new(leaves(&base)),
            base: base.clone(),
        };
        cgroups
            .probe(|leaf| helper.probe(&[argument(leaf)]))
            .map_err(failed)?;
        cgroups.tidy(usize::MAX);
        Ok(cgroups)
    }

    /// Whether a limit of memory holds for a run as a whole.
    pub(crate) const fn bounds_memory(&self) -> bool {
        self.bounds_memory
    }

    /// Tries something with a temporary leaf.
    pub(crate) fn probe(
        &self,
        work: impl FnOnce(&Path) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let leaf = self.base.join(format!("probe-{}", random_id(6)));
        make(&leaf)?;
        let works = work(&leaf);
        remove(&leaf);
        works
    }

    /// Creates a leaf for a run.
    pub(crate) fn leaf(&self, run: RunId, limits: &Limits) -> std::io::Result<PathBuf> {
        // A name is taken only while a background process of an older run with this number lives, as
        // after the database was restored from a backup.
        for number in 0..NAMES {
            let name = match number {
                0 => format!("run-{run}"),
                number => format!("run-{run}.{number}"),
            };
            let leaf = self.base.join(name);
            match std::fs::create_dir(&leaf) {
                Ok(()) => {
                    restrict(&leaf, limits);
                    return Ok(leaf);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    // Something else has removed our group.
                    make(&self.base)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    /// Removes the leaf of an ended run, at once or when it is empty.
    pub(crate) fn leave(&self, leaf: PathBuf) {
        if !remove(&leaf) {
            self.lock().push(leaf);
        }
        self.tidy(LOOKS);
    }

    /// Removes leftover leaves, the oldest first; checks at most `looks`.
    fn tidy(&self, looks: usize) {
        let mut left = self.lock();
        let looks = looks.min(left.len());
        let mut still: Vec<PathBuf> = left.drain(..looks).collect();
        still.retain(|leaf| !remove(leaf));
        left.extend(still);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<PathBuf>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The helper's argument for a leaf.
pub(crate) fn argument(leaf: &Path) -> String {
    format!("leaf={}", leaf.display())
}

/// Whether the memory controller is in a list of controllers, `cpu memory pids`.
fn has_memory(list: &str) -> bool {
    list.split_whitespace().any(|name| name == "memory")
}

/// Sets the limits of the run as a whole, where the controllers are enabled.
fn restrict(leaf: &Path, limits: &Limits) {
    let set = |file: &str, value: i64| std::fs::write(leaf.join(file), value.to_string()).is_ok();
    if let Some(mib) = limits.memory_mib
        && set("memory.max", mib.saturating_mul(1024 * 1024))
    {
        // The kernel kills the run as a whole: half of it is of no use.
        set("memory.oom.group", 1);
    }
    set("pids.max", limits.processes.unwrap_or(PROCESSES));
}

/// The path of a data folder's group, whether or not it exists.
fn base(host_key: &str) -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    Some(own_group(&mounts, &groups)?.join(name_of(host_key)))
}

fn name_of(host_key: &str) -> String {
    let end = host_key.floor_char_boundary(KEY_CHARS);
    format!("jcrontab-{}", &host_key[..end])
}

/// The folder of this process's own group. proc_pid_mountinfo(5), cgroups(7).
fn own_group(mounts: &str, groups: &str) -> Option<PathBuf> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounts.lines().find_map(|line| {
        let (fields, filesystem) = line.split_once(" - ")?;
        if filesystem.split(' ').next() != Some("cgroup2") {
            return None;
        }
        let mut fields = fields.split(' ').skip(3);
        let (root, mounted) = (unescape(fields.next()?), unescape(fields.next()?));
        // Where a subtree is mounted, only that is visible here.
        let inside = Path::new(own).strip_prefix(root).ok()?;
        let clean = inside
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        clean.then(|| mounted.join(inside))
    })
}

/// Paths in mountinfo write spaces and the like in octal: `\040`.
fn unescape(text: &str) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let octal = tail
            .get(..3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

fn make(path: &Path) -> std::io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    let folder = |entry: std::fs::DirEntry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        is_folder.then(|| entry.path())
    };
    entries.flatten().filter_map(folder).collect()
}

fn leaves(base: &Path) -> Vec<PathBuf> {
    folders(base)
}

/// Removes a leaf and the groups that a command created in it; false while a process lives in one.
fn remove(leaf: &Path) -> bool {
    // The usual case: it is empty and has no groups below it.
    if std::fs::remove_dir(leaf).is_ok() {
        return true;
    }
    for inner in folders(leaf) {
        remove(&inner);
    }
    match std::fs::remove_dir(leaf) {
        Ok(()) => true,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Whether this is a leaf of the folder's group. Paths come from a file: nothing else must be killed
/// because of it.
pub(crate) fn is_leaf_of(leaf: &Path, host_key: &str) -> bool {
    let is_run = leaf
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with("run-"));
    let ours = leaf
        .parent()
        .and_then(Path::file_name)
        .is_some_and(|name| *name == *name_of(host_key));
    let dots = leaf
        .components()
        .any(|part| matches!(part, std::path::Component::ParentDir));
    is_run && ours && !dots && leaf.join("cgroup.procs").exists()
}

/// Whether no process is left in a leaf.
pub(crate) fn is_empty(leaf: &Path) -> bool {
    match std::fs::read_to_string(leaf.join("cgroup.events")) {
        Ok(events) => events.lines().any(|line| line == "populated 0"),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// The processes in a leaf and in groups below it.
fn processes(leaf: &Path) -> Vec<Process> {
    let list = std::fs::read_to_string(leaf.join("cgroup.procs")).unwrap_or_default();
    let pids = list.lines().filter_map(|pid| pid.parse().ok());
    let mut found: Vec<Process> = pids.filter_map(Process::look).collect();
    for inner in folders(leaf) {
        found.extend(processes(&inner));
    }
    found
}

/// Sends SIGTERM to every process in a leaf.
pub(crate) fn terminate(leaf: &Path) {
    for process in processes(leaf) {
        process.signal(Signal::SIGTERM);
        // A stopped process does not handle signals.
        process.signal(Signal::SIGCONT);
    }
}

/// Kills every process in a leaf, until it is empty or time is up; returns whether it is empty.
pub(crate) fn kill(leaf: &Path, until: Instant) -> bool {
    let mut pause = Duration::from_millis(1);
    loop {
        if is_empty(leaf) {
            return true;
        }
        // Linux before 5.14 has no `cgroup.kill`. Frozen processes cannot fork while they are killed.
        if std::fs::write(leaf.join("cgroup.kill"), "1").is_err() {
            std::fs::write(leaf.join("cgroup.freeze"), "1").ok();
            for process in processes(leaf) {
                process.signal(Signal::SIGKILL);
            }
            std::fs::write(leaf.join("cgroup.freeze"), "0").ok();
        }
        if Instant::now() >= until {
            return is_empty(leaf);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Kills every process in all leaves of a data folder, and removes the leaves and the folder's group.
pub(crate) fn clear(host_key: &str, until: Instant) {
    let Some(base) = base(host_key) else { return };
    for leaf in leaves(&base) {
        kill(&leaf, until);
        remove(&leaf);
    }
    remove(&base);
}

impl Drop for Cgroups {
    /// Removes the group if it is empty; one with processes cannot be removed.
    fn drop(&mut self) {
        self.tidy(usize::MAX);
        std::fs::remove_dir(&self.base).ok();
    }
}
