//! What became of a message: accepted, tried again later, or given up.

use app::channel::ChannelKind;
use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};

use super::{BACK_OFF, Outbox, Pace};
use crate::outbound::SendError;
use crate::store::{OutboxItem, RetryCause, StoreError};
use crate::telemetry::Delivery;

/// Attempts before a message is given up: with the pauses below about three hours.
const ATTEMPTS_MAX: i32 = 16;
/// A vendor's minute, and a second.
const MINUTE: TimeDelta = TimeDelta::seconds(61);
/// A vendor that asks for no wait at all is left alone for so long.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// Transactions that give up what has waited for a channel for too long; what is left goes with its next answer.
const LIMITED_TURNS: u32 = 100;
/// Times the database is asked to take what became of a message: an hour of them.
const SETTLE_TRIES: u32 = 3600;

impl Outbox {
    /// Writes what became of a message, again and again until the database has it: the message has
    /// left, and nobody else knows.
    pub(super) async fn settle(
        &self,
        item: &OutboxItem,
        kind: ChannelKind,
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
            match self.settle_once(item, kind, &answer).await {
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
        kind: ChannelKind,
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
            // The vendor counts by the minute; waiting is no failure of the message, unless it never ends.
            let wait = asked.map_or(MINUTE, |asked| asked.wait(now)).max(SECOND);
            self.pace.note(item.channel_id, now + wait, now);
            self.store
                .outbox_retry(item, &words, now + wait, RetryCause::Pace, now)
                .await?;
            self.give_up_limited(item.channel_id, kind, &words, now)
                .await?;
            return Ok(Delivery::RateLimited);
        }
        if error.is_final() || item.tries() >= ATTEMPTS_MAX {
            self.store
                .outbox_dead(item, &words, error.is_final(), now)
                .await?;
            // Another channel may have got it.
            self.signals.outbox.notify_one();
            return Ok(Delivery::Dead);
        }
        let pause = pause(&self.pace, item.tries(), error, now);
        let cause = match error {
            SendError::Unanswered(_) => RetryCause::Unanswered,
            _ => RetryCause::Passing,
        };
        self.store
            .outbox_retry(item, &words, now + pause, cause, now)
            .await?;
        Ok(Delivery::Retry)
    }
}

impl Outbox {
    /// Gives up what has waited for too long for a channel that keeps asking for fewer messages.
    async fn give_up_limited(
        &self,
        channel: ChannelId,
        kind: ChannelKind,
        words: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for _ in 0..LIMITED_TURNS {
            let count = self
                .store
                .outbox_give_up_limited(channel, words, now)
                .await?;
            if count == 0 {
                break;
            }
            for _ in 0..count {
                self.metrics.message(kind, Delivery::Dead);
            }
            // Another channel may have got them.
            self.signals.outbox.notify_one();
        }
        Ok(())
    }
}

/// Until the next attempt: spread, and never less than the vendor asked for.
fn pause(pace: &Pace, attempts: i32, error: &SendError, now: DateTime<Utc>) -> TimeDelta {
    let spread = pace.spread(retry_pause(attempts));
    match error {
        SendError::Answer(_, Some(asked)) => spread.max(asked.wait(now)),
        _ => spread,
    }
}

/// 2 s, then doubling up to 30 min.
fn retry_pause(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(0).min(10);
    TimeDelta::seconds((2_i64 << doublings).min(1800))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::RetryAfter;

    #[test]
    fn retries_are_spread_within_their_bounds_and_wait_as_long_as_they_are_asked_to() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
        let of = |chance: fn() -> f64, attempts, asked: Option<u64>| {
            let asked = asked.map(RetryAfter::Seconds);
            let error = SendError::Answer("503".to_owned(), asked);
            pause(&Pace::new(chance), attempts, &error, now).num_milliseconds()
        };
        let mut usual = 2_000;
        for attempts in 1..ATTEMPTS_MAX {
            let chances: [fn() -> f64; 3] = [|| 0.0, || 0.5, || 1.0];
            let [least, middle, most] = chances.map(|chance| of(chance, attempts, None));
            let bounds = (usual * 8 / 10, usual, usual * 12 / 10);
            assert_eq!((least, middle, most), bounds, "attempt {attempts}");
            assert_eq!(of(|| 0.5, attempts, Some(3_600)), 3_600_000);
            assert_eq!(of(|| 0.5, attempts, Some(1)), middle);
            usual = (usual * 2).min(1_800_000);
        }
        let endless = SendError::Answer(String::new(), Some(RetryAfter::Seconds(u64::MAX)));
        let longest = pause(&Pace::default(), 1, &endless, now);
        assert_eq!(
            longest,
            TimeDelta::hours(1),
            "no vendor silences a message for longer"
        );
    }
}
