//! Times, zones and series.

use super::{event, flat, reason};
use crate::calendar::{How, Place, ReadFault, Reason, read, read_as};

/// Month and day of all days of events, in a calendar whose header sets UTC+8.
fn in_shanghai(events: &str) -> Vec<String> {
    let text = format!("BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Shanghai\n{events}\nEND:VCALENDAR\n");
    let read = read_as(&text, false, 2026).expect("days");
    assert_eq!(read.ignored, [], "{events}");
    let days = read.days.iter().map(|(date, _)| *date);
    days.map(|date| date.strftime("%y-%m-%d").to_string())
        .collect()
}

fn one(lines: &str) -> Vec<String> {
    in_shanghai(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT"))
}

#[test]
fn each_second_of_a_minute_may_begin_an_event() {
    for second in 0..60 {
        let lines = format!("DTSTART:20271001T0900{second:02}");
        assert_eq!(one(&lines), ["27-10-01"], "{second}");
        let lines = format!(
            "DTSTART:20261001T0900{second:02}\nRRULE:FREQ=YEARLY;COUNT=2\nEXDATE:20261001T0900{second:02}"
        );
        assert_eq!(one(&lines), ["27-10-01"], "{second}");
    }
}

#[test]
fn times_in_utc_count_where_the_calendar_is() {
    for (lines, expected) in [
        (
            "DTSTART:20270930T160000Z\nDTEND:20271001T160000Z",
            "27-10-01",
        ),
        ("DTSTART:20270930T160000Z\nDURATION:P1D", "27-10-01"),
        ("DTSTART:20271001T155959Z", "27-10-01"),
        ("DTSTART;TZID=America/New_York:20271001T230000", "27-10-01"),
        (
            "DTSTART;TZID=Asia/Tokyo:20271001T000000\nDTEND:20271001T150000Z",
            "27-10-01",
        ),
        (
            "DTSTART:20261231T160000Z\nRRULE:FREQ=YEARLY;COUNT=1",
            "27-01-01",
        ),
    ] {
        assert_eq!(one(lines), [expected], "{lines}");
    }
    let zoned = "DTSTART;TZID=Asia/Shanghai:20261001T080000\nRRULE:FREQ=YEARLY;COUNT=3";
    for except in ["EXDATE:20271001T000000Z", "EXDATE;VALUE=DATE:20271001"] {
        let lines = format!("{zoned}\n{except}");
        assert_eq!(one(&lines), ["26-10-01", "28-10-01"], "{except}");
    }
    assert_eq!(one(&format!("{zoned}\nEXDATE:20271001T010000Z")).len(), 3);
    for (start, until, times) in [
        (
            "DTSTART;TZID=Asia/Shanghai:20261001T070000",
            "20280930T230000Z",
            3,
        ),
        (
            "DTSTART;TZID=Asia/Shanghai:20261001T070000",
            "20280930T225959Z",
            2,
        ),
        ("DTSTART:20260930T230000Z", "20280930T230000Z", 3),
        ("DTSTART;VALUE=DATE:20261001", "20281001T000000Z", 3),
        ("DTSTART;VALUE=DATE:20261001", "20280930T160000Z", 3),
        ("DTSTART;VALUE=DATE:20261001", "20280930T155959Z", 2),
        ("DTSTART:20261001T090000", "20281001", 3),
        ("DTSTART:20261001T090000", "20281001T080000", 2),
    ] {
        let lines = format!("{start}\nRRULE:FREQ=YEARLY;UNTIL={until}");
        assert_eq!(one(&lines).len(), times, "{lines}");
    }
}

#[test]
fn a_series_from_before_1970_takes_place_each_year() {
    for start in ["19491001", "19491001T080000", "00010101", "16010101T000000"] {
        let days = one(&format!("DTSTART:{start}\nRRULE:FREQ=YEARLY"));
        assert_eq!(days.len(), 12, "{start}");
        assert!(days[0].starts_with("25-"), "{start}");
    }
    let counted = one("DTSTART:19491001\nRRULE:FREQ=YEARLY;COUNT=78");
    assert_eq!(counted, ["25-10-01", "26-10-01"]);
}

#[test]
fn an_override_replaces_its_occurrence() {
    let series =
        "BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260501\nRRULE:FREQ=YEARLY;COUNT=3\nEND:VEVENT\n";
    let of = |lines: &str| format!("BEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\n");
    let moved = of("RECURRENCE-ID;VALUE=DATE:20270501\nDTSTART;VALUE=DATE:20270503");
    let expected = ["26-05-01", "27-05-03", "28-05-01"];
    assert_eq!(in_shanghai(&format!("{series}{moved}")), expected);
    assert_eq!(in_shanghai(&format!("{moved}{series}")), expected);
    let newer = of("SEQUENCE:2\nRECURRENCE-ID;VALUE=DATE:20270501\nDTSTART;VALUE=DATE:20270504");
    let expected = ["26-05-01", "27-05-04", "28-05-01"];
    assert_eq!(in_shanghai(&format!("{newer}{series}{moved}")), expected);
    // The same instant, in UTC.
    let in_utc = of("RECURRENCE-ID:20270430T160000Z\nDTSTART:20270505T010000Z");
    let expected = ["26-05-01", "27-05-05", "28-05-01"];
    assert_eq!(in_shanghai(&format!("{series}{in_utc}")), expected);
    let timed = series.replace(
        ";VALUE=DATE:20260501",
        ";TZID=Asia/Shanghai:20260501T090000",
    );
    let in_utc = of("RECURRENCE-ID:20270501T010000Z\nDTSTART:20270506T010000Z");
    let expected = ["26-05-01", "27-05-06", "28-05-01"];
    assert_eq!(in_shanghai(&format!("{timed}{in_utc}")), expected);
    // Of another series, or a cancelled one.
    let other = in_utc.replace("UID:a", "UID:b");
    assert_eq!(in_shanghai(&format!("{timed}{other}")).len(), 4);
    let off = of("RECURRENCE-ID:20270501T010000Z\nDTSTART:20270501T010000Z\nSTATUS:CANCELLED");
    let text = format!("BEGIN:VCALENDAR\n{timed}{off}END:VCALENDAR");
    let read = read_as(&text, false, 2026).expect("days");
    assert_eq!(flat(&read), ["05-01 rest ", "05-01 rest "]);
    assert_eq!(read.ignored[0].reason, Reason::Cancelled);
}

#[test]
fn parts_of_a_series_that_cannot_be_used_are_listed() {
    for (lines, expected) in [
        ("EXDATE:20261001,soon", Reason::NotADate),
        ("RDATE:soon", Reason::NotADate),
        ("EXDATE;TZID=Nowhere:20261001T010000", Reason::UnknownZone),
    ] {
        let text = event(&format!(
            "DTSTART:20261001T000000Z\nRRULE:FREQ=YEARLY;COUNT=2\n{lines}"
        ));
        let read = read_as(&text, false, 2026).expect("days");
        let ignored: Vec<_> = read.ignored.iter().map(|i| (i.place, i.reason)).collect();
        assert_eq!(ignored, [(Place::Line(5), expected)], "{lines}");
    }
    let text = event("DTSTART:20261001\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261001");
    let read = read_as(&text, false, 2026).expect("days");
    assert_eq!(read.ignored[0].reason, Reason::AndFuture);
}

#[test]
fn extra_dates_are_taken_once_and_periods_have_a_length() {
    let table: &[(&str, &[&str])] = &[
        (
            "RDATE;VALUE=DATE:20261003,20261001",
            &["26-10-01", "26-10-03"],
        ),
        (
            "RDATE;VALUE=PERIOD:20261003/P2D",
            &["26-10-01", "26-10-03", "26-10-04"],
        ),
        (
            "RDATE;VALUE=PERIOD:20261003/20261005",
            &["26-10-01", "26-10-03", "26-10-04"],
        ),
        ("RDATE:20261003\nEXDATE:20261001", &["26-10-03"]),
        (
            "RRULE:FREQ=YEARLY;COUNT=2\nRDATE:20261003",
            &["26-10-01", "26-10-03", "27-10-01"],
        ),
        (
            "RRULE:FREQ=YEARLY;COUNT=3\nEXRULE:FREQ=YEARLY;INTERVAL=2",
            &["27-10-01"],
        ),
    ];
    for (lines, expected) in table {
        assert_eq!(
            one(&format!("DTSTART:20261001\n{lines}")),
            *expected,
            "{lines}"
        );
    }
}

#[test]
fn only_gregorian_dates_are_read() {
    let text = |scale: &str| {
        format!("BEGIN:VCALENDAR\nCALSCALE:{scale}\nBEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n")
    };
    assert!(read_as(&text("gregorian"), false, 2026).is_ok());
    assert_eq!(
        read_as(&text("HEBREW"), false, 2026),
        Err(ReadFault::NotGregorian)
    );
}

#[test]
fn hostile_rules_cost_little() {
    let endless = "RRULE:FREQ=DAILY;COUNT=1000000000";
    let text = event(&format!("DTSTART:00010101\n{endless}"));
    let read = read_as(&text, false, 2026).expect("days");
    assert_eq!(read.days.len(), 12 * 365 + 3);
    // A day that never occurs, in each of 10,000 events.
    let never = "BEGIN:VEVENT\nDTSTART:00010131\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\nEND:VEVENT\n";
    let text = format!("BEGIN:VCALENDAR\n{}", never.repeat(10_000));
    assert_eq!(read_as(&text, false, 2026), Err(ReadFault::TooMuch));
    for second in ["SECONDLY", "MINUTELY", "HOURLY"] {
        let lines = format!("DTSTART:20261001T000000\nRRULE:FREQ={second};COUNT=1000000000");
        assert_eq!(reason(&lines), Reason::Repetition);
    }
    let long = format!("DTSTART:20261001\nEXDATE:{}", "20261001,".repeat(100_000));
    assert!(read_as(&event(&long), false, 2026).is_err());
}

#[test]
fn a_calendar_without_a_zone_is_in_that_of_the_server() {
    let text = event("DTSTART:20270930T160000Z\nDTEND:20271001T160000Z");
    let how = How {
        as_work_days: false,
        this_year: 2026,
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone"),
    };
    let found = read(&text, &how).expect("days");
    assert_eq!(flat(&found), ["10-01 rest "]);
}
