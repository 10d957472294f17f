//! The journal of runs under way, in a file that survives a crash of the server.
//!
//! A line when a start begins, one when its process exists, one when the run is over. Each is written
//! with one call and not synced: the file must survive the process, not the machine, after whose crash
//! nothing runs. The next server reads it before anything else ([`crate::strays`]). Its values only say
//! where to look; nothing is killed because of them alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::order::RunId;

/// The file, in the data folder.
const FILE: &str = "running.log";
/// The file is compacted after this many bytes were added.
const COMPACT_AFTER: u64 = 256 * 1024;
/// Ends every line: without it, a line was cut short.
const END: &str = ";";

/// A run that has been started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct JournalEntry {
    pub(crate) run: RunId,
    /// The boot that it was started in.
    pub(crate) boot: String,
    /// Not killed when the server crashes.
    pub(crate) leave: bool,
    /// Its control group.
    pub(crate) leaf: Option<PathBuf>,
    /// pid and start time of the process: the command or its supervisor. `None` when the server
    /// died between the two lines.
    pub(crate) process: Option<(i32, u64)>,
}

impl JournalEntry {
    /// Its line. The path comes last, since it may hold spaces.
    fn line(&self) -> String {
        let (pid, started) = self.process.unwrap_or_default();
        let leave = if self.leave { "leave" } else { "end" };
        let leaf = self.leaf.as_deref().map(|leaf| leaf.display().to_string());
        format!(
            "start {} {} {pid} {started} {leave} {} {END}\n",
            self.run,
            self.boot,
            leaf.unwrap_or_else(|| "-".to_owned()),
        )
    }

    fn read(text: &str) -> Option<Self> {
        let mut fields = text.splitn(6, ' ');
        let run = RunId(fields.next()?.parse().ok()?);
        let boot = fields.next().filter(|boot| !boot.is_empty())?.to_owned();
        let pid: i32 = fields.next()?.parse().ok()?;
        let started = fields.next()?.parse().ok()?;
        let leave = match fields.next()? {
            "leave" => true,
            "end" => false,
            _ => return None,
        };
        let leaf = match fields.next()? {
            "-" => None,
            path if path.starts_with('/') => Some(PathBuf::from(path)),
            _ => return None,
        };
        Some(Self {
            run,
            boot,
            leave,
            leaf,
            process: (pid > 1).then_some((pid, started)),
        })
    }
}

/// Runs that were started and have not ended, and the number of unreadable lines.
pub(crate) fn read(data_dir: &Path) -> std::io::Result<(BTreeMap<RunId, JournalEntry>, usize)> {
    let bytes = match std::fs::read(data_dir.join(FILE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut open = BTreeMap::new();
    let mut broken = 0;
    for line in String::from_utf8_lossy(&bytes).lines() {
        if line.is_empty() {
            continue;
        }
        let words = line.strip_suffix(END).map(str::trim_end);
        match words.and_then(|words| words.split_once(' ')) {
            Some(("start", rest)) => match JournalEntry::read(rest) {
                Some(entry) => {
                    open.insert(entry.run, entry);
                }
                None => broken += 1,
            },
            Some(("end", run)) => match run.parse() {
                Ok(run) => {
                    open.remove(&RunId(run));
                }
                Err(_) => broken += 1,
            },
            _ => broken += 1,
        }
    }
    Ok((open, broken))
}

/// The journal of a server that runs.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    added: u64,
    open: BTreeMap<RunId, JournalEntry>,
}

impl Journal {
    /// Opens the file of the data folder and continues it.
    pub(crate) fn open(data_dir: &Path) -> std::io::Result<Self> {
        let path = data_dir.join(FILE);
        let (open, _) = read(data_dir)?;
        Ok(Self {
            state: Mutex::new(State {
                file: write_anew(&path, &open)?,
                added: 0,
                open,
            }),
            path,
        })
    }

    /// Records that a run is being started, or its process.
    pub(crate) fn started(&self, entry: JournalEntry) {
        let line = entry.line();
        let mut state = self.lock();
        state.open.insert(entry.run, entry);
        self.add(&mut state, &line);
    }

    /// Records that a run is over; background processes that it left may stay.
    pub(crate) fn ended(&self, run: RunId) {
        let mut state = self.lock();
        state.open.remove(&run);
        self.add(&mut state, &format!("end {run} {END}\n"));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, state: &mut State, line: &str) {
        let mut done = state.file.write_all(line.as_bytes());
        state.added += line.len() as u64;
        // A failed write may have left half a line: the file is rewritten, as when it has grown.
        if done.is_err() || state.added > COMPACT_AFTER {
            done = write_anew(&self.path, &state.open).map(|file| {
                state.file = file;
                state.added = 0;
            });
        }
        if let Err(error) = done {
            tracing::error!(%error, file = %self.path.display(), "the list of running commands cannot be written; after a crash of the server some may be missed");
        }
    }
}

/// Replaces the file by one with these entries.
fn write_anew(path: &Path, open: &BTreeMap<RunId, JournalEntry>) -> std::io::Result<File> {
    let fresh = path.with_extension("new");
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&fresh)?;
    let lines: String = open.values().map(JournalEntry::line).collect();
    file.write_all(lines.as_bytes())?;
    std::fs::rename(&fresh, path)?;
    File::options().append(true).open(path)
}

