//! Time zones: their names, their offsets, and where their clocks change.

use app::time::ZoneRules;
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::offsets::{change_after, offset_at};
use super::{instant, unix};

/// A zone that is not in the zone data.
#[derive(Debug, thiserror::Error)]
#[error("unknown time zone {name:?}")]
pub struct UnknownZone {
    /// The name as given.
    pub name: String,
}

/// Looks a zone up by its IANA name.
///
/// # Errors
/// When there is no such zone.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // jiff also accepts names in any case and abbreviations; other tools reading the same database would not find a
    // name that differs from the IANA spelling.
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

/// Letters that may be wrong in a name for it to count as a slip.
const SLIPS_MAX: usize = 2;
/// Bytes of the longest text that a zone is looked for.
const TYPED_MAX: usize = 64;

/// The zone that was probably meant by a name that no zone has: the name in another case or with
/// blanks, its city alone, or a name with a letter or two wrong.
#[must_use]
pub fn nearest_zone(typed: &str) -> Option<String> {
    let plain = |name: &str| name.trim().to_lowercase().replace(' ', "_");
    let typed = Some(typed)
        .filter(|typed| typed.len() <= TYPED_MAX)
        .map(plain)
        .filter(|typed| !typed.is_empty())?;
    let names = zone_names();
    let same = |name: &&String| plain(name) == typed;
    let city = |name: &&String| {
        plain(name)
            .rsplit_once('/')
            .is_some_and(|(_, city)| city == typed)
    };
    let found = names.iter().find(same).or_else(|| names.iter().find(city));
    let slip = || {
        let off = |name: &String| strsim::damerau_levenshtein(&typed, &plain(name));
        let nearest = names.iter().map(|name| (off(name), name)).min()?;
        let is_near = nearest.0 <= SLIPS_MAX && nearest.0 * 3 <= typed.len();
        is_near.then_some(nearest.1)
    };
    found.or_else(slip).cloned()
}

/// The system's zone, and whether it was determined reliably.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SystemZone {
    /// The IANA name in use.
    pub name: String,
    /// If it is only a guess: what the system says instead.
    pub doubt: Option<String>,
}

impl SystemZone {
    fn sure(name: &str) -> Self {
        Self {
            // The alias and its longer canonical name mean the same.
            name: match name {
                "Etc/UTC" | "Etc/Unknown" => "UTC".to_owned(),
                name => name.to_owned(),
            },
            doubt: None,
        }
    }

    fn guessed(said: String) -> Self {
        Self {
            name: "UTC".to_owned(),
            doubt: Some(said),
        }
    }
}

/// The system's zone: `TZ`, else `/etc/localtime`.
///
/// If that is a zone without a name in the zone data, UTC is used with a warning, which must be shown: all tasks that
/// name no zone would run hours off.
#[must_use]
pub fn system_zone() -> SystemZone {
    match std::env::var("TZ") {
        Ok(text) => zone_of_tz(&text),
        Err(std::env::VarError::NotUnicode(text)) => {
            SystemZone::guessed(format!("TZ={}", text.to_string_lossy()))
        }
        Err(std::env::VarError::NotPresent) => match TimeZone::system().iana_name() {
            Some(name) => SystemZone::sure(name),
            None => SystemZone::guessed("/etc/localtime".to_owned()),
        },
    }
}

