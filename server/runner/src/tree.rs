//! Processes in `/proc`: finds the descendants of a process, and kills whole trees.
//!
//! Pids are reused, so a process is identified by its pid and its start time (proc(5), field 22 of
//! `stat`), which is compared before each signal.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How many times new descendants are searched for before the known ones are killed: a listing takes
/// longer the more there are, so waiting for the last one might never end.
const STOP_PASSES: u32 = 10;

/// How many times a process inside execve(2) is checked, a millisecond apart.
const EXEC_LOOKS: u32 = 200;

/// A process that was alive when it was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    /// Clock ticks between the boot and its start.
    pub(crate) started: u64,
}

impl Process {
    /// Reads a process; `None` when it does not exist or is a zombie.
    pub(crate) fn look(pid: i32) -> Option<Self> {
        let stat = std::fs::read(of(pid, "stat")).ok()?;
        let (process, alive) = parse(pid, &String::from_utf8_lossy(&stat))?;
        alive.then_some(process)
    }

    /// Sends a signal, if the pid still belongs to this process.
    pub(crate) fn signal(self, signal: Signal) {
        // 0 would mean our own process group; 1 is init.
        if self.pid <= 1 || self.pid.unsigned_abs() == std::process::id() {
            return;
        }
        if Self::look(self.pid).is_none_or(|now| now.started != self.started) {
            return;
        }
        match kill(Pid::from_raw(self.pid), signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => {
                tracing::warn!(pid = self.pid, %signal, %error, "a process cannot be signalled");
            }
        }
    }
}

fn of(pid: i32, file: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{file}"))
}

/// Parses a line of `stat`. The name in it is chosen by the command and may contain anything, so the
/// other fields start after the last parenthesis.
fn parse(pid: i32, stat: &str) -> Option<(Process, bool)> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    let process = Process {
        pid,
        parent,
        started,
    };
    Some((process, !matches!(state, "Z" | "X" | "x")))
}

/// All processes.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn all() -> std::io::Result<Vec<Process>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let pid = name.to_str().and_then(|name| name.parse().ok());
        found.extend(pid.and_then(Process::look));
    }
    Ok(found)
}

/// The descendants of these processes, without the processes themselves.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn descendants(roots: &[i32]) -> std::io::Result<Vec<Process>> {
    let mut seen: HashSet<i32> = roots.iter().copied().collect();
    let mut open: Vec<i32> = roots.to_vec();
    let mut found = Vec::new();
    // Not every kernel lists children. Where it does, only the tree itself is read.
    let listed = std::path::Path::new("/proc/thread-self/children").exists();
    let mut by_parent: HashMap<i32, Vec<Process>> = HashMap::new();
    if !listed {
        for process in all()? {
            by_parent.entry(process.parent).or_default().push(process);
        }
    }
    while let Some(parent) = open.pop() {
        let children = if listed {
            children(parent)
        } else {
            by_parent.remove(&parent).unwrap_or_default()
        };
        for child in children {
            if seen.insert(child.pid) {
                open.push(child.pid);
                found.push(child);
            }
        }
    }
    Ok(found)
}

/// Children of all threads of a process; none when it is gone.
fn children(parent: i32) -> Vec<Process> {
    let Ok(threads) = std::fs::read_dir(of(parent, "task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        let list = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let pids = list
            .split_ascii_whitespace()
            .filter_map(|pid| pid.parse().ok());
        found.extend(pids.filter_map(Process::look));
    }
    found
}

/// Whether a process is inside execve(2) and its variables are not visible yet: the kernel sets their
/// end address (proc(5), field 51 of `stat`) once they are. Kernel threads have none.
fn is_executing(pid: i32) -> bool {
    let ends_nowhere = |stat: Vec<u8>| {
        let stat = String::from_utf8_lossy(&stat).into_owned();
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest);
        fields.and_then(|rest| rest.split_ascii_whitespace().nth(48)) == Some("0")
    };
    std::fs::read(of(pid, "stat")).is_ok_and(ends_nowhere)
        && std::fs::read_link(of(pid, "exe")).is_ok()
}

/// The variables that a process was started with.
pub(crate) struct Variables(Vec<u8>);

