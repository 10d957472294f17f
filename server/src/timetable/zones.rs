//! Time zones: their names, their offsets, and where their clocks change.

use app::time::ZoneRules;
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::offsets::{change_after, offset_at};
use super::{instant, unix};

/// A zone name that the zone data does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown time zone {name:?}")]
pub struct UnknownZone {
    /// The name as it was given.
    pub name: String,
}

/// Looks a zone up by its IANA name.
///
/// # Errors
/// When there is no such zone.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // jiff also takes names in any case and abbreviations; a name that differs from the IANA
    // spelling would not be found by other tools reading the same database.
    let unknown = || UnknownZone {
        name: name.to_owned(),
    };
    let found = jiff::tz::db().get(name).map_err(|_| unknown())?;
    if found.iana_name() == Some(name) || name == "UTC" {
        Ok(found)
    } else {
        Err(unknown())
    }
}

/// Names of all zones, sorted.
#[must_use]
pub fn zone_names() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    names.retain(|name| !name.starts_with("posix") && !name.starts_with("right/"));
    names.sort_unstable();
    names.dedup();
    names
}

/// The system's zone, or UTC where it names none.
#[must_use]
pub fn system_zone() -> String {
    match TimeZone::system().iana_name() {
        // Another name for the same thing, and the longer one.
        None | Some("Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// The offsets of a zone from a year before `now` to six years after it: all that pages show.
#[must_use]
pub fn rules(name: &str, zone: &TimeZone, now: DateTime<Utc>) -> ZoneRules {
    const YEAR: i64 = 366 * 86_400;
    let start = unix(now).saturating_sub(YEAR);
    let end = unix(now).saturating_add(6 * YEAR);
    let first = i32::try_from(offset_at(zone, start)).unwrap_or(0);
    let mut offsets = vec![(start, first)];
    offsets.extend(
        changes(zone, start, end)
            .map(|change| (change.at, i32::try_from(change.after).unwrap_or(0))),
    );
    ZoneRules {
        name: name.to_owned(),
        offsets,
    }
}

/// The changes of a zone's clock after `from` and up to `until`: the instant, and the offsets
/// before and after it in seconds east of UTC.
///
/// Changes of a zone's abbreviation alone are left out.
#[must_use]
pub fn clock_changes(
    zone: &TimeZone,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, i32, i32)> {
    changes(zone, unix(from), unix(until))
        .filter_map(|change| {
            Some((
                instant(change.at)?,
                i32::try_from(change.before).ok()?,
                i32::try_from(change.after).ok()?,
            ))
        })
        .collect()
}

/// The changes of the offset after `from` and up to `until`, both in Unix seconds.
pub(super) fn changes(
    zone: &TimeZone,
    from: i64,
    until: i64,
) -> impl Iterator<Item = super::offsets::Change> {
    std::iter::successors(change_after(zone, from), |last| change_after(zone, last.at))
        .take_while(move |change| change.at <= until)
}
