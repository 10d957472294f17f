//! The scratch folders of deleted tasks: removed when a task is deleted here, else by the next
//! sweep of each server.

use std::sync::{Arc, Weak};
use std::time::Duration;

use app::id::TaskId;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::Service;
use crate::executor::{Leftovers, TaskFolder};
use crate::store::Store;

/// Between two sweeps.
const SWEEP: TimeDelta = TimeDelta::days(1);
/// How long the last runs of a deleted task are waited for; later the sweep takes its folder.
const PATIENCE: Duration = Duration::from_secs(600);
/// Between two looks.
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
                let folder = leftovers.of(task);
                remove(&leftovers, &store, folder.into_iter().collect()).await;
            }
        });
    }
}

/// Removes folders that belong to no task.
async fn remove(leftovers: &Leftovers, store: &Store, folders: Vec<TaskFolder>) {
    if folders.is_empty() {
        return;
    }
    match store.task_ids().await {
        Ok(tasks) => leftovers.remove(folders, tasks).await,
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "scratch folders of deleted tasks stay until the next sweep"
        ),
    }
}

/// Sweeps now and each day: tasks are deleted on other servers, too, and a server may end before
/// it has removed a folder.
pub async fn sweep_scratch(service: Weak<Service>, stop: CancellationToken) {
    loop {
        let Some((leftovers, store, clock)) = service.upgrade().and_then(|service| {
            let leftovers = service.executor.as_ref()?.leftovers();
            Some((leftovers, service.store.clone(), Arc::clone(&service.clock)))
        }) else {
            return;
        };
        let folders = leftovers.all().await;
        remove(&leftovers, &store, folders).await;
        tokio::select! {
            () = clock.sleep_until(clock.now() + SWEEP) => {}
            () = stop.cancelled() => return,
        }
    }
}
