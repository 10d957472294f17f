//! How long a loop waits after an error.

use std::time::Duration;

/// Pauses that double with each consecutive failure, up to a limit. The pause is drawn from the upper half of that
/// ("equal jitter"), so that the servers on one database do not retry together, and none of them retries at once.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Backoff {
    first: Duration,
    most: Duration,
}

impl Backoff {
    /// The longest pause after the first failure, and after many.
    #[must_use]
    pub const fn new(first: Duration, most: Duration) -> Self {
        Self { first, most }
    }

    /// The pause after this many consecutive failures; `chance` is a number from 0 up to 1.
    #[must_use]
    pub fn pause(&self, failures: u32, chance: f64) -> Duration {
        // 2^20 of even a millisecond is 17 minutes: beyond every limit.
        let doublings = failures.saturating_sub(1).min(20);
        let longest = self.first.saturating_mul(1 << doublings).min(self.most);
        longest.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit_and_are_spread() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(6));
        let table = [
            (0, 1.0, 1_000),
            (1, 1.0, 1_000),
            (1, 0.0, 500),
            (1, 0.5, 750),
            (2, 1.0, 2_000),
            (3, 1.0, 4_000),
            (4, 1.0, 6_000),
            (4, 0.0, 3_000),
            (u32::MAX, 1.0, 6_000),
        ];
        for (failures, chance, expected) in table {
            assert_eq!(
                backoff.pause(failures, chance),
                Duration::from_millis(expected),
                "{failures} {chance}"
            );
        }
    }
}
