//! What became of a message: accepted, tried again later, or given up.

use chrono::TimeDelta;

use super::{BACK_OFF, Outbox};
use crate::outbound::SendError;
use crate::store::{OutboxItem, Setback, StoreError};
use crate::telemetry::Delivery;

/// Attempts before a message is given up: with the pauses below about three hours.
const ATTEMPTS_MAX: i32 = 16;
/// A vendor's minute, and a second.
const MINUTE: TimeDelta = TimeDelta::seconds(61);
/// A vendor that asks for no wait at all is left alone for so long.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// Times the database is asked to take what became of a message: an hour of them.
const SETTLE_TRIES: u32 = 3600;

impl Outbox {
    /// Writes what became of a message, again and again until the database has it: the message has
    /// left, and nobody else knows.
    pub(super) async fn settle(
        &self,
        item: &OutboxItem,
        answer: Result<String, SendError>,
    ) -> Delivery {
        if let Err(error) = &answer {
            tracing::warn!(
                attempts = item.attempts,
                error = error as &dyn std::error::Error,
                "a message was not accepted"
            );
        }
        for _ in 0..SETTLE_TRIES {
            match self.settle_once(item, &answer).await {
                Ok(result) => return result,
                Err(error) => tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "the result of a message is waiting for the database"
                ),
            }
            tokio::time::sleep(BACK_OFF).await;
        }
        tracing::error!("the database did not take what became of a message");
        // The node that takes this one's messages over sends it again.
        Delivery::Retry
    }

    async fn settle_once(
        &self,
        item: &OutboxItem,
        answer: &Result<String, SendError>,
    ) -> Result<Delivery, StoreError> {
        let now = self.clock.now();
        let error = match answer {
            Ok(words) => {
                self.store.outbox_sent(item, words, now).await?;
                return Ok(Delivery::Sent);
            }
            Err(error) => error,
        };
        let words = error.stored();
        if let SendError::TooMany(_, asked) = error {
            // The vendor counts by the minute; waiting is no failure of the message.
            let wait = asked.map_or(MINUTE, |asked| asked.wait(now)).max(SECOND);
            self.pace.note(item.channel_id, now + wait, now);
            self.store
                .outbox_retry(item, &words, now + wait, Setback::Pace, now)
                .await?;
            return Ok(Delivery::RateLimited);
        }
        if error.is_final() || item.attempts >= ATTEMPTS_MAX {
            self.store
                .outbox_dead(item, &words, error.is_final(), now)
                .await?;
            // Another channel may have got it.
            self.signals.outbox.notify_one();
            return Ok(Delivery::Dead);
        }
        let mut pause = self.pace.spread(retry_pause(item.attempts));
        if let SendError::Answer(_, Some(asked)) = error {
            pause = pause.max(asked.wait(now));
        }
        self.store
            .outbox_retry(item, &words, now + pause, Setback::Passing, now)
            .await?;
        Ok(Delivery::Retry)
    }
}

/// 2 s, then doubling up to 30 min.
fn retry_pause(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(0).min(10);
    TimeDelta::seconds((2_i64 << doublings).min(1800))
}
