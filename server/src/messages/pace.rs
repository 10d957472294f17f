//! The rate limit of a vendor: WeCom robots take 20 messages a minute.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};

/// Messages a robot takes in one minute (WeCom developer document 91770).
const PER_MINUTE: usize = 20;
/// The vendor's minute and ours do not start together; a second lies between.
const MINUTE: TimeDelta = TimeDelta::seconds(61);
/// The part of a pause that is left to chance.
const SPREAD: f64 = 0.2;

/// When each channel was used last. After a restart it knows nothing; then the vendor's own
/// answer ("too many") makes the channel wait.
///
/// By default its chance is always one half, so that pauses are what they are.
#[derive(Debug)]
pub struct Pace {
    channels: Mutex<HashMap<ChannelId, Used>>,
    chance: fn() -> f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(|| 0.5)
    }
}

#[derive(Debug, Default)]
struct Used {
    recent: VecDeque<DateTime<Utc>>,
    blocked_until: Option<DateTime<Utc>>,
}

impl Used {
    fn free_at(&self) -> Option<DateTime<Utc>> {
        let full = (self.recent.len() >= PER_MINUTE)
            .then(|| self.recent.front().map(|first| *first + MINUTE))
            .flatten();
        full.max(self.blocked_until)
    }
}

impl Pace {
    /// No channel was used yet. `chance` gives numbers from 0 up to 1.
    #[must_use]
    pub fn new(chance: fn() -> f64) -> Self {
        Self {
            channels: Mutex::default(),
            chance,
        }
    }

    /// A pause made up to a fifth shorter or longer: after an outage not all channels of all
    /// servers try again at the same time.
    #[must_use]
    pub fn spread(&self, pause: TimeDelta) -> TimeDelta {
        let factor = 1.0 + SPREAD * (2.0 * (self.chance)() - 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "pauses are up to half an hour"
        )]
        let millis = (pause.num_milliseconds() as f64 * factor) as i64;
        TimeDelta::milliseconds(millis)
    }

    /// Until when a channel has to wait; `None` when it may be used.
    #[must_use]
    pub fn wait(&self, channel: ChannelId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels
            .get(&channel)?
            .free_at()
            .filter(|until| *until > now)
    }

    /// The earliest time at which a waiting channel is free again.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels
            .values()
            .filter_map(Used::free_at)
            .filter(|until| *until > now)
            .min()
    }

    /// Notes that a channel is used.
    pub fn note(&self, channel: ChannelId, now: DateTime<Utc>) {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let used = channels.entry(channel).or_default();
        if used.recent.len() == PER_MINUTE {
            used.recent.pop_front();
        }
        used.recent.push_back(now);
    }

    /// Makes a channel wait.
    pub fn block(&self, channel: ChannelId, until: DateTime<Utc>) {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(channel).or_default().blocked_until = Some(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_moves_a_pause_by_no_more_than_a_fifth() {
        let pause = TimeDelta::seconds(10);
        let with = |chance: fn() -> f64| Pace::new(chance).spread(pause).num_milliseconds();
        assert_eq!(with(|| 0.0), 8_000);
        assert_eq!(with(|| 0.5), 10_000);
        assert_eq!(with(|| 0.999_999_9), 11_999);
        assert_eq!(Pace::default().spread(pause), pause);
    }

    #[test]
    fn twenty_in_any_minute() {
        let pace = Pace::default();
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        let (ours, other) = (ChannelId(1), ChannelId(2));
        let mut sent: Vec<DateTime<Utc>> = Vec::new();
        for second in 0..300 {
            let now = start + TimeDelta::seconds(second);
            while pace.wait(ours, now).is_none() {
                pace.note(ours, now);
                sent.push(now);
            }
        }
        for (index, at) in sent.iter().enumerate() {
            let minute = sent[index..]
                .iter()
                .filter(|later| **later - *at < TimeDelta::seconds(60))
                .count();
            assert!(minute <= PER_MINUTE, "{minute} from {at}");
        }
        assert!(
            sent.len() >= 4 * PER_MINUTE,
            "the limit is used: {}",
            sent.len()
        );
        assert_eq!(pace.wait(other, start), None);
    }
}
