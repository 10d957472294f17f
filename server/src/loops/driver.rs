//! The driver: runs loops, catches panics, and backs off after errors.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Spec, Turns};

/// Why a turn failed.
pub type TurnError = Box<dyn std::error::Error + Send + Sync>;

/// A loop that is one turn, repeated by the driver.
#[async_trait]
pub trait Periodic: Send + Sync {
    /// Its definition. A period is required: it turns at least that often.
    fn spec(&self) -> Spec;

    /// One turn. It is cancelled at an await point when the server stops.
    ///
    /// # Errors
    /// Any failure; it is logged and shown, and the turn is repeated after a pause.
    async fn turn(&self) -> Result<(), TurnError>;

    /// Completes when a turn is needed before the period is over.
    async fn woken(&self) {
        std::future::pending().await
    }
}

/// Repeats turns until `stop`: one now, then by the period or when the loop is woken, and after an error by its
/// backoff. A panic is recorded and counts as an error.
pub async fn repeat(work: impl Periodic, turns: Turns, stop: CancellationToken) {
    while !stop.is_cancelled() {
        turns.begin();
        let turn = AssertUnwindSafe(work.turn().instrument(turns.span())).catch_unwind();
        let done = tokio::select! {
            done = turn => done,
            () = stop.cancelled() => return,
        };
        match done {
            Ok(Ok(())) => {
                turns.succeeded();
                let until = turns
                    .spec()
                    .every
                    .and_then(|every| TimeDelta::from_std(every).ok())
                    .map(|every| turns.clock().now() + every);
                let period = async {
                    match until {
                        Some(until) => turns.clock().sleep_until(until).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = period => {}
                    () = work.woken() => {}
                    () = stop.cancelled() => {}
                }
            }
            Ok(Err(error)) => {
                let failures = turns.failed(&*error);
                // Logged once each time it starts to fail; the status has the rest.
                if failures == 1 {
                    tracing::warn!(
                        r#loop = turns.name(),
                        error = &*error as &dyn std::error::Error,
                        "a background loop failed and is tried again"
                    );
                }
                turns.back_off(&stop).await;
            }
            Err(panic) => {
                turns.panicked(words(&*panic));
                turns.back_off(&stop).await;
            }
        }
    }
}

/// Runs a loop that repeats itself, until it returns. A panic is recorded, and after the pause of its backoff `make`
/// creates the loop again, unless `stop` was signalled. State that must survive a panic (a queue, work in progress)
/// belongs outside the future that `make` returns.
pub async fn supervise<F>(turns: Turns, stop: CancellationToken, mut make: impl FnMut() -> F)
where
    F: Future<Output = ()>,
{
    loop {
        let Err(panic) = AssertUnwindSafe(make().instrument(turns.loop_span()))
            .catch_unwind()
            .await
        else {
            return;
        };
        turns.panicked(words(&*panic));
        turns.back_off(&stop).await;
        if stop.is_cancelled() {
            return;
        }
    }
}

/// The message of a panic.
fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
