//! Instants on the wire, and as much of a zone as is needed to show them.
//!
//! The browser has no zone tables: each page carries the offsets of its zone around the times it shows
//! ([`ZoneRules`]), computed on the server from current data.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, written as RFC 3339 with `Z`, with at most microseconds; for pages as two numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(value_type = String, format = DateTime, example = "2026-11-22T09:00:00Z"))]
pub struct Stamp(pub DateTime<Utc>);

impl Stamp {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0.timestamp()
    }

    /// RFC 3339 with `Z`; fractions only if there are any.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }

    /// Milliseconds from `earlier` to `self`; negative when `self` is before it.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_milliseconds()
    }
}

impl From<DateTime<Utc>> for Stamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.rfc3339());
        }
        (self.0.timestamp(), self.0.timestamp_subsec_nanos()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The browser never parses times in text form, so it does not contain the code for that.
        if !deserializer.is_human_readable() {
            let (seconds, nanos) = Deserialize::deserialize(deserializer)?;
            let at = DateTime::from_timestamp(seconds, nanos).map(Self);
            return at.ok_or_else(|| serde::de::Error::custom("no such time"));
        }
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| Self(at.with_timezone(&Utc)))
            .map_err(serde::de::Error::custom)
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Reads a time of day as a minute: `22:00`, `9:30`; `24:00` for midnight at its end.
#[must_use]
pub fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) || hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= DAY).then_some(at)
}

/// A minute as a time of day.
#[must_use]
pub fn clock_time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The offsets of one zone over a span of time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ZoneRules {
    /// The IANA name, for example `Asia/Shanghai`.
    pub name: String,
    /// `(from, offset)`: from this Unix second on, the zone is `offset` seconds east of UTC.
    /// Sorted; the first also applies to everything before it. Never empty.
    pub offsets: Vec<(i64, i32)>,
}

impl ZoneRules {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            offsets: vec![(0, 0)],
        }
    }

    /// Seconds east of UTC at an instant.
    #[must_use]
    pub fn offset_at(&self, at: Stamp) -> i32 {
        let after = self.offsets.partition_point(|(from, _)| *from <= at.unix());
        self.offsets
            .get(after.saturating_sub(1))
            .map_or(0, |(_, offset)| *offset)
    }

    /// `2026-11-22 09:00:00` in this zone.
    #[must_use]
    pub fn local(&self, at: Stamp) -> String {
        let shifted = at.0 + chrono::TimeDelta::seconds(i64::from(self.offset_at(at)));
        // Not with a format string: the browser would need the code for all of chrono's formats.
        let (date, time) = (shifted.date_naive(), shifted.time());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }

    /// `2026-11-22 09:00:00 +08:00`.
    #[must_use]
    pub fn full(&self, at: Stamp) -> String {
        format!("{} {}", self.local(at), self.offset_text(at))
    }

    /// `+08:00`.
    #[must_use]
    pub fn offset_text(&self, at: Stamp) -> String {
        let offset = self.offset_at(at);
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::{Stamp, ZoneRules};
    use chrono::DateTime;

    fn stamp(text: &str) -> Stamp {
        Stamp(
            DateTime::parse_from_rfc3339(text)
                .expect("test time")
                .to_utc(),
        )
    }

    #[test]
    fn offsets_change_at_the_transition() {
        let berlin = ZoneRules {
            name: "Europe/Berlin".into(),
            offsets: vec![
                (stamp("2025-10-26T01:00:00Z").unix(), 3600),
                (stamp("2026-03-29T01:00:00Z").unix(), 7200),
            ],
        };
        assert_eq!(
            berlin.local(stamp("2026-03-29T00:59:59Z")),
            "2026-03-29 01:59:59"
        );
        assert_eq!(
            berlin.local(stamp("2026-03-29T01:00:00Z")),
            "2026-03-29 03:00:00"
        );
        assert_eq!(
            berlin.local(stamp("2001-01-01T00:00:00Z")),
            "2001-01-01 01:00:00"
        );
        assert_eq!(berlin.offset_text(stamp("2026-07-01T00:00:00Z")), "+02:00");
    }
}
