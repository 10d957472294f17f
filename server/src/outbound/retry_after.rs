//! How long the other end wants to be left alone.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// A wait that the other end asked for (`Retry-After`, RFC 9110, 10.2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryAfter {
    /// So many seconds.
    Seconds(u64),
    /// Until then.
    Until(DateTime<Utc>),
}

impl RetryAfter {
    /// No wait is longer: a vendor that names next year must not silence a channel.
    const MAX: TimeDelta = TimeDelta::hours(1);

    /// What the headers ask for; `None` where they ask for nothing readable.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Self::Seconds(seconds));
        }
        let until = DateTime::parse_from_rfc2822(text).ok()?;
        Some(Self::Until(until.with_timezone(&Utc)))
    }

    /// How long that is from `now`, between nothing and an hour.
    pub(crate) fn wait(self, now: DateTime<Utc>) -> TimeDelta {
        let wait = match self {
            Self::Seconds(seconds) => {
                TimeDelta::from_std(Duration::from_secs(seconds)).unwrap_or(Self::MAX)
            }
            Self::Until(until) => until - now,
        };
        wait.clamp(TimeDelta::zero(), Self::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_and_bounded() {
        let now = DateTime::parse_from_rfc3339("2026-11-22T08:00:00Z")
            .expect("an instant")
            .with_timezone(&Utc);
        let table = [
            ("120", Some(120)),
            ("0", Some(0)),
            ("999999999999", Some(3600)),
            ("18446744073709551615", Some(3600)),
            ("Sun, 22 Nov 2026 08:05:00 GMT", Some(300)),
            ("Sun, 22 Nov 2026 07:00:00 GMT", Some(0)),
            ("Wed, 22 Nov 2028 08:00:00 GMT", Some(3600)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ];
        for (text, wanted) in table {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().expect("a header"));
            let wait = RetryAfter::read(&headers).map(|asked| asked.wait(now).num_seconds());
            assert_eq!(wait, wanted, "{text}");
        }
    }
}
