//! Spreads firings: the delay is a pure function of the schedule and the instant, so that every node, the preview and
//! a restart compute the same one.

use app::id::ScheduleId;
use app::schedule::Jitter;
use chrono::{DateTime, TimeDelta, Utc};

/// The delay of a firing. `room` is the time to the next firing; the delay always stays below it.
pub(super) fn delay(
    jitter: Jitter,
    schedule: ScheduleId,
    scheduled_for: DateTime<Utc>,
    room: Option<TimeDelta>,
) -> TimeDelta {
    let limit = limit(jitter, room).num_milliseconds();
    if limit <= 0 {
        return TimeDelta::zero();
    }
    let seed = schedule.0.unsigned_abs();
    if jitter.stable {
        // Computed over the whole span, then cut: a schedule's delay does not depend on the gaps between its firings.
        let span = jitter.seconds.saturating_mul(1000).max(1);
        let wanted = i64::try_from(mix(seed) % span.unsigned_abs()).unwrap_or(0);
        return TimeDelta::milliseconds(wanted.min(limit - 1));
    }
    let at = scheduled_for.timestamp_micros().unsigned_abs();
    let wanted = mix(mix(seed) ^ at) % limit.unsigned_abs();
    TimeDelta::milliseconds(i64::try_from(wanted).unwrap_or(0))
}

/// The exclusive upper bound of the delay.
pub(super) fn limit(jitter: Jitter, room: Option<TimeDelta>) -> TimeDelta {
    let span = TimeDelta::seconds(jitter.seconds.max(0));
    room.map_or(span, |room| span.min(room))
}

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): adjacent inputs give distant outputs.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
