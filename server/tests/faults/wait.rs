//! Waiting for conditions, never for time to pass.

use std::time::Duration;

use tokio::time::Instant;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// Polls until there is a value, for at most this long.
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

/// Lets a fault or a load continue for a while: the only wait for time itself.
pub(crate) async fn let_pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Waits for something, for three minutes.
pub(crate) async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(180), work)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
