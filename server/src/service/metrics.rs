//! Metrics: who may read them, and what is read when they are.

use std::time::Duration;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use subtle::ConstantTimeEq;

use super::Service;
use crate::auth::token::hash;
use crate::error::OrInternal;
use crate::telemetry::Depths;

/// The database gets so long for the depths of its queues; a scrape without them says more than none.
const PATIENCE: Duration = Duration::from_secs(2);
/// Waiting files of output are counted up to this many.
const FILES_MAX: u64 = 10_000;

/// Which requests may read metrics without an account: none, unless settings say otherwise.
#[derive(Clone, Debug, Default)]
pub struct ScrapeRule {
    /// The hash of the token for it.
    token: Option<String>,
    /// Whether processes of this machine may.
    loopback: bool,
}

impl ScrapeRule {
    /// Requests with this token, and with `loopback` those of this machine.
    #[must_use]
    pub fn new(token: Option<&str>, loopback: bool) -> Self {
        Self {
            token: token.map(hash),
            loopback,
        }
    }

    /// Whether this is the token. Takes the same time whatever is wrong with it.
    #[must_use]
    pub fn accepts(&self, token: &str) -> bool {
        let known = self.token.as_ref();
        known.is_some_and(|known| hash(token).as_bytes().ct_eq(known.as_bytes()).into())
    }

    /// Whether a process of this machine needs none.
    #[must_use]
    pub const fn trusts_this_machine(&self) -> bool {
        self.loopback
    }
}

impl Service {
    /// All metrics as text, for an administrator. Its questions to the database are the same however
    /// many tasks there are.
    ///
    /// # Errors
    /// When the caller may not read them, or one cannot be written as text.
    pub async fn metrics_text(&self, caller: &Caller) -> Answer<String> {
        self.allow(caller, Action::Administer)?;
        self.scraped(caller.lang).await
    }

    /// The same for a request that [`ScrapeRule`] admits.
    ///
    /// # Errors
    /// When one cannot be written as text.
    pub async fn scraped(&self, lang: Lang) -> Answer<String> {
        let asked = tokio::time::timeout(PATIENCE, self.store.queue_depths()).await;
        let queues = match asked {
            Ok(Ok(queues)) => Some(queues),
            Ok(Err(error)) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "depths of queues cannot be read"
                );
                None
            }
            Err(_) => None,
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
        };
        self.metrics.text(&depths).or_internal(lang)
    }
}
