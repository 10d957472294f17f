//! When channels may be used again, as far as this server knows, and how retries are spread.
//!
//! The pace itself is in the database, one for all servers (`store/messages/slots.rs`). What is kept
//! here only spares questions to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use app::id::ChannelId;
use chrono::{DateTime, TimeDelta, Utc};

/// The part of a pause that is left to chance.
const SPREAD: f64 = 0.2;
/// The database is asked again after so long, whatever it said: a channel may have got a new address.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(61);

/// Locked while a channel sends to a robot. Who waits gets it in the order of asking.
pub(super) type Turn = tokio::sync::Mutex<()>;

/// Until when channels have to wait.
///
/// By default its chance is always one half, so that pauses are what they are.
#[derive(Debug)]
pub struct Pace {
    waits: Mutex<HashMap<ChannelId, DateTime<Utc>>>,
    /// Held by the channel that sends to a robot, by the mark of the robot.
    turns: Mutex<HashMap<i64, Arc<Turn>>>,
    chance: fn() -> f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(|| 0.5)
    }
}

impl Pace {
    /// No channel has to wait. `chance` gives numbers from 0 up to 1.
    #[must_use]
    pub fn new(chance: fn() -> f64) -> Self {
        Self {
            waits: Mutex::default(),
            turns: Mutex::default(),
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

    /// Until when a channel has to wait; `None` when the database is to be asked.
    #[must_use]
    pub fn wait(&self, channel: ChannelId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits
            .get(&channel)
            .copied()
            // Also where the clock was set back.
            .filter(|until| *until > now && *until <= now + ASK_AGAIN)
    }

    /// The earliest time at which a waiting channel is free again. Forgets those that are.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.retain(|_, until| *until > now);
        waits.values().min().copied()
    }

    /// The turn of a robot: of its channels one sends at a time, so that they share its pace fairly and do not compete
    /// for its slots in the database.
    #[must_use]
    pub(super) fn turn(&self, robot: i64) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(robot).or_default())
    }

    /// Notes what the database said.
    pub fn note(&self, channel: ChannelId, until: DateTime<Utc>, now: DateTime<Utc>) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.insert(channel, until.min(now + ASK_AGAIN));
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
    fn turns_are_forgotten_once_nothing_waits_for_them() {
        let pace = Pace::default();
        let turn = pace.turn(-1);
        assert!(Arc::ptr_eq(&turn, &pace.turn(-1)));
        assert!(!Arc::ptr_eq(&turn, &pace.turn(-2)));
        drop(turn);
        let _other = pace.turn(-3);
        let turns = pace.turns.lock().expect("turns");
        assert_eq!(turns.keys().copied().collect::<Vec<_>>(), [-3]);
    }

    #[test]
    fn the_database_is_asked_again_within_a_minute() {
        let pace = Pace::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        let (ours, other) = (ChannelId(1), ChannelId(2));
        pace.note(ours, now + TimeDelta::hours(1), now);
        assert_eq!(pace.wait(ours, now), Some(now + ASK_AGAIN));
        assert_eq!(pace.wait(other, now), None);
        assert_eq!(pace.next(now), Some(now + ASK_AGAIN));
        assert_eq!(pace.wait(ours, now + ASK_AGAIN), None);
        // Set back by an hour, the clock would never reach it in time.
        assert_eq!(pace.wait(ours, now - TimeDelta::hours(1)), None);
        assert_eq!(pace.next(now + ASK_AGAIN), None);
        assert_eq!(pace.next(now), None, "it is forgotten");
    }
}