/// Removes everything but these entries.
pub(crate) fn keep_only(
    data_dir: &Path,
    entries: &BTreeMap<RunId, JournalEntry>,
) -> std::io::Result<()> {
    write_anew(&data_dir.join(FILE), entries).map(|_| ())
}

/// The id of the machine's current boot.
pub(crate) fn boot_id() -> String {
    // It cannot change during the life of a process.
    static BOOT: LazyLock<String> = LazyLock::new(|| {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
    });
    BOOT.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Folder;

    fn entry(run: i64) -> JournalEntry {
        JournalEntry {
            run: RunId(run),
            boot: "b-1".to_owned(),
            leave: run % 2 == 0,
            leaf: (run % 3 == 0).then(|| PathBuf::from("/sys/fs/cgroup/with space/run-3")),
            process: Some((1000 + i32::try_from(run).expect("small"), 77)),
        }
    }

    #[test]
    fn what_has_not_ended_is_read_back() {
        let folder = Folder::new();
        let journal = Journal::open(&folder.0).expect("a journal");
        for run in 1..=6 {
            journal.started(JournalEntry {
                process: None,
                ..entry(run)
            });
            if run != 6 {
                journal.started(entry(run));
            }
        }
        for run in [1, 4] {
            journal.ended(RunId(run));
        }
        drop(journal);
        let (open, broken) = read(&folder.0).expect("the file");
        assert_eq!(broken, 0);
        let unfinished = JournalEntry {
            process: None,
            ..entry(6)
        };
        let expected = [entry(2), entry(3), entry(5), unfinished];
        assert_eq!(open.values().cloned().collect::<Vec<_>>(), expected);
        // Reopening it finds them, too.
        Journal::open(&folder.0).expect("again").ended(RunId(5));
        assert_eq!(read(&folder.0).expect("the file").0.len(), 3);
    }

    #[test]
    fn broken_lines_are_passed_over() {
        let folder = Folder::new();
        let good = entry(3).line();
        let text = format!(
            "start 1 b 5 5 end -\nstart x b 5 5 end - ;\nstart 2 b 5 5 end relative ;\n\u{fffd}\n{good}end z ;\nend 3\nstart 4 b 99",
        );
        let mut bytes = text.into_bytes();
        bytes.extend(b"\xff\xfe");
        std::fs::write(folder.0.join(FILE), bytes).expect("a file");
        let (open, broken) = read(&folder.0).expect("the file");
        assert_eq!(open.into_values().collect::<Vec<_>>(), [entry(3)]);
        assert_eq!(broken, 7);
    }

    #[test]
    fn it_does_not_grow_with_history() {
        let folder = Folder::new();
        let journal = Journal::open(&folder.0).expect("a journal");
        journal.started(entry(1));
        for run in 2..20_000 {
            journal.started(entry(run));
            journal.ended(RunId(run));
        }
        let size = std::fs::metadata(folder.0.join(FILE)).expect("it").len();
        assert!(size < 2 * COMPACT_AFTER, "{size}");
        let (open, broken) = read(&folder.0).expect("the file");
        assert_eq!((open.len(), broken), (1, 0));
    }
}
