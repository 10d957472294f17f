//! Metrics: who may read them, and what a scrape reads.

use std::time::Duration;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use subtle::ConstantTimeEq;

use super::Service;
use crate::auth::token::hash;
use crate::error::OrInternal;
use crate::telemetry::Depths;

/// Time limit of the queries for queue depths: a scrape without them is better than none.
const PATIENCE: Duration = Duration::from_secs(2);
/// Waiting output files are counted up to this number.
const FILES_MAX: u64 = 10_000;

/// Which requests may read metrics without an account: by default none.
#[derive(Clone, Debug, Default)]
pub struct ScrapeRule {
    /// The hash of the scrape token.
    token: Option<String>,
    /// Whether processes on this machine may.
    loopback: bool,
}

impl ScrapeRule {
    /// Admits requests with this token, and with `loopback` those from this machine.
    #[must_use]
    pub fn new(token: Option<&str>, loopback: bool) -> Self {
        Self {
            token: token.map(hash),
            loopback,
        }
    }

    /// Whether this is the token; compares in constant time.
    #[must_use]
    pub fn accepts(&self, token: &str) -> bool {
        let known = self.token.as_ref();
        known.is_some_and(|known| hash(token).as_bytes().ct_eq(known.as_bytes()).into())
    }

    /// Whether processes on this machine need no token.
    #[must_use]
    pub const fn trusts_this_machine(&self) -> bool {
        self.loopback
    }
}

impl Service {
    /// All metrics as text, for an administrator. The number of queries does not depend on the number of
    /// tasks.
    ///
    /// # Errors
    /// When the caller may not read them, or the text cannot be written.
    pub async fn metrics_text(&self, caller: &Caller) -> Answer<String> {
        self.allow(caller, Action::Administer)?;
        self.scraped(caller.lang).await
    }

    /// The same for a request that [`ScrapeRule`] admits.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub async fn scraped(&self, lang: Lang) -> Answer<String> {
        let read = async { tokio::join!(self.store.queue_depths(), self.upkeep_times()) };
        let asked = tokio::time::timeout(PATIENCE, read).await;
        let (queues, [pruned_at, backup_at]) = match asked {
            Ok((Ok(queues), times)) => (Some(queues), times),
            Ok((Err(error), times)) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "depths of queues cannot be read"
                );
                (None, times)
            }
            Err(_) => (None, [None, None]),
        };
        let output = self.output.clone();
        let files = tokio::task::spawn_blocking(move || output.count_waiting(FILES_MAX)).await;
        let depths = Depths {
            running: self.executor.as_ref().map_or(0, |one| one.running()),
            waiting: queues.map(|queues| queues.waiting_runs),
            outbox: queues.map(|queues| queues.outbox),
            results_bytes: self
                .executor
                .as_ref()
                .and_then(|one| one.spooled_bytes().ok()),
            output_files: files.ok().and_then(Result::ok),
            pruned_at,
            backup_at,
        };
        self.metrics.text(&depths).or_internal(lang)
    }
}
