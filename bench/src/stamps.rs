//! The output of the stamp: which tasks started when, and whether those were due.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::{Failure, now_nanos, shared};

/// Nanoseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000_000;

/// The starts of one instant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Round {
    /// Delays after the instant in nanoseconds, sorted.
    pub(crate) delays: Vec<i64>,
    /// CPU time that the scheduler and everything it started took, in milliseconds, where it was
    /// measured.
    pub(crate) cpu_ms: Option<f64>,
}

impl Round {
    /// The delay below which this share of the starts was, in milliseconds; 100 is the last start.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        let index = self.delays.len().saturating_sub(1) * percent / 100;
        self.delays.get(index).copied().map_or(f64::NAN, millis)
    }

    /// CPU time for each start, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub(crate) fn cpu_per_fire(&self) -> Option<f64> {
        Some(self.cpu_ms? / self.delays.len() as f64)
    }
}

/// Nanoseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "delays are far below 2^52 ns")]
pub(crate) fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}

/// The file of one instant's stamps.
#[derive(Clone, Debug)]
pub(crate) struct Stamps(PathBuf);

impl Stamps {
    /// A new file; the name is for people who look at it.
    pub(crate) fn new(name: &str) -> Result<Self, Failure> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Ok(Self(shared::writable(&format!("{number}-{name}"))?))
    }

    /// Forgets the stamps so far.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        std::fs::File::options()
            .write(true)
            .truncate(true)
            .open(&self.0)?;
        Ok(())
    }

    /// A command line that stamps with this label, as a user would write it.
    pub(crate) fn command(&self, label: &str) -> String {
        format!("{} {label} {}", shared::stamp(), self.0.display())
    }

    /// The same with a quote, which only a shell can read.
    pub(crate) fn command_for_shell(&self, label: &str) -> String {
        format!("{}''", self.command(label))
    }

    /// All stamps so far, in the order they came.
    pub(crate) fn read(&self) -> Result<Vec<(String, i64)>, Failure> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        // A reader may see the beginning of a line that is just being written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| {
                let (label, nanos) = line.split_once(' ').ok_or("a stamp is torn")?;
                Ok((label.to_owned(), nanos.parse()?))
            })
            .collect()
    }

    /// Waits until there are `count` stamps, and a little longer for those that must not come.
    pub(crate) async fn wait(&self, count: usize, limit: Duration) -> Result<(), Failure> {
        let begun = now_nanos();
        while self.read()?.len() < count {
            if now_nanos() - begun > i64::try_from(limit.as_nanos())? {
                let came = self.read()?.len();
                return Err(format!(
                    "{came} of {count} runs came within {limit:?} ({})",
                    self.0.display()
                )
                .into());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(())
    }
}

/// The stamps of one instant as delays. It is a failure if a label of `0..count` is missing, occurs twice, or came
/// early: a fast wrong answer is wrong.
pub(crate) fn round(
    stamps: &[(String, i64)],
    instant: i64,
    count: usize,
) -> Result<Round, Failure> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (label, _) in stamps {
        *seen.entry(label).or_default() += 1;
    }
    let twice = seen.values().filter(|times| **times > 1).count();
    if stamps.len() != count || seen.len() != count || twice > 0 {
        return Err(format!(
            "{count} were due; {} runs came, of {} tasks, {twice} of them more than once",
            stamps.len(),
            seen.len()
        )
        .into());
    }
    let mut delays: Vec<i64> = stamps.iter().map(|(_, nanos)| nanos - instant).collect();
    delays.sort_unstable();
    if delays.first().is_some_and(|first| *first < 0) {
        return Err("a run started before its instant".into());
    }
    Ok(Round {
        delays,
        cpu_ms: None,
    })
}
