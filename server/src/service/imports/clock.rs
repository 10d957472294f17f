//! Entries that run in an hour in which the clock of their zone is changed.

use app::import::Flavor;
use app::schedule::ScheduleSpec;
use chrono::{DateTime, TimeDelta, Utc};
use jiff::tz::TimeZone;

use crate::takeover::{ClockChange, Entry, Remark, Timing};
use crate::timetable::{Patterns, clock_changes, zone};

/// How far ahead changes are looked for: the next two of each zone that has them every year.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// What an entry is looked at with.
#[derive(Clone, Copy)]
pub(super) struct Clocks<'a> {
    pub(super) flavor: Flavor,
    /// The zone of the host.
    pub(super) host_zone: &'a str,
    /// The zone of the task.
    pub(super) zone: &'a str,
    pub(super) patterns: &'a Patterns,
    pub(super) now: DateTime<Utc>,
}

/// A remark on the next time that is skipped, and on the next that comes twice. None for an entry of each hour, which
/// runs by the clock as it shows.
///
/// What cron does is in `find_jobs` and its callers, which are alike in both crons: an entry whose minute or hour starts
/// with `*` runs by the clock as it shows; any other one runs for each minute that was skipped, at once, and not a second
/// time. In a zone that `CRON_TZ` names cronie only compares the fields.
pub(super) fn remarks(entry: &Entry, clocks: Clocks<'_>) -> Vec<Remark> {
    find(entry, clocks).unwrap_or_default()
}

fn find(entry: &Entry, clocks: Clocks<'_>) -> Option<Vec<Remark>> {
    let Timing::Cron(cron) = &entry.timing else {
        return None;
    };
    if cron.split_whitespace().nth(1) == Some("*") {
        return None;
    }
    let Ok(ScheduleSpec::Cron(expression)) = ScheduleSpec::parse(cron) else {
        return None;
    };
    let rules = zone(clocks.zone).ok()?;
    // On a clock that is never changed: the times that the fields name.
    let face = clocks.patterns.cycle(&expression, TimeZone::UTC)?;
    let is_fixed = clocks
        .patterns
        .cycle(&expression, rules.clone())?
        .is_fixed();
    let is_compared_only = clocks.flavor == Flavor::Cronie && clocks.zone != clocks.host_zone;
    let (mut gap, mut fold) = (None, None);
    for (at, before, after) in clock_changes(&rules, clocks.now, clocks.now + AHEAD) {
        let is_gap = after > before;
        let found = if is_gap { &mut gap } else { &mut fold };
        if found.is_some() {
            continue;
        }
        let shown = |offset: i32| at + TimeDelta::seconds(i64::from(offset));
        let just_before = |at: DateTime<Utc>| at - TimeDelta::seconds(1);
        let (from, to) = (shown(before.min(after)), shown(before.max(after)));
        let times = face.count_between(just_before(from), just_before(to));
        let first = face.next_after(just_before(from));
        let Some(first) = first.filter(|_| times > 0) else {
            continue;
        };
        let (cron, task) = match is_gap {
            true => (
                match is_compared_only || entry.follows_clock {
                    true => 0,
                    false => times,
                },
                u64::from(is_fixed),
            ),
            false => (
                match is_compared_only || entry.follows_clock {
                    true => 2 * times,
                    false => times,
                },
                match is_fixed {
                    true => times,
                    false => 2 * times,
                },
            ),
        };
        *found = Some(Remark::ClockChange(ClockChange {
            at: first.format("%Y-%m-%d %H:%M").to_string(),
            is_gap,
            cron,
            task,
        }));
    }
    Some(gap.into_iter().chain(fold).collect())
}

#[cfg(test)]
mod tests {
    use app::import::Format;
    use chrono::TimeZone as _;

    use super::*;
    use crate::takeover::{Kind, Reading, read};

    /// What happens to the last line of a crontab in the year after 2026-12-01: for a gap and a repeated hour, the time,
    /// the runs of cron and those of the task.
    fn changes(text: &str, flavor: Flavor, zone: &str) -> Vec<(bool, String, u64, u64)> {
        let reading = Reading {
            flavor,
            format: Format::User,
            user: "ada",
        };
        let account = read(text, reading).expect("an account");
        let Some(Kind::Entry(entry)) = account.lines.last().map(|line| &line.kind) else {
            panic!("{text}: no entry");
        };
        let clocks = Clocks {
            flavor,
            host_zone: "Europe/Berlin",
            zone,
            patterns: &Patterns::default(),
            now: Utc.with_ymd_and_hms(2026, 12, 1, 0, 0, 0).unwrap(),
        };
        let found = remarks(entry, clocks).into_iter();
        found
            .map(|remark| match remark {
                Remark::ClockChange(one) => (one.is_gap, one.at, one.cron, one.task),
                other => panic!("{text}: {other:?}"),
            })
            .collect()
    }

    #[test]
    fn an_entry_in_a_changed_hour_says_what_cron_does_and_what_we_do() {
        let (gap, fold) = (
            |time: &str| format!("2027-03-28 {time}"),
            |time: &str| format!("2027-10-31 {time}"),
        );
        for (line, wanted) in [
            (
                "30 2 * * * x",
                vec![(true, gap("02:30"), 1, 1), (false, fold("02:30"), 1, 1)],
            ),
            // Each minute that was skipped is made up for by cron; the task fires once.
            (
                "0,30 2 * * * x",
                vec![(true, gap("02:00"), 2, 1), (false, fold("02:00"), 2, 2)],
            ),
            (
                "0-59 2 * * * x",
                vec![(true, gap("02:00"), 60, 1), (false, fold("02:00"), 60, 60)],
            ),
            (
                "*/30 1-3 * * * x",
                vec![(true, gap("02:00"), 0, 0), (false, fold("02:00"), 4, 4)],
            ),
            // The list starts with `*`, so cron counts it as one; here it is a list.
            (
                "*/30,7 2 * * * x",
                vec![(true, gap("02:00"), 0, 1), (false, fold("02:00"), 6, 3)],
            ),
            (
                "0 */2 * * * x",
                vec![(true, gap("02:00"), 0, 0), (false, fold("02:00"), 2, 2)],
            ),
            // Both changes are on Sundays.
            ("30 2 * * 1-5 x", vec![]),
            ("30 3 * * * x", vec![]),
            ("*/5 * * * * x", vec![]),
            ("@hourly x", vec![]),
            ("@daily x", vec![]),
            ("@reboot x", vec![]),
        ] {
            let text = format!("{line}\n");
            let found = changes(&text, Flavor::Debian, "Europe/Berlin");
            assert_eq!(found, wanted, "{line}");
            assert_eq!(
                changes(&text, Flavor::Debian, "Asia/Shanghai"),
                [],
                "{line}"
            );
        }
    }

    #[test]
    fn cronie_does_not_notice_changes_of_a_zone_of_its_own() {
        let text = "CRON_TZ=America/New_York\n30 2 * * * x\n30 1 * * * x\n";
        let found = changes(text, Flavor::Cronie, "America/New_York");
        assert_eq!(found, [(false, "2027-11-07 01:30".to_owned(), 2, 1)]);
        let text = "CRON_TZ=America/New_York\n30 2 * * * x\n";
        let found = changes(text, Flavor::Cronie, "America/New_York");
        assert_eq!(found, [(true, "2027-03-14 02:30".to_owned(), 0, 1)]);
    }
}
