//! Waiting for something to be so, never for a time to pass and hope.

use std::time::Duration;

use tokio::time::Instant;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// Looks until there is something, at most so long.
pub(crate) async fn until<T, F>(limit: Duration, mut look: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Lets a fault or a load go on for a while: the one wait that is for time itself.
pub(crate) async fn let_pass(time: Duration) {
    tokio::time::sleep(time).await;
}
