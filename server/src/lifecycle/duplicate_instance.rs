//! Detects a duplicate instance: a server on a copy of a data folder refuses to start while the original is up, since
//! two servers with one identity would mistake each other's runs for their own.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{StartError, Stop};
use crate::scheduler::LOST_AFTER;
use crate::store::{NodeRow, Store};

/// Pause between two checks.
const LOOK: Duration = Duration::from_secs(1);

/// Where a data folder is: the machine, the boot-independent number of the folder, its path. A copy differs in one of
/// them.
pub(super) fn place(hostname: &str, data: &Path) -> String {
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let inode = std::fs::metadata(data).map_or(0, |folder| folder.ino());
    let text = format!("{hostname}:{}:{inode}:{}", machine.trim(), data.display());
    text.chars().take(255).collect()
}

/// Waits until it is certain that no live server at another place has this one's identity. One at the same place is
/// dead: this process holds the folder's lock.
pub(super) async fn refuse(store: &Store, me: &NodeRow, stop: &Stop) -> Result<(), StartError> {
    let mut first: HashMap<String, DateTime<Utc>> = HashMap::new();
    let looks = LOST_AFTER.num_seconds();
    for look in 0..=looks {
        let duplicates = store.duplicate_instances(me).await?;
        if duplicates.is_empty() {
            return Ok(());
        }
        for (id, place, heartbeat) in duplicates {
            let before = *first.entry(id).or_insert(heartbeat);
            if heartbeat != before {
                return Err(StartError::DuplicateInstance(place));
            }
        }
        if look == 0 {
            tracing::warn!(
                "a server with this data folder's identity is known from another place; waiting to see whether it is alive"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.first() => return Ok(()),
        }
    }
    Ok(())
}
