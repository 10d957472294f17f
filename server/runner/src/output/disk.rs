//! Whether there is room for output: below a mark nothing more is written, so that the database and everything else
//! on the disk keep the rest.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The free space is read at most this often.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How full a disk is, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Space {
    /// All of it.
    pub total: u64,
    /// Available to this process.
    pub free: u64,
}

/// Reads the free space of a file system.
pub type Probe = dyn Fn(&Path) -> std::io::Result<Space> + Send + Sync;

/// statvfs(3).
///
/// # Errors
/// When the file system does not answer.
pub fn space(path: &Path) -> std::io::Result<Space> {
    let found = nix::sys::statvfs::statvfs(path)?;
    let block = found.fragment_size();
    Ok(Space {
        total: found.blocks().saturating_mul(block),
        free: found.blocks_available().saturating_mul(block),
    })
}

/// Monitors the disk of a folder.
pub(super) struct Disk {
    path: PathBuf,
    /// Free bytes below which nothing is written; at most a twentieth of the disk.
    mark: u64,
    probe: Box<Probe>,
    known: Mutex<Option<(Instant, bool)>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Disk {
    pub(super) fn new(path: PathBuf, mark: u64, probe: Box<Probe>) -> Self {
        Self {
            path,
            mark,
            probe,
            known: Mutex::default(),
        }
    }

    /// Free bytes, where they are known.
    pub(super) fn free(&self) -> Option<u64> {
        (self.probe)(&self.path).ok().map(|space| space.free)
    }

    /// Whether there is too little room.
    pub(super) fn is_low(&self) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *known;
        if let Some((asked, low)) = before
            && asked.elapsed() < ASK_EVERY
        {
            return low;
        }
        let was_low = before.is_some_and(|(_, low)| low);
        let low = match (self.probe)(&self.path) {
            Ok(space) => {
                let low = space.free < self.mark.min(space.total / 20);
                if low && !was_low {
                    tracing::error!(
                        folder = %self.path.display(),
                        free = space.free,
                        "the disk is nearly full: output is not written to it any more; runs continue"
                    );
                } else if was_low && !low {
                    tracing::info!(free = space.free, "there is room for output again");
                }
                low
            }
            Err(error) => {
                // Whether such a disk is full shows when it is written to.
                tracing::debug!(%error, "the free space of the disk cannot be read");
                false
            }
        };
        *known = Some((Instant::now(), low));
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_the_two_marks_counts() {
        let gib = 1024 * 1024 * 1024;
        for (total, free, low) in [
            (1000 * gib, gib, false),
            (1000 * gib, gib - 1, true),
            (10 * gib, gib / 2, false),
            (10 * gib, gib / 2 - 1, true),
        ] {
            let disk = Disk::new(
                PathBuf::from("/"),
                gib,
                Box::new(move |_| Ok(Space { total, free })),
            );
            assert_eq!(disk.is_low(), low, "{free} of {total}");
        }
        let real = space(Path::new("/")).expect("a file system");
        assert!(real.total >= real.free && real.total > 0);
    }
}
