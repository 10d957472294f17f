//! The brief in a message about a failure: made when the message leaves, and never in its way.

use std::sync::Weak;
use std::time::Duration;

use app::i18n::Lang;
use app::id::RunId;
use app::run::brief::Brief;
use async_trait::async_trait;
use tokio::time::{Instant, timeout_at};

use super::super::Service;
use crate::messages::Briefs;

/// So long a message waits for its brief.
const WITHIN: Duration = Duration::from_millis(50);

/// Makes briefs for messages.
pub struct MessageBriefs {
    service: Weak<Service>,
    within: Duration,
}

impl MessageBriefs {
    /// Briefs of the runs that a service knows.
    #[must_use]
    pub const fn new(service: Weak<Service>) -> Self {
        Self {
            service,
            within: WITHIN,
        }
    }

    /// The same with another limit, for machines that are slow: tests.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

#[async_trait]
impl Briefs for MessageBriefs {
    async fn brief(&self, run: RunId, lang: Lang) -> Option<Brief> {
        let service = self.service.upgrade()?;
        let limit = Instant::now() + self.within;
        let made = timeout_at(limit, service.brief_for_message(run, lang)).await;
        // A runtime that is busy looks at its timers late.
        made.ok().flatten().filter(|_| Instant::now() < limit)
    }
}

impl Service {
    /// The brief of a run for people of whom nothing is known: without names of secrets. `None` where it cannot be made:
    /// its message goes without it.
    pub(in crate::service) async fn brief_for_message(
        &self,
        run: RunId,
        lang: Lang,
    ) -> Option<Brief> {
        match self.brief_as(lang, false, run).await {
            Ok(brief) => Some(brief),
            Err(error) => {
                tracing::debug!(run.id = run.0, %error, "a message goes without the brief of its run");
                None
            }
        }
    }
}
