//! Reports a data folder whose disk is nearly full: once a day until there is room again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::message::Event;
use async_trait::async_trait;
use chrono::TimeDelta;
use runner::output::disk::{Probe, Space};

use crate::clock::SharedClock;
use crate::events::Signals;
use crate::facts::{Facts, SystemEvent};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{Announcement, NodeRow, Notice, Store};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(300);
/// The longest pause after a look that failed.
const LONGEST: Duration = Duration::from_secs(1_800);
/// It is reported again after this time.
const AGAIN: TimeDelta = TimeDelta::hours(24);
/// Less free space than this is little on any disk, unless it is more than a twentieth of it.
const LITTLE: u64 = 5 * 1024 * 1024 * 1024;

/// The loop.
pub struct DiskWatch {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// This process.
    pub node: NodeRow,
    /// Its data folder.
    pub folder: PathBuf,
    /// Reads the space of the folder's disk.
    pub probe: Box<Probe>,
}

/// Free bytes below which a disk is nearly full.
fn mark(total: u64) -> u64 {
    LITTLE.min(total / 20)
}

#[async_trait]
impl Periodic for DiskWatch {
    fn spec(&self) -> Spec {
        Spec {
            name: "disk",
            every: Some(LOOK),
            woken: false,
            backoff: Backoff::new(LOOK, LONGEST),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        let Space { total, free } = (self.probe)(&self.folder)?;
        // The folder's own name, so that a restart is not a new report.
        let subject = self.node.host_key.clone();
        let mark = mark(total);
        if free < mark {
            let now = self.clock.now();
            let event = SystemEvent::DiskLow {
                host: self.node.hostname.clone(),
                free,
                total,
            };
            let announcement = Announcement {
                notice: Notice::of_system(Facts::System { at: now, event }),
                subject,
                until: now + AGAIN,
            };
            if self.store.announce(&announcement, now).await? {
                self.signals.outbox.notify_one();
            }
        } else if free > mark + mark / 2 {
            // Between the two marks nothing changes: a disk that goes up and down by a little is one report.
            self.store
                .announce_no_more(Event::DiskLow, &subject)
                .await?;
        }
        Ok(())
    }
}
