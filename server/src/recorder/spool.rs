//! Results that wait on disk while the database is down: one JSON object per line, appended and synced, so that they
//! survive this process.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use crate::store::Outcome;

/// Beyond this size results are stored without the end of their output.
const SIZE_MAX: u64 = 256 * 1024 * 1024;

/// A file of results.
#[derive(Clone, Debug)]
pub struct Spool {
    path: PathBuf,
}

/// Results read from a position on, and the position after them.
#[derive(Debug, Default)]
pub struct SpooledResults {
    /// The results.
    pub outcomes: Vec<Outcome>,
    /// Where to continue reading.
    pub next: u64,
}

impl Spool {
    /// The spool in a folder; the file is created when it is first needed.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Whether no results wait.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        std::fs::metadata(&self.path).map_or(true, |file| file.len() == 0)
    }

    /// The size of the waiting results in bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bytes(&self) -> std::io::Result<u64> {
        match std::fs::metadata(&self.path) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Adds results; they are on disk when this returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&self, outcomes: &[Outcome]) -> std::io::Result<()> {
        let mut file = File::options()
            .create(true)
            .append(true)
            .read(true)
            .mode(0o600)
            .open(&self.path)?;
        let size = file.metadata()?.len();
        let mut text = Vec::new();
        // A line that was cut off by a crash must not swallow the next one.
        if size > 0 && !ends_a_line(&mut file, size)? {
            text.push(b'\n');
        }
        for outcome in outcomes {
            if size + (text.len() as u64) < SIZE_MAX {
                serde_json::to_writer(&mut text, outcome)?;
            } else {
                let mut short = outcome.clone();
                short.output.tail = Vec::new();
                serde_json::to_writer(&mut text, &short)?;
            }
            text.push(b'\n');
        }
        file.write_all(&text)?;
        file.sync_data()
    }

    /// Reads up to `max` results from a position on. Lines that cannot be read are logged and skipped.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, from: u64, max: usize) -> std::io::Result<SpooledResults> {
        let mut stretch = SpooledResults {
            next: from,
            ..SpooledResults::default()
        };
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(stretch),
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(from))?;
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        while stretch.outcomes.len() < max {
            line.clear();
            let read = lines.read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            stretch.next += read as u64;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(outcome) => stretch.outcomes.push(outcome),
                Err(error) => {
                    tracing::error!(%error, at = stretch.next, "a result in the spool cannot be read");
                }
            }
        }
        Ok(stretch)
    }

    /// Empties it: the database has everything.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn clear(&self) -> std::io::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn ends_a_line(file: &mut File, size: u64) -> std::io::Result<bool> {
    use std::io::Read;
    file.seek(SeekFrom::Start(size - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use app::id::{RunId, TaskId};
    use app::run::RunState;
    use chrono::DateTime;

    use super::*;
    use crate::store::StoredOutput;

    fn outcome(id: i64) -> Outcome {
        Outcome {
            run_id: RunId(id),
            occurrence_id: None,
            task_id: TaskId(1),
            epoch: 1,
            state: RunState::Failed,
            reason: Some("not_started:\n".to_owned()),
            finished_at: DateTime::UNIX_EPOCH,
            exit_code: Some(3),
            exit_signal: None,
            output: StoredOutput {
                tail: vec![0, 255, b'\n'],
                ..StoredOutput::default()
            },
            retry_at: None,
            messages: Vec::new(),
            notices: Vec::new(),
            ticket: None,
        }
    }

    #[test]
    fn results_come_back_in_order_also_behind_a_line_that_was_cut() {
        let folder = std::env::temp_dir().join(format!("spool-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let spool = Spool::new(folder.join("results"));
        assert!(spool.is_empty());
        spool.append(&[outcome(1), outcome(2)]).expect("append");
        let mut file = File::options()
            .append(true)
            .open(&spool.path)
            .expect("the file");
        file.write_all(b"{\"run_id\":9,\"task")
            .expect("half a line");
        spool.append(&[outcome(3)]).expect("append");
        let first = spool.read(0, 2).expect("read");
        let ids = |stretch: &SpooledResults| -> Vec<i64> {
            stretch.outcomes.iter().map(|o| o.run_id.0).collect()
        };
        assert_eq!(ids(&first), [1, 2]);
        assert_eq!(first.outcomes[0].output.tail, [0, 255, b'\n']);
        let rest = spool.read(first.next, 10).expect("read");
        assert_eq!(ids(&rest), [3]);
        assert!(spool.read(rest.next, 10).expect("read").outcomes.is_empty());
        spool.clear().expect("clear");
        assert!(spool.is_empty());
        std::fs::remove_dir_all(&folder).expect("tidy up");
    }
}
