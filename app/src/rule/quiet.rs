//! Quiet hours: when the messages of a rule wait.

use crate::time::{clock_time, minute_of_day};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// When the messages of a rule wait: from a time of day until another, in a zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuietHours {
    /// The first minute of the day.
    pub from: u16,
    /// The minute at which they end: the next day's, where it is not after `from`. 1440 is midnight.
    pub until: u16,
    /// IANA zone of both.
    pub zone: String,
    /// Only those that start on a day off of this calendar; `None` for every day.
    pub calendar: Option<String>,
}

impl QuietHours {
    /// Reads a time of day as a minute: `22:00`, `9:30`; `24:00` for midnight at its end.
    #[must_use]
    pub fn minute(text: &str) -> Option<u16> {
        minute_of_day(text)
    }

    /// A minute as a time of day.
    #[must_use]
    pub fn clock(minute: u16) -> String {
        clock_time(minute)
    }

    /// Whether they are over only on the next day.
    #[must_use]
    pub const fn cross_midnight(&self) -> bool {
        self.until <= self.from
    }

    /// Whether they never end.
    #[must_use]
    pub const fn never_end(&self) -> bool {
        let whole_day = self.from == self.until || (self.from == 0 && self.until == DAY);
        whole_day && self.calendar.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::QuietHours;

    #[test]
    fn times_of_day_are_read() {
        for (text, minute) in [
            ("22:00", Some(1320)),
            ("9:30", Some(570)),
            ("00:00", Some(0)),
            ("24:00", Some(1440)),
            ("08：15", Some(495)),
            ("24:01", None),
            ("8", None),
            ("8:5", None),
            ("+8:05", None),
            ("12:60", None),
            ("", None),
        ] {
            assert_eq!(QuietHours::minute(text), minute, "{text}");
        }
        assert_eq!(QuietHours::clock(495), "08:15");
        assert_eq!(QuietHours::clock(1440), "24:00");
    }
}
