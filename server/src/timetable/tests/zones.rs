//! Zone data, wall clock times, and typed instants.

use super::{at, bundled, cycle};
use crate::timetable::{
    Cycle, at_time_on, civil_date, clock_changes, nearest_zone, parse_instant, rules, start_of_day,
    zone,
};
use chrono::{DateTime, Utc};
use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZoneDatabase;

/// Offsets on 2026-12-01 by IANA 2026f (Debian's tzdata 2026f-0+deb12u1 and the bundled data). All of them changed
/// their rules in 2026; 2025b is an hour off.
const DECEMBER_2026: [(&str, i32); 5] = [
    ("America/Vancouver", -7),
    ("America/Winnipeg", -5),
    ("America/Edmonton", -6),
    ("America/Havana", -4),
    ("Africa/Casablanca", 0),
];

fn assert_current(database: &TimeZoneDatabase) {
    for (name, hours) in DECEMBER_2026 {
        let zone = database.get(name).expect("a zone");
        let noon = at("2026-12-01T12:00");
        let nine = at_time_on(&zone, date(2026, 12, 1), time(9, 0, 0, 0));
        let expected = at("2026-12-01T09:00") - chrono::TimeDelta::hours(i64::from(hours));
        assert_eq!(nine, expected, "{name}");
        let expr = app::cron::CronExpr::parse("0 9 1 12 *").expect("an expression");
        let yearly: Cycle = crate::timetable::Patterns::default()
            .cycle(&expr, zone.clone())
            .expect("accepted");
        assert_eq!(
            yearly.next_after(at("2026-11-30T12:00")),
            Some(expected),
            "{name}"
        );
        assert_eq!(
            rules(name, &zone, noon).offset_at(app::time::Stamp(noon)),
            hours * 3600
        );
    }
}

#[test]
fn the_bundled_data_knows_the_rules_of_2026() {
    assert_current(&TimeZoneDatabase::bundled());
}

/// Also true for the machine's own data, unless that is older.
#[test]
fn the_machines_data_knows_them_if_it_is_current() {
    let version = crate::timetable::data_version().version;
    if version.as_str() >= "2026f" && version != "unknown" {
        assert_current(jiff::tz::db());
    }
}

