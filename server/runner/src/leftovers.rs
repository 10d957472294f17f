//! The scratch folders that deleted tasks leave behind.

use std::sync::Arc;

use crate::containment::Containment;
use crate::identity::TaskFolder;
use crate::order::TaskId;

/// The scratch folders of tasks' own users. Does not delay a stop of the server.
#[derive(Clone, Debug)]
pub struct Leftovers(pub(crate) Arc<Containment>);

impl Leftovers {
    /// The folders of all tasks, deleted ones included.
    pub async fn all(&self) -> Vec<TaskFolder> {
        let containment = Arc::clone(&self.0);
        let listed = tokio::task::spawn_blocking(move || containment.identity.task_folders()).await;
        match listed {
            Ok(Ok(folders)) => folders,
            Ok(Err(error)) => {
                tracing::warn!(%error, "scratch folders cannot be listed");
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "listing scratch folders crashed");
                Vec::new()
            }
        }
    }

    /// The folder of one task, where it has one.
    #[must_use]
    pub fn of(&self, task: TaskId) -> Option<TaskFolder> {
        self.0.identity.folder_of(task)
    }

    /// Removes those of these folders that belong to none of these tasks. The tasks must have been
    /// read after the folders.
    pub async fn remove(&self, folders: Vec<TaskFolder>, tasks: Vec<TaskId>) {
        let containment = Arc::clone(&self.0);
        let removed = tokio::task::spawn_blocking(move || {
            containment.identity.remove_orphans(&folders, &tasks)
        });
        match removed.await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed scratch folders of deleted tasks"),
            Err(error) => tracing::error!(%error, "removing scratch folders crashed"),
        }
    }
}
