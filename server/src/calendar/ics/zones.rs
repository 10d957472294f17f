//! The zones that a calendar names (RFC 5545, section 3.6.5).
//!
//! Names of the IANA database are looked up there. Other names, such as those of Windows, use the rules that the
//! calendar defines, as far as a POSIX rule can express them.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::super::content::Property;
use super::when::Zone;

/// The most zones of a calendar that are read.
const MAX_ZONES: usize = 200;

/// One half of a zone's year.
#[derive(Clone, Debug, Default)]
struct Observance {
    start: String,
    offset: Option<i32>,
    rule: Option<String>,
}

/// A VTIMEZONE as written.
#[derive(Clone, Debug, Default)]
struct Defined {
    location: Option<String>,
    standard: Vec<Observance>,
    daylight: Vec<Observance>,
}

/// The zones of a calendar.
#[derive(Clone, Debug)]
pub(super) struct Zones {
    defined: BTreeMap<String, Defined>,
    known: BTreeMap<String, Option<TimeZone>>,
    /// The zone of the calendar as a whole.
    pub(super) ours: TimeZone,
}

impl Zones {
    /// Collects the zones of a calendar; `fallback` is its own zone when it names none.
    pub(super) fn of(properties: impl Iterator<Item = Property>, fallback: &TimeZone) -> Self {
        let mut zones = Self {
            defined: BTreeMap::new(),
            known: BTreeMap::new(),
            ours: fallback.clone(),
        };
        let mut whole = None;
        let mut open: Option<(Option<String>, Defined)> = None;
        let mut half: Option<(bool, Observance)> = None;
        for property in properties {
            let value = property.value.as_str();
            match (property.name.as_str(), &mut open, &mut half) {
                ("X-WR-TIMEZONE", None, _) => whole = Some(value.to_owned()),
                ("BEGIN", None, _) if value.eq_ignore_ascii_case("VTIMEZONE") => {
                    open = Some((None, Defined::default()));
                }
                ("BEGIN", Some(_), _) => {
                    let daylight = value.eq_ignore_ascii_case("DAYLIGHT");
                    half = Some((daylight, Observance::default()));
                }
                ("TZID", Some((id, _)), None) => *id = Some(value.to_owned()),
                ("X-LIC-LOCATION", Some((_, zone)), None) => zone.location = Some(value.to_owned()),
                ("DTSTART", _, Some((_, half))) => half.start = value.to_owned(),
                ("TZOFFSETTO", _, Some((_, half))) => half.offset = offset(value),
                ("RRULE", _, Some((_, half))) => half.rule = Some(value.to_owned()),
                ("END", Some((id, zone)), _) => {
                    if value.eq_ignore_ascii_case("VTIMEZONE") {
                        if let Some(id) = id.take()
                            && zones.defined.len() < MAX_ZONES
                        {
                            zones.defined.insert(id, std::mem::take(zone));
                        }
                        open = None;
                        half = None;
                    } else if let Some((daylight, observance)) = half.take() {
                        let halves = if daylight {
                            &mut zone.daylight
                        } else {
                            &mut zone.standard
                        };
                        halves.push(observance);
                    }
                }
                _ => {}
            }
        }
        let ids: Vec<String> = zones.defined.keys().cloned().collect();
        for id in &ids {
            let known = zones.look_up(id);
            zones.known.insert(id.clone(), known);
        }
        let only = match ids.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        if let Some(ours) = (whole.or(only)).and_then(|id| zones.look_up(&id)) {
            zones.ours = ours;
        }
        zones
    }

    /// The zone of a `TZID`.
    pub(super) fn named(&self, id: &str) -> Zone {
        let known = match self.known.get(id) {
            Some(known) => known.clone(),
            None => self.look_up(id),
        };
        Zone::Named(id.to_owned(), known)
    }

    fn look_up(&self, id: &str) -> Option<TimeZone> {
        // /mozilla.org/20070129_1/America/Argentina/Ushuaia
        let tails = std::iter::successors(Some(id.trim_start_matches('/')), |tail| {
            tail.split_once('/').map(|(_, tail)| tail)
        });
        let in_database = |name: &str| TimeZone::get(name).ok();
        let defined = self.defined.get(id);
        tails
            .take(6)
            .find_map(in_database)
            .or_else(|| in_database(defined?.location.as_deref()?))
            .or_else(|| defined?.rules())
    }
}

impl Defined {
    /// The rules in force now, as a POSIX rule.
    fn rules(&self) -> Option<TimeZone> {
        fn newest(halves: &[Observance]) -> Option<&Observance> {
            halves.iter().max_by(|a, b| a.start.cmp(&b.start))
        }
        let standard = newest(&self.standard)?;
        let base = standard.offset?;
        let Some(daylight) = newest(&self.daylight) else {
            // Without a rule, standard time is the only time; daylight time would need one.
            return TimeZone::posix(&format!("<STD>{}", posix(base))).ok();
        };
        let summer = daylight.offset?;
        let (from, to) = (daylight.change()?, standard.change()?);
        TimeZone::posix(&format!(
            "<STD>{}<DST>{},{from},{to}",
            posix(base),
            posix(summer)
        ))
        .ok()
    }
}

