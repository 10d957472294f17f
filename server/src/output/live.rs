//! The log of an active run, as pages read it.

use app::id::RunId;
use app::run::log::{LogPage, Stream};

use super::page::{page, plain, stream_for};

/// Bytes that one read of a log returns at most.
const LOOK: usize = 256 * 1024;

/// The log of an active run. A clone is another handle on the same log.
#[derive(Clone, Debug)]
pub struct RunLog(pub(super) runner::output::RunLog);

impl RunLog {
    /// The log that the runner writes.
    #[must_use]
    pub fn of(log: runner::output::RunLog) -> Self {
        Self(log)
    }

    /// The run.
    pub(super) fn run(&self) -> RunId {
        RunId(self.0.run().0)
    }

    /// Takes what was written to a pipe; discards it after the end of the run.
    pub fn push(&self, stream: Stream, bytes: &[u8]) {
        self.0.push(stream_for(stream), bytes);
    }

    /// Waits while the file is far behind.
    pub async fn caught_up(&self) {
        self.0.caught_up().await;
    }

    /// Returns once there is more than `from`, or the log is closed.
    pub async fn beyond(&self, from: u64) {
        self.0.beyond(from).await;
    }

    /// Bytes written so far, and bytes that were dropped.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        self.0.counts()
    }

    /// The log from a position on, at most `limit` bytes of text.
    pub async fn page(&self, from: u64, limit: usize) -> LogPage {
        let limit = limit.clamp(4, LOOK);
        // A little more, so that the page sees whether its end cuts a character.
        let (stretch, total, dropped) = self.0.look(from, limit + 4).await;
        LogPage {
            total_bytes: total,
            dropped_bytes: dropped,
            ..page(stretch, from.min(total), limit)
        }
    }

    /// Everything stored so far as plain bytes, with a line in place of dropped output.
    pub async fn plain(&self) -> Vec<u8> {
        let (mut text, mut reached) = (Vec::new(), 0);
        // Up to here: it may grow faster than it is read.
        let (end, _) = self.counts();
        while reached < end {
            let before = reached;
            let (stretch, ..) = self.0.look(reached, LOOK).await;
            plain(&mut text, &mut reached, &stretch);
            if reached == before {
                break;
            }
        }
        text
    }
}
