//! Stops in two steps: the first signal stops taking work, the second ends what runs.

use tokio_util::sync::CancellationToken;

/// Signals that the process has to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    first: CancellationToken,
    second: CancellationToken,
}

impl Stop {
    /// Listens to TERM and INT.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let stop = Self::default();
        let mut term = signal(SignalKind::terminate())?;
        let mut int = signal(SignalKind::interrupt())?;
        let notified = stop.clone();
        tokio::spawn(async move {
            for token in [&notified.first, &notified.second] {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = int.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(stop)
    }

    /// Ends at once.
    pub fn now(&self) {
        self.first.cancel();
        self.second.cancel();
    }

    /// Stops taking work.
    pub fn gently(&self) {
        self.first.cancel();
    }

    /// The first step, for loops.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.first.clone()
    }

    /// Waits for the first step.
    pub async fn first(&self) {
        self.first.cancelled().await;
    }

    /// Waits for the second step.
    pub async fn second(&self) {
        self.second.cancelled().await;
    }
}
