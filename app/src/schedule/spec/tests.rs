//! Rules that hold for any text; the tables of descriptions and faults are beside this file.

mod faults;
mod random;
mod words;

use super::*;
use crate::id::ScheduleId;
use crate::schedule::{Jitter, Schedule};

fn parse(text: &str) -> ScheduleSpec {
    ScheduleSpec::parse(text).unwrap_or_else(|fault| panic!("{text}: {}", fault.text(Lang::En)))
}

/// A schedule; `5m` of jitter as `300`, the same for every firing as `300=`, none as `-`.
fn schedule(spec: &str, rule: &str, calendar: &str, jitter: &str) -> Schedule {
    Schedule {
        id: ScheduleId(1),
        day_rule: rule.parse().unwrap(),
        calendar: (calendar != "-").then(|| calendar.to_owned()),
        jitter: Jitter {
            seconds: jitter.trim_end_matches('=').parse().unwrap_or(0),
            stable: jitter.ends_with('='),
        },
        ..Schedule::plain(spec)
    }
}

#[test]
fn kinds_are_distinguished() {
    for (text, kind) in [
        ("0 9 * * *", "cron"),
        ("@daily", "cron"),
        // Leading zeros are not a year.
        ("0005-0010 9 * * *", "cron"),
        ("every 90s", "interval"),
        ("at 2026-12-01 09:00", "once"),
        ("2026-12-01 09:00", "once"),
        ("@reboot", "startup"),
    ] {
        assert_eq!(parse(text).kind(), kind, "{text}");
    }
}

#[test]
fn intervals_have_their_bounds() {
    for (text, seconds) in [
        ("every 1s", 1),
        ("every 366d", 366 * 86_400),
        ("every 52w 2d", 366 * 86_400),
        ("every 0m90s", 90),
        ("every 00000000000000000000000090s", 90),
    ] {
        let anchor = None;
        assert_eq!(
            parse(text),
            ScheduleSpec::Every { seconds, anchor },
            "{text}"
        );
    }
    for text in [
        "every 0s",
        "every 366d 1s",
        "every 53w",
        "every 9223372036854775807w",
    ] {
        assert!(ScheduleSpec::parse(text).is_err(), "{text}");
    }
}

#[test]
fn offsets_become_utc() {
    for (text, at) in [
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
        ("2026-12-01T09:00:00+08:00", "2026-12-01T01:00:00Z"),
        ("2027-01-01T07:59:59+08:00", "2026-12-31T23:59:59Z"),
        ("2026-12-31T20:30-0330", "2027-01-01T00:00:00Z"),
        ("2028-02-28 23:00:00-05:00", "2028-02-29T04:00:00Z"),
        ("2028-03-01 01:00 +05:45", "2028-02-29T19:15:00Z"),
        ("2027-03-01T00:00:00+23:59", "2027-02-28T00:01:00Z"),
        ("2999-12-31T23:59:59+00", "2999-12-31T23:59:59Z"),
    ] {
        assert_eq!(
            parse(text),
            ScheduleSpec::Once { at: at.to_owned() },
            "{text}"
        );
    }
    for text in ["2000-01-01T00:00:00+08:00", "2999-12-31T23:00:00-08:00"] {
        assert!(
            matches!(ScheduleSpec::parse(text), Err(SpecFault::YearRange { .. })),
            "{text}"
        );
    }
}

#[test]
fn an_interval_that_does_not_divide_a_day_says_where_it_starts() {
    for text in [
        "every 1h",
        "every 90s",
        "every 1d",
        "every 7m from 2026-12-01 09:00",
        "@startup",
    ] {
        assert!(parse(text).warnings(Lang::Zh).is_empty(), "{text}");
    }
    for text in ["every 7m", "every 2d", "every week"] {
        assert_eq!(parse(text).warnings(Lang::En).len(), 1, "{text}");
    }
    assert_eq!(
        parse("every 7h").warnings(Lang::Zh),
        [
            "没有写起点，从任务时区的 2000-01-01 00:00 起算；要自己定起点，请写 every 7h from 2026-12-01 09:00 这样"
        ]
    );
}

#[test]
fn long_and_hidden_text_is_refused_without_being_echoed() {
    let long = format!("every {}s", "9".repeat(300));
    assert!(matches!(
        ScheduleSpec::parse(&long),
        Err(SpecFault::Cron(_))
    ));
    let hidden = ScheduleSpec::parse("at \u{202e}2026-12-01 09:00 and much more than that");
    let text = hidden.map_err(|fault| fault.text(Lang::En));
    assert_eq!(
        text,
        Err("\"\u{fffd}2026-12-01 09:00 and mu…\" is not a known date and time; write, for example, 2026-12-01 09:00".to_owned())
    );
}

#[test]
fn words_of_what_no_text_gives_do_not_panic() {
    for seconds in [i64::MIN, -1, 0, i64::MAX] {
        for anchor in [None, Some("Z"), Some("T"), Some(":00"), Some("一")] {
            let anchor = anchor.map(str::to_owned);
            let spec = ScheduleSpec::Every { seconds, anchor };
            for lang in [Lang::Zh, Lang::En] {
                assert!(!spec.describe(lang).is_empty());
                let _ = spec.warnings(lang);
            }
        }
    }
    let spec = ScheduleSpec::Once { at: String::new() };
    assert_eq!(spec.describe(Lang::En), "Once, at ");
}
