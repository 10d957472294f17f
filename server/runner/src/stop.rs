//! What a run waits for besides its end: a stop, and its limits.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::report::StopReason;

/// Where a request to stop arrives.
pub(crate) type Stopped = watch::Receiver<Option<StopReason>>;

/// Waits until a stop is requested.
pub(crate) async fn asked_to_stop(stopped: &mut Stopped) -> StopReason {
    match stopped
        .wait_for(Option::is_some)
        .await
        .map(|reason| reason.clone())
    {
        Ok(Some(reason)) => reason,
        // No sender is left.
        _ => std::future::pending().await,
    }
}

/// Waits until this many seconds have passed; without a limit it never returns.
pub(crate) async fn passed(start: Instant, seconds: Option<i64>) {
    match seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) => tokio::time::sleep_until(start + Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}