#[test]
fn clock_changes_lie_after_the_start_and_up_to_the_end() {
    let berlin = bundled("Europe/Berlin");
    let (spring, autumn) = (at("2026-03-29T01:00"), at("2026-10-25T01:00"));
    let year = clock_changes(&berlin, at("2026-01-01"), at("2027-01-01"));
    assert_eq!(year, [(spring, 3600, 7200), (autumn, 7200, 3600)]);
    assert_eq!(
        clock_changes(&berlin, spring, autumn),
        [(autumn, 7200, 3600)]
    );
    assert_eq!(clock_changes(&berlin, autumn, spring), []);
    // Edmonton stays six hours behind in November 2026; only the abbreviation changes.
    let edmonton = clock_changes(
        &bundled("America/Edmonton"),
        at("2026-06-01"),
        at("2030-01-01"),
    );
    assert_eq!(edmonton, []);
    let apia = clock_changes(&bundled("Pacific/Apia"), at("2011-12-01"), at("2012-01-01"));
    assert_eq!(apia, [(at("2011-12-30T10:00"), -36_000, 50_400)]);
    let ever = clock_changes(&berlin, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert!(
        ever.len() > 10_000 && ever.is_sorted_by(|one, next| one.0 < next.0 && one.2 == next.1)
    );
}

#[test]
fn rules_cover_the_years_around() {
    let berlin = rules("Europe/Berlin", &bundled("Europe/Berlin"), at("2026-01-01"));
    assert_eq!(berlin.offsets[0].1, 3600);
    assert!((13..=16).contains(&berlin.offsets.len()), "{berlin:?}");
    let summer = app::time::Stamp(at("2031-07-01"));
    assert_eq!(berlin.offset_at(summer), 7200);
    assert_eq!(
        rules("UTC", &bundled("UTC"), at("2026-01-01"))
            .offsets
            .len(),
        1
    );
}

#[test]
fn wall_clock_times_by_the_rule_for_fixed_ones() {
    let on = |zone: &str, date, time| at_time_on(&bundled(zone), date, time);
    let (gap, fold) = (date(2026, 3, 29), date(2026, 10, 25));
    let night = time(2, 30, 0, 500_000_000);
    let half = chrono::TimeDelta::milliseconds(500);
    assert_eq!(
        on("Europe/Berlin", date(2026, 3, 28), night),
        at("2026-03-28T01:30") + half
    );
    assert_eq!(on("Europe/Berlin", gap, night), at("2026-03-29T01:00"));
    assert_eq!(
        on("Europe/Berlin", gap, time(3, 0, 0, 0)),
        at("2026-03-29T01:00")
    );
    assert_eq!(
        on("Europe/Berlin", fold, night),
        at("2026-10-25T00:30") + half
    );
    let early = date(1960, 1, 1);
    assert_eq!(on("UTC", early, night), at("1960-01-01T02:30") + half);

    let day = |zone: &str, date| start_of_day(&bundled(zone), date);
    assert_eq!(
        day("America/Havana", date(2026, 3, 8)),
        at("2026-03-08T05:00")
    );
    assert_eq!(
        day("America/Havana", date(2025, 11, 2)),
        at("2025-11-02T04:00")
    );
    assert_eq!(
        day("Pacific/Apia", date(2011, 12, 30)),
        at("2011-12-30T10:00")
    );
    assert_eq!(
        day("Pacific/Apia", date(2011, 12, 31)),
        at("2011-12-30T10:00")
    );
    for zone in ["Pacific/Apia", "Pacific/Honolulu", "UTC"] {
        let zone = bundled(zone);
        assert!(at_time_on(&zone, Date::MIN, Time::MIN) < at_time_on(&zone, Date::MAX, Time::MAX));
    }
}

#[test]
fn dates_are_those_of_the_zone() {
    let apia = bundled("Pacific/Apia");
    assert_eq!(
        civil_date(&apia, at("2011-12-30T09:59:59")),
        date(2011, 12, 29)
    );
    assert_eq!(
        civil_date(&apia, at("2011-12-30T10:00")),
        date(2011, 12, 31)
    );
    assert_eq!(
        civil_date(&bundled("UTC"), at("1969-12-31T23:59:59")),
        date(1969, 12, 31)
    );
    assert!(
        civil_date(&apia, DateTime::<Utc>::MIN_UTC) < civil_date(&apia, DateTime::<Utc>::MAX_UTC)
    );
}

#[test]
fn typed_times_are_read_in_the_zone() {
    let shanghai = bundled("Asia/Shanghai");
    for text in [
        "2026-01-01T08:00",
        "2026-01-01 08:00:00",
        "2026/01/01 08:00",
        "2026-01-01T00:00:00Z",
    ] {
        assert_eq!(
            parse_instant(text, &shanghai),
            Some(at("2026-01-01")),
            "{text}"
        );
    }
    assert_eq!(parse_instant("tomorrow", &shanghai), None);
    let berlin = bundled("Europe/Berlin");
    assert_eq!(
        parse_instant("2026-03-29 02:30", &berlin),
        Some(at("2026-03-29T01:00"))
    );
    assert_eq!(
        parse_instant("2026-10-25 02:30", &berlin),
        Some(at("2026-10-25T00:30"))
    );
    assert!(zone("Mars/Olympus").is_err() && zone("").is_err() && zone("PT").is_err());
    assert!(zone("Europe/Berlin").is_ok() && zone("UTC").is_ok() && zone("europe/berlin").is_err());
}

/// Nothing here may read the machine's zone: the gold vectors again under other ones.
#[test]
fn the_zone_of_the_machine_does_not_matter() {
    let program = std::env::current_exe().expect("this program");
    let module = module_path!().split_once("::").map_or("", |(_, path)| path);
    let test = module.replace("zones", "gold::gold_vectors");
    for zone in ["Pacific/Apia", "America/St_Johns"] {
        let run = std::process::Command::new(&program)
            .args(["--exact", &test])
            .env("TZ", zone)
            .output()
            .expect("a run");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success() && said.contains("1 passed"),
            "{zone}: {said}"
        );
    }
    assert!(cycle("0 0 * * *", "UTC").names(at("2026-01-01")));
}

#[test]
fn the_zone_that_was_meant_is_found() {
    for (typed, meant) in [
        ("Europe/Berlim", Some("Europe/Berlin")),
        ("asia/shanghai", Some("Asia/Shanghai")),
        ("Asia/Shangai", Some("Asia/Shanghai")),
        ("Shanghai", Some("Asia/Shanghai")),
        ("America/New York", Some("America/New_York")),
        ("Mars/Olympus", None),
        ("", None),
    ] {
        assert_eq!(nearest_zone(typed).as_deref(), meant, "{typed}");
    }
    assert_eq!(nearest_zone(&"x".repeat(1 << 20)), None);
}
