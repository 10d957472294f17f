//! The brief in a message about a failure: made when the message leaves, and never in its way.

use std::sync::Weak;
use std::time::Duration;

use app::i18n::Lang;
use app::id::RunId;
use app::run::brief::Brief;
use app::texts::brief::lines;
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
    comparing: Duration,
}

impl MessageBriefs {
    /// Briefs of the runs that a service knows.
    #[must_use]
    pub const fn new(service: Weak<Service>) -> Self {
        Self {
            service,
            within: WITHIN,
            comparing: Duration::MAX,
        }
    }

    /// The same with another limit, for machines that are slow: tests.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// The same with a limit for the comparison of outputs beside the one for all of it: tests.
    #[must_use]
    pub fn comparing_within(self, comparing: Duration) -> Self {
        Self { comparing, ..self }
    }
}

#[async_trait]
impl Briefs for MessageBriefs {
    async fn brief(&self, run: RunId, lang: Lang) -> Option<Brief> {
        let service = self.service.upgrade()?;
        let limits = (self.within, self.comparing);
        service.brief_for_message(run, lang, limits).await
    }
}

impl Service {
    /// The brief of a run for people of whom nothing is known: without names of secrets. What is known in time is kept,
    /// also where the comparison of outputs takes longer. `None` where it cannot be made: its message goes without it.
    pub(in crate::service) async fn brief_for_message(
        &self,
        run: RunId,
        lang: Lang,
        (within, comparing): (Duration, Duration),
    ) -> Option<Brief> {
        let limit = Instant::now() + within;
        let known = until(limit, self.known_brief(lang, false, run)).await;
        let (mut brief, beside) = match known? {
            Ok(known) => known,
            Err(error) => {
                tracing::debug!(run.id = run.0, %error, "a message goes without the brief of its run");
                return None;
            }
        };
        if let Some((run, success)) = &beside {
            let limit = Instant::now()
                .checked_add(comparing)
                .map_or(limit, |other| limit.min(other));
            let compared = until(limit, self.output_beside(lang, run, success)).await;
            // An output that cannot be read costs the comparison, not what is known without it.
            if let Some(Ok(output)) = compared {
                brief.output = output;
            }
        }
        brief.lines = lines(&brief, lang);
        Some(brief)
    }
}

/// What comes of some work by an instant. Without time left it is not begun: a timer that is due at once may leave it a
/// turn.
async fn until<T>(limit: Instant, work: impl Future<Output = T>) -> Option<T> {
    if limit <= Instant::now() {
        return None;
    }
    timeout_at(limit, work).await.ok()
}