/// The meaning of a `TZ` (POSIX.1-2024, 8.3): the name of a zone, a file of the zone data, or a rule such as `CST-8`.
/// The zone data has names for rules without summer time and with whole hours: `Etc/GMT-8`, whose sign is that of
/// POSIX, west positive.
fn zone_of_tz(text: &str) -> SystemZone {
    let text = text.trim();
    let name = text.strip_prefix(':').unwrap_or(text);
    let name = match name.rsplit_once("zoneinfo/") {
        Some((_, name)) if name.len() < text.len() && text.contains("/zoneinfo/") => name,
        _ => name,
    };
    if name.is_empty() {
        return SystemZone::sure("UTC");
    }
    let known = |name: &str| {
        let found = jiff::tz::db().get(name).ok()?;
        found.iana_name().map(SystemZone::sure)
    };
    if let Some(found) = known(name) {
        return found;
    }
    if name == "/etc/localtime"
        && let Some(name) = TimeZone::system().iana_name()
    {
        return SystemZone::sure(name);
    }
    let fixed = fixed_hours(name).and_then(|hours| match hours {
        0 => Some(SystemZone::sure("UTC")),
        hours => known(&format!("Etc/GMT{hours:+}")),
    });
    fixed.unwrap_or_else(|| SystemZone::guessed(format!("TZ={text}")))
}

/// The hours west of Greenwich of a rule without summer time: `CST-8`, `<+08>-8`, `UTC+3:00`.
fn fixed_hours(rule: &str) -> Option<i32> {
    let offset = match rule.strip_prefix('<') {
        Some(quoted) => {
            let (name, offset) = quoted.split_once('>')?;
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-');
            (name.len() >= 3 && name.chars().all(fits)).then_some(offset)?
        }
        None => {
            let end = rule.find(|c: char| !c.is_ascii_alphabetic())?;
            (end >= 3).then(|| &rule[end..])?
        }
    };
    let (sign, digits) = match offset.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    let mut parts = digits.split(':');
    let mut number = || {
        let part = parts.next()?;
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| part.parse::<i32>().ok()).flatten()
    };
    let hours = number()?;
    let rest = digits.matches(':').count();
    if rest > 2 || (0..rest).any(|_| number() != Some(0)) {
        return None;
    }
    Some(sign * hours)
}

/// The offsets of a zone from a year before `now` to six years after it: everything that pages show.
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

/// The changes of a zone's clock after `from` and up to `until`: the instant, and the offsets before and after it in
/// seconds east of UTC.
///
/// Changes of a zone's abbreviation alone are ignored.
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
) -> impl Iterator<Item = super::offsets::OffsetChange> {
    std::iter::successors(change_after(zone, from), |last| change_after(zone, last.at))
        .take_while(move |change| change.at <= until)
}

#[cfg(test)]
mod tests {
    use super::{SystemZone, zone, zone_of_tz};

    #[test]
    fn a_tz_is_the_zone_it_means_or_a_doubt() {
        for (text, name) in [
            ("Asia/Shanghai", "Asia/Shanghai"),
            (":Asia/Shanghai", "Asia/Shanghai"),
            ("/usr/share/zoneinfo/Asia/Shanghai", "Asia/Shanghai"),
            (":/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            ("asia/shanghai", "Asia/Shanghai"),
            ("CST-8", "Etc/GMT-8"),
            ("CST-08:00", "Etc/GMT-8"),
            ("<+08>-8", "Etc/GMT-8"),
            ("<UTC+8>-8", "Etc/GMT-8"),
            ("UTC-8", "Etc/GMT-8"),
            ("JST-9", "Etc/GMT-9"),
            ("ART3", "Etc/GMT+3"),
            ("<-03>+3:00:00", "Etc/GMT+3"),
            ("UTC0", "UTC"),
            ("", "UTC"),
            ("UTC", "UTC"),
            ("Etc/UTC", "UTC"),
        ] {
            let found = zone_of_tz(text);
            assert_eq!(found, SystemZone::sure(name), "{text}");
            assert!(zone(&found.name).is_ok(), "{text}");
        }
        for text in [
            "Mars/Olympus",
            "Beijing",
            "IST-5:30",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "CST-15",
            "CST-8:00:01",
            "-8",
            "<+0>-8",
            "CST-8:",
        ] {
            let found = zone_of_tz(text);
            assert_eq!(found.name, "UTC", "{text}");
            assert_eq!(found.doubt, Some(format!("TZ={text}")));
        }
    }
}
