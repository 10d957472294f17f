//! After a crash: attaches output that a dead process left on this disk to its runs.

use std::path::Path;

use app::id::RunId;

use crate::output::OutputStore;
use crate::store::Store;

/// Attaches leftover output to runs that have ended. What cannot be rescued is logged and stays where it is; the next
/// start tries again.
pub(super) async fn rescue_output(store: &Store, output: &OutputStore, data: &Path) {
    let folder = data.join("spool");
    let listed = tokio::task::spawn_blocking(move || left_runs(&folder)).await;
    let runs = match listed {
        Ok(Ok(runs)) => runs,
        Ok(Err(error)) => {
            tracing::warn!(%error, "output of dead runs cannot be listed");
            return;
        }
        Err(error) => {
            tracing::error!(%error, "output of dead runs cannot be listed");
            return;
        }
    };
    for id in runs {
        if let Err(error) = rescue(store, output, id).await {
            tracing::warn!(run.id = id.0, %error, "output of a dead run could not be rescued");
        }
    }
}

/// Runs with output in the folder.
fn left_runs(folder: &Path) -> std::io::Result<Vec<RunId>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut runs = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let id = name
            .to_str()
            .and_then(|name| name.strip_prefix("run-"))
            .and_then(|rest| rest.split('.').next())
            .and_then(|id| id.parse().ok());
        runs.extend(id.map(RunId));
    }
    Ok(runs)
}

async fn rescue(
    store: &Store,
    output: &OutputStore,
    id: RunId,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if id.0 < 0 {
        // The check of a ticket, of which nothing is kept.
        return Ok(output.remove_leftover(id).await?);
    }
    // Deleted with its task: no page shows it any more. It stays for an operator to decide.
    let Some(run) = store.run(id).await? else {
        return Ok(());
    };
    if !run.state.is_over() {
        return Ok(());
    }
    if let Some(stored) = output.recover(id, run.started_at.0).await? {
        store.attach_output(id, &stored).await?;
        tracing::info!(
            run.id = id.0,
            bytes = stored.bytes,
            "rescued the output of a dead run"
        );
    }
    Ok(())
}
