//! Dates and times of iCalendar, and the zones they are in (RFC 5545, sections 3.3.4 and 3.3.5).

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::super::content::Property;
use super::super::fault::Reason;
use super::zones::Zones;

static UTC: TimeZone = TimeZone::UTC;

/// The zone that a time is written in.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// A date, or a time in the reader's own zone, whichever that is.
    Floating,
    /// UTC.
    Utc,
    /// A zone named by `TZID`; `None` when the rules of a non-IANA name are unknown.
    Named(String, Option<TimeZone>),
}

/// A date or time as written.
#[derive(Clone, Debug)]
pub(super) struct When {
    /// The local date and time in its zone.
    pub(super) local: DateTime,
    /// Whether it is a date without a time.
    pub(super) is_day: bool,
    pub(super) zone: Zone,
}

impl When {
    /// Reads the value of a property with a date or time.
    pub(super) fn of(property: &Property, zones: &Zones) -> Result<Self, Reason> {
        Self::read(&property.value, property, zones)
    }

    /// Reads one of several values of a property.
    pub(super) fn read(text: &str, property: &Property, zones: &Zones) -> Result<Self, Reason> {
        let text = text.trim();
        let (day, time) = match text.split_once(['T', 't']) {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let day = date(day)?;
        let only_day = |kind: &str| kind.eq_ignore_ascii_case("DATE");
        let (Some(time), false) = (time, property.parameter("VALUE").is_some_and(only_day)) else {
            return Ok(Self {
                local: day.to_datetime(Time::midnight()),
                is_day: true,
                zone: Zone::Floating,
            });
        };
        let bare = time.trim_end_matches(['Z', 'z']);
        let zone = if bare.len() < time.len() {
            Zone::Utc
        } else {
            match property.parameter("TZID") {
                None | Some("") => Zone::Floating,
                Some(id) => zones.named(id),
            }
        };
        Ok(Self {
            local: day.to_datetime(clock(bare)?),
            is_day: false,
            zone,
        })
    }

    /// The local time of another time's zone at this time. A time is an instant, a date is not: a date stays itself.
    /// `ours` is the zone of the calendar as a whole, for floating times.
    pub(super) fn seen_from(&self, other: &Zone, ours: &TimeZone) -> Result<DateTime, Reason> {
        let same = match (&self.zone, other) {
            (Zone::Floating, _) | (Zone::Utc, Zone::Utc) => true,
            (Zone::Named(this, _), Zone::Named(that, _)) => this == that,
            // In a series of whole days, many programs write midnight in UTC and mean the day.
            (Zone::Utc, Zone::Floating) => self.local.time() == Time::midnight(),
            _ => false,
        };
        if same {
            return Ok(self.local);
        }
        let moment = rules(&self.zone, ours)?
            .to_timestamp(self.local)
            .map_err(|_| Reason::NotADate)?;
        Ok(rules(other, ours)?.to_datetime(moment))
    }

    /// The time that passes until another one, by the clock of this one's zone.
    pub(super) fn until(&self, end: &Self, ours: &TimeZone) -> Result<SignedDuration, Reason> {
        let end = end.seen_from(&self.zone, ours)?;
        Ok(self.local.duration_until(end))
    }
}

fn rules<'a>(zone: &'a Zone, ours: &'a TimeZone) -> Result<&'a TimeZone, Reason> {
    match zone {
        Zone::Floating => Ok(ours),
        Zone::Utc => Ok(&UTC),
        Zone::Named(_, rules) => rules.as_ref().ok_or(Reason::UnknownZone),
    }
}

/// A date and time without a zone.
pub(super) fn written(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once('T')?;
    Some(date(day).ok()?.to_datetime(clock(time).ok()?))
}

/// Reads `20261001` of any year from 1 on: a series may have started long ago.
fn date(text: &str) -> Result<Date, Reason> {
    let digits: String = match text.as_bytes() {
        // Not standard, but some programs write it.
        [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
        _ => text.to_owned(),
    };
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotADate);
    }
    let date: Date = digits.parse().map_err(|_| Reason::NoSuchDate)?;
    if date.year() > 0 {
        Ok(date)
    } else {
        Err(Reason::YearOutOfRange)
    }
}

/// Reads `090007`. The 60th second of a leap second counts as the 59th.
fn clock(text: &str) -> Result<Time, Reason> {
    let part = |at: usize| -> Option<i8> {
        let digits = text.get(at..at + 2)?;
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        if all { digits.parse().ok() } else { None }
    };
    let read = match (text.len(), part(0), part(2), part(4)) {
        (6, Some(hour), Some(minute), Some(second)) => Time::new(hour, minute, second.min(59), 0)
            .ok()
            .filter(|_| second <= 60),
        _ => None,
    };
    read.ok_or(Reason::NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_of_a_minute_is_a_time() {
        for second in 0..=60 {
            let time = clock(&format!("0900{second:02}")).expect("a time");
            assert_eq!((time.hour(), time.second()), (9, second.min(59)));
        }
        for bad in [
            "090061", "096000", "240000", "0900", "09000", "09000x", "+90000", "",
        ] {
            assert_eq!(clock(bad), Err(Reason::NotADate), "{bad}");
        }
    }
}
