//! The scratch folders of deleted tasks: removed when a task is deleted here, else by the next
//! sweep of each server.

use std::sync::{Arc, Weak};
use std::time::Duration;

use app::id::TaskId;
use async_trait::async_trait;
use runner::{Leftovers, TaskFolder};

use super::Service;
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{Store, StoreError};

/// The interval between two sweeps.
const SWEEP: Duration = Duration::from_secs(24 * 3600);
/// The delay after a failed sweep.
const RETRY: Duration = Duration::from_secs(60);
/// How long to wait for the last runs of a deleted task; after that, the sweep removes its folder.
const PATIENCE: Duration = Duration::from_secs(600);
/// The interval between two checks.
const PAUSE: Duration = Duration::from_millis(250);

impl Service {
    /// Removes the scratch folder of a deleted task once its last run here has ended.
    pub(super) fn forget_scratch(&self, task: TaskId) {
        let Some(executor) = &self.executor else {
            return;
        };
        let leftovers = executor.leftovers();
        let (executor, store) = (Arc::downgrade(executor), self.store.clone());
        tokio::spawn(async move {
            let ended = tokio::time::timeout(PATIENCE, async {
                while executor.upgrade().is_some_and(|one| one.runs(task)) {
                    tokio::time::sleep(PAUSE).await;
                }
            });
            if ended.await.is_ok() {
                let folder = leftovers.of(runner::TaskId(task.0));
                if let Err(error) = remove(&leftovers, &store, folder.into_iter().collect()).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the scratch folder of a deleted task stays until the next sweep"
                    );
                }
            }
        });
    }
}

/// Removes folders that belong to no task.
async fn remove(
    leftovers: &Leftovers,
    store: &Store,
    folders: Vec<TaskFolder>,
) -> Result<(), StoreError> {
    if !folders.is_empty() {
        let tasks = store.task_ids().await?;
        let tasks = tasks.into_iter().map(|task| runner::TaskId(task.0));
        leftovers.remove(folders, tasks.collect()).await;
    }
    Ok(())
}

/// The loop that sweeps at start-up and daily: tasks are deleted on other servers, too, and a server
/// may stop before it has removed a folder.
pub struct ScratchSweep {
    /// Weak, so that the loop does not keep the service alive.
    pub service: Weak<Service>,
}

#[async_trait]
impl Periodic for ScratchSweep {
    fn spec(&self) -> Spec {
        Spec {
            name: "scratch",
            every: Some(SWEEP),
            woken: false,
            backoff: Backoff::new(RETRY, SWEEP),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        let Some((leftovers, store)) = self.service.upgrade().and_then(|service| {
            let leftovers = service.executor.as_ref()?.leftovers();
            Some((leftovers, service.store.clone()))
        }) else {
            return Ok(());
        };
        let folders = leftovers.all().await;
        Ok(remove(&leftovers, &store, folders).await?)
    }
}