impl Variables {
    /// The variables of a process; none when it does not exist or belongs to another user.
    ///
    /// A process inside execve(2) shows none for a moment, so it is read again: a process that is missed
    /// here would keep running.
    pub(crate) fn of(pid: i32) -> Self {
        let mut found = Vec::new();
        for _ in 0..EXEC_LOOKS {
            // Checked first: execve may finish between the two reads.
            let was_executing = is_executing(pid);
            found = std::fs::read(of(pid, "environ")).unwrap_or_default();
            if !found.is_empty() || !was_executing {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Self(found)
    }

    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let mut lines = self.0.split(|byte| *byte == 0);
        lines.find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
    }
}

/// The `roots`, the processes whose variables have our marks, and the descendants of all these.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn marked(
    roots: &[Process],
    is_ours: impl Fn(&Variables) -> bool,
) -> std::io::Result<Vec<Process>> {
    let me = std::process::id();
    let mut found: Vec<Process> = all()?
        .into_iter()
        .filter(|process| process.pid > 1 && process.pid.unsigned_abs() != me)
        .filter(|process| roots.contains(process) || is_ours(&Variables::of(process.pid)))
        .collect();
    let pids: Vec<i32> = found.iter().map(|process| process.pid).collect();
    found.extend(descendants(&pids)?);
    Ok(found)
}

/// Kills whatever `find` finds, until it finds nothing or time is up. Returns how many were killed and
/// how many are left.
///
/// All processes are stopped before any is killed: a stopped process cannot fork, and a child whose
/// parent dies between two searches could no longer be found.
///
/// # Errors
/// When `find` fails.
pub(crate) fn exterminate(
    mut find: impl FnMut() -> std::io::Result<Vec<Process>>,
    until: Instant,
) -> std::io::Result<(usize, usize)> {
    let identity = |process: &Process| (process.pid, process.started);
    let mut stopped = HashSet::new();
    let mut killed = HashSet::new();
    let mut pause = Duration::from_millis(1);
    loop {
        let mut found = find()?;
        for _ in 0..STOP_PASSES {
            let mut fresh = false;
            for process in &found {
                if stopped.insert(identity(process)) {
                    fresh = true;
                    process.signal(Signal::SIGSTOP);
                }
            }
            if !fresh {
                break;
            }
            found = find()?;
        }
        if found.is_empty() {
            return Ok((killed.len(), 0));
        }
        for process in &found {
            killed.insert(identity(process));
            process.signal(Signal::SIGKILL);
        }
        if Instant::now() >= until {
            return Ok((killed.len(), found.len()));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_stat_cannot_lie() {
        let rest = "S 7 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 10";
        let (process, alive) = parse(5, &format!("5 (a) Z 1 (b)) {rest}")).expect("a line");
        assert_eq!((process.pid, process.parent, process.started), (5, 7, 4711));
        assert!(alive);
        assert!(
            !parse(5, &format!("5 (x) Z{}", &rest[1..]))
                .expect("a line")
                .1
        );
        for broken in ["", "5 (x", "5 (x) S", "5 (x) S 1 2 3"] {
            assert!(parse(5, broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn a_process_that_has_just_begun_shows_its_variables() {
        for n in 0..300 {
            let mut child = std::process::Command::new("/bin/sleep")
                .arg("600")
                .env("JCRONTAB_TEST", n.to_string())
                .spawn()
                .expect("a process");
            let variables = Variables::of(i32::try_from(child.id()).expect("a pid"));
            child.kill().expect("a signal");
            child.wait().expect("its end");
            let value = variables.get("JCRONTAB_TEST").map(<[u8]>::to_vec);
            assert_eq!(value, Some(n.to_string().into_bytes()));
        }
    }

    #[test]
    fn a_process_is_found_by_its_parent_and_by_its_variables() {
        let value = crate::random::random_id(8);
        let mut child = std::process::Command::new("/bin/sleep")
            .arg("600")
            .env("JCRONTAB_TEST", &value)
            .spawn()
            .expect("a process");
        let pid = i32::try_from(child.id()).expect("a pid");
        let me = i32::try_from(std::process::id()).expect("a pid");
        let ours = |variables: &Variables| variables.get("JCRONTAB_TEST") == Some(value.as_bytes());
        let seen = Process::look(pid).expect("it lives");
        assert_eq!(seen.parent, me);
        assert!(descendants(&[me]).expect("/proc").contains(&seen));
        assert_eq!(marked(&[], ours).expect("/proc"), [seen]);
        // Another process that got the same pid is left alone.
        let earlier = Process {
            started: seen.started - 1,
            ..seen
        };
        assert_eq!(marked(&[earlier], |_| false).expect("/proc"), []);
        earlier.signal(Signal::SIGKILL);
        assert!(child.try_wait().expect("a status").is_none());
        let until = Instant::now() + Duration::from_secs(30);
        let ended = exterminate(|| marked(&[], ours), until).expect("/proc");
        assert_eq!(ended, (1, 0));
        child.wait().expect("its end");
    }
}