impl Observance {
    /// When it starts in each year, as POSIX writes it: `M3.2.0/02:00:00`.
    fn change(&self) -> Option<String> {
        let start: DateTime = super::when::written(&self.start)?;
        let (mut month, mut day) = (start.month(), None);
        for part in self.rule.as_deref()?.split(';') {
            match part.split_once('=')? {
                ("FREQ", "YEARLY") | ("INTERVAL", "1") | ("WKST" | "UNTIL", _) => {}
                ("BYMONTH", value) => month = value.parse().ok()?,
                ("BYDAY", value) => day = Some(value),
                _ => return None,
            }
        }
        let day = day?;
        let (nth, weekday) = day.split_at_checked(day.len().checked_sub(2)?)?;
        let week = match nth.parse::<i8>().ok()? {
            -1 => 5,
            nth @ 1..=4 => nth,
            _ => return None,
        };
        let names = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
        let weekday = names.iter().position(|name| *name == weekday)?;
        let time = start.time().strftime("%H:%M:%S");
        Some(format!("M{month}.{week}.{weekday}/{time}"))
    }
}

/// Seconds east of UTC of `+0800`.
fn offset(text: &str) -> Option<i32> {
    let digits = text.get(1..).filter(|rest| matches!(rest.len(), 4 | 6))?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .map_or(Some(0), |part| part.parse::<i32>().ok())
    };
    let seconds = part(0)? * 3600 + part(2)? * 60 + part(4)?;
    match text.as_bytes().first()? {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// An offset in POSIX form: hours west of UTC.
fn posix(offset: i32) -> String {
    let sign = if offset > 0 { "-" } else { "" };
    let size = offset.abs();
    format!(
        "{sign}{:02}:{:02}:{:02}",
        size / 3600,
        size / 60 % 60,
        size % 60
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::super::content::properties;
    use super::*;

    const WINDOWS: &str = "BEGIN:VTIMEZONE\nTZID:Pacific Standard Time\nBEGIN:STANDARD\n\
        DTSTART:16010101T020000\nTZOFFSETFROM:-0700\nTZOFFSETTO:-0800\n\
        RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
        DTSTART:16010101T020000\nTZOFFSETFROM:-0800\nTZOFFSETTO:-0700\n\
        RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
        BEGIN:VTIMEZONE\nTZID:Sri Lanka Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T000000\n\
        TZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n";

    fn hours(zones: &Zones, id: &str, month: i8) -> Option<f64> {
        let Zone::Named(_, rules) = zones.named(id) else {
            return None;
        };
        let noon = date(2026, month, 15).at(12, 0, 0, 0);
        let moment = rules?.to_zoned(noon).ok()?;
        Some(f64::from(moment.offset().seconds()) / 3600.0)
    }

    #[test]
    fn zones_come_from_the_database_or_from_the_calendar() {
        let zones = Zones::of(properties(WINDOWS), &TimeZone::UTC);
        for (id, winter, summer) in [
            ("Asia/Shanghai", Some(8.0), Some(8.0)),
            ("Europe/Berlin", Some(1.0), Some(2.0)),
            (
                "/mozilla.org/20070129_1/Europe/Brussels",
                Some(1.0),
                Some(2.0),
            ),
            ("/x/America/Argentina/Ushuaia", Some(-3.0), Some(-3.0)),
            ("Pacific Standard Time", Some(-8.0), Some(-7.0)),
            ("Sri Lanka Standard Time", Some(5.5), Some(5.5)),
            ("(no TZ description)", None, None),
        ] {
            assert_eq!(hours(&zones, id, 1), winter, "{id}");
            assert_eq!(hours(&zones, id, 7), summer, "{id}");
        }
        assert_eq!(zones.ours, TimeZone::UTC, "two zones are not one");
    }

    #[test]
    fn a_calendar_says_what_zone_it_is_in() {
        let name = |text: &str| {
            let zones = Zones::of(properties(text), &TimeZone::UTC);
            zones.ours.iana_name().map(str::to_owned)
        };
        let one = "BEGIN:VTIMEZONE\nTZID:Asia/Tokyo\nEND:VTIMEZONE\n";
        assert_eq!(name(one).as_deref(), Some("Asia/Tokyo"));
        let both = format!("{one}X-WR-TIMEZONE:Asia/Shanghai\n");
        assert_eq!(name(&both).as_deref(), Some("Asia/Shanghai"));
        assert_eq!(
            name("X-WR-TIMEZONE:Nowhere/At_All\n").as_deref(),
            Some("UTC")
        );
        let described = "BEGIN:VTIMEZONE\nTZID:Tokyo\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\n";
        assert_eq!(name(described).as_deref(), Some("Asia/Tokyo"));
    }
}
