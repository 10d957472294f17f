//! The vendor's limit: WeCom robots take 20 messages a minute and no more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};

/// Messages a robot takes in one minute (WeCom developer document 91770).
const PER_MINUTE: usize = 20;
/// The vendor's minute and ours do not start together; a second lies between.
const MINUTE: TimeDelta = TimeDelta::seconds(61);

/// When each channel was used last. After a restart it knows nothing; then the vendor's own
/// answer ("too many") makes the channel wait.
#[derive(Debug, Default)]
pub struct Pace {
    channels: Mutex<HashMap<ChannelId, Used>>,
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
