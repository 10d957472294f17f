//! What a loop reports about its turns, and the status that others read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::node::{LoopResult, LoopStatus};
use app::time::Stamp;
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::Spec;
use crate::clock::SharedClock;
use crate::telemetry::metrics::LoopMetrics;

/// Characters of an error that are kept.
const ERROR_MAX: usize = 300;

/// The handle through which one loop reports its turns; cheap to clone.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    spec: Spec,
    clock: SharedClock,
    chance: fn() -> f64,
    metrics: LoopMetrics,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the last turn that was started.
    turn: u64,
    running: bool,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    succeeded_at: Option<DateTime<Utc>>,
    next_at: Option<DateTime<Utc>>,
    result: Option<LoopResult>,
    error: Option<String>,
    failures: u32,
    panics: u32,
}

impl Turns {
    pub(super) fn new(
        spec: Spec,
        clock: SharedClock,
        chance: fn() -> f64,
        metrics: LoopMetrics,
    ) -> Self {
        Self(Arc::new(Inner {
            spec,
            clock,
            chance,
            metrics,
            state: Mutex::default(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the loop.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.spec.name
    }

    pub(super) fn spec(&self) -> &Spec {
        &self.0.spec
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// A turn starts.
    pub fn begin(&self) {
        let now = self.0.clock.now();
        let mut state = self.lock();
        state.turn += 1;
        state.running = true;
        state.started_at = Some(now);
        state.next_at = None;
    }

    /// The turn succeeded.
    pub fn succeeded(&self) {
        let now = self.0.clock.now();
        let mut state = self.lock();
        state.running = false;
        state.ended_at = Some(now);
        state.succeeded_at = Some(now);
        state.result = Some(LoopResult::Ok);
        state.failures = 0;
        drop(state);
        self.0.metrics.succeeded(now);
    }

    /// The turn failed. Returns the number of consecutive failures.
    pub fn failed(&self, error: &(dyn std::error::Error + 'static)) -> u32 {
        let failures = self.ended_badly(LoopResult::Error, &chain(error));
        self.0.metrics.failed(failures);
        failures
    }

    pub(super) fn panicked(&self, words: &str) {
        let failures = self.ended_badly(LoopResult::Panic, words);
        self.0.metrics.panicked(failures);
        tracing::error!(
            r#loop = self.name(),
            failures,
            panic = words,
            "a background loop panicked and is restarted"
        );
    }

    fn ended_badly(&self, result: LoopResult, words: &str) -> u32 {
        let now = self.0.clock.now();
        let mut state = self.lock();
        state.running = false;
        state.ended_at = Some(now);
        state.result = Some(result);
        state.error = Some(words.chars().take(ERROR_MAX).collect());
        state.failures = state.failures.saturating_add(1);
        state.panics += u32::from(result == LoopResult::Panic);
        state.failures
    }

    /// Runs one turn, within its span, and records the result.
    ///
    /// # Errors
    /// Those of the turn.
    pub async fn turn<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        E: std::error::Error + 'static,
    {
        self.begin();
        let done = work.instrument(self.span()).await;
        match &done {
            Ok(_) => self.succeeded(),
            Err(error) => {
                self.failed(error);
            }
        }
        done
    }

    /// The span of the current turn: every line logged in it carries the loop's name and the number of the turn. The field
    /// is not called `name`, which is the span's own in JSON. At error level, so that a filter for errors keeps both.
    #[must_use]
    pub fn span(&self) -> Span {
        let turn = self.lock().turn;
        // Within the span of the loop the name would be on each line twice.
        tracing::error_span!(parent: None, "loop", loop_name = self.name(), turn)
    }

    /// The span of a loop that repeats itself: of the lines between its turns.
    pub(super) fn loop_span(&self) -> Span {
        tracing::error_span!("loop", loop_name = self.name())
    }

    /// The pause after the failures so far.
    #[must_use]
    pub fn pause(&self) -> Duration {
        let failures = self.lock().failures;
        self.0.spec.backoff.pause(failures, (self.0.chance)())
    }

    /// Waits for the pause after the failures so far, or until `stop`.
    pub async fn back_off(&self, stop: &CancellationToken) {
        let pause = TimeDelta::from_std(self.pause()).unwrap_or(TimeDelta::MAX);
        let until = self.0.clock.now() + pause;
        self.lock().next_at = Some(until);
        tokio::select! {
            () = self.0.clock.sleep_until(until) => {}
            () = stop.cancelled() => {}
        }
    }

    /// How the loop is doing.
    #[must_use]
    pub fn status(&self) -> LoopStatus {
        let state = self.lock();
        LoopStatus {
            name: self.name().to_owned(),
            every_ms: self.0.spec.every.map(milliseconds),
            woken: self.0.spec.woken,
            running: state.running,
            started_at: state.started_at.map(Stamp),
            ended_at: state.ended_at.map(Stamp),
            succeeded_at: state.succeeded_at.map(Stamp),
            next_at: state.next_at.map(Stamp),
            result: state.result,
            error: state.error.clone(),
            failures: state.failures,
            panics: state.panics,
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = inner.source();
    }
    text
}
