//! The part of a minute in which a crontab may be changed.

use std::time::Duration;

use chrono::{DateTime, Timelike, Utc};

use crate::clock::{Clock, SystemClock};

/// The seconds of a minute in which a change begins: cron has started what is due in it, even on a busy machine, and
/// there is time left before it reads the crontab again.
const SECONDS: std::ops::Range<u32> = 10..41;

/// A change that has begun.
pub(super) struct Window {
    began: DateTime<Utc>,
}

impl Window {
    /// Waits until a change may begin.
    pub(super) async fn open(at_once: bool) -> Self {
        loop {
            let now = SystemClock.now();
            let wait = until_open(now.second());
            if at_once || wait == 0 {
                return Self { began: now };
            }
            // In steps: the clock may be set meanwhile.
            tokio::time::sleep(Duration::from_secs(u64::from(wait.min(5)))).await;
        }
    }

    /// Whether it is still the same minute.
    pub(super) fn is_open(&self) -> bool {
        let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
        minute(SystemClock.now()) == minute(self.began)
    }

    /// Its beginning, for the name of a file.
    pub(super) fn name(&self) -> String {
        self.began.format("%Y%m%dT%H%M%SZ").to_string()
    }
}

/// Seconds until a change may begin, in this second of a minute.
fn until_open(second: u32) -> u32 {
    if SECONDS.contains(&second) {
        0
    } else if second < SECONDS.start {
        SECONDS.start - second
    } else {
        // A leap second is 60.
        60_u32.saturating_sub(second) + SECONDS.start
    }
}

#[cfg(test)]
mod tests {
    use super::until_open;

    #[test]
    fn changes_begin_in_the_middle_of_a_minute() {
        for (second, wait) in [
            (0, 10),
            (9, 1),
            (10, 0),
            (40, 0),
            (41, 29),
            (59, 11),
            (60, 10),
        ] {
            assert_eq!(until_open(second), wait, "{second}");
        }
    }
}
