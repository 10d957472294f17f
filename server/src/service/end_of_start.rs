//! Waiting for the end of a start in one request: of the run, and of the attempts that follow it.

use std::time::Duration;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::id::RunId;
use app::run::Run;
use app::start_url::WAIT_MAX;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Service;
use crate::error::OrInternal;

/// Requests that wait at once. Each holds a connection, so others are answered with the state at that moment.
pub(super) const WAITING_MAX: usize = 64;
/// How often the run is read where no signal comes: it is on another server.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Changes within this time are looked at once.
const TOGETHER: Duration = Duration::from_millis(50);

impl Service {
    /// The latest attempt of the start that a run belongs to, once it is over, or after `wait` seconds.
    ///
    /// # Errors
    /// When the caller may not read, or there is no such run.
    pub async fn run_end(
        &self,
        caller: &Caller,
        id: RunId,
        wait: u32,
        stop: &CancellationToken,
    ) -> Answer<Run> {
        self.allow(caller, Action::Read)?;
        let run = self.find_run(caller.lang, id).await?;
        self.end_of_start(caller.lang, run, wait, stop).await
    }

    /// The same for a run that was just started. It ends early when the server stops, when too many wait, or when the
    /// run is deleted.
    pub(super) async fn end_of_start(
        &self,
        lang: Lang,
        run: Run,
        wait: u32,
        stop: &CancellationToken,
    ) -> Answer<Run> {
        let limit = Instant::now() + Duration::from_secs(wait.min(WAIT_MAX).into());
        // Before the first look, so that no end is missed between look and wait.
        let mut changes = self.signals.subscribe();
        let mut latest = self.latest_attempt(lang, run).await?;
        if wait == 0 {
            return Ok(latest);
        }
        let Ok(_place) = self.waiting.try_acquire() else {
            return Ok(latest);
        };
        // The attempt that follows a failure is written together with it.
        while !latest.state.is_over() && Instant::now() < limit {
            let task = latest.task_id;
            let changed = async {
                while changes
                    .recv()
                    .await
                    .is_ok_and(|change| change.task.is_some_and(|of| of != task))
                {}
            };
            let until = limit.min(Instant::now() + LOOK_AGAIN);
            tokio::select! {
                () = stop.cancelled() => break,
                _ = timeout_at(until, changed) => {}
            }
            tokio::time::sleep(TOGETHER).await;
            latest = self.latest_attempt(lang, latest).await?;
        }
        Ok(latest)
    }

    async fn latest_attempt(&self, lang: Lang, run: Run) -> Answer<Run> {
        let attempts = self.store.attempts(&run).await.or_internal(lang)?;
        match attempts.into_iter().next_back() {
            Some(latest) => Ok(latest),
            // Its history was deleted: this reports that it is gone.
            None => self.find_run(lang, run.id).await,
        }
    }
}
