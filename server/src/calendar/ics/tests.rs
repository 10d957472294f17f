use jiff::civil::date;

use crate::calendar::{Day, How, Place, Read, ReadFault, Reason, read, read_as};

/// Texts in the form of the well-known feeds.
const APPLE: &str = "BEGIN:VCALENDAR\r
VERSION:2.0\r
X-WR-CALNAME:中国大陆节假日\r
BEGIN:VTIMEZONE\r
TZID:Asia/Shanghai\r
BEGIN:STANDARD\r
DTSTART:19700101T000000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTAMP:20251104T000000Z\r
DTSTART;VALUE=DATE:20261001\r
DTEND;VALUE=DATE:20261008\r
SUMMARY;LANGUAGE=zh_CN:国庆节\r
 （休）\r
X-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261010\r
SUMMARY;LANGUAGE=zh_CN:国庆节（班）\r
X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261018\r
SUMMARY:重阳节\r
END:VEVENT\r
END:VCALENDAR\r
";
const HOLIDAY_CN: &str = "BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:上班(补元旦假期)
DTSTART;VALUE=DATE:20260104
DTEND;VALUE=DATE:20260105
END:VEVENT
BEGIN:VEVENT
SUMMARY:元旦假期
DTSTART;VALUE=DATE:20260101
DTEND;VALUE=DATE:20260104
END:VEVENT
END:VCALENDAR";

fn event(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
}

/// The days of one event as text: `10-01 rest Name`.
fn days(lines: &str, as_work_days: bool) -> Vec<String> {
    flat(&read_as(&event(lines), as_work_days, 2026).expect("days"))
}

fn flat(read: &Read) -> Vec<String> {
    let days = read.days.iter();
    days.map(|(date, Day { work, name })| {
        let kind = if *work { "work" } else { "rest" };
        format!("{} {kind} {name}", date.strftime("%m-%d"))
    })
    .collect()
}

fn reason(lines: &str) -> Reason {
    match read_as(&event(lines), false, 2026) {
        Err(ReadFault::NoDays { first: Some(first) }) => {
            assert_eq!(first.place, Place::Line(2));
            first.reason
        }
        other => panic!("{lines}: {other:?}"),
    }
}

#[test]
fn marked_feeds_distinguish_rest_work_and_festival_days() {
    for as_work_days in [false, true] {
        let read = read_as(APPLE, as_work_days, 2026).expect("days");
        let flat = flat(&read);
        assert_eq!(flat.len(), 8);
        assert_eq!(flat[0], "10-01 rest 国庆节");
        assert_eq!(flat[7], "10-10 work 国庆节（班）");
        assert_eq!(read.ignored.len(), 1);
        assert_eq!(read.ignored[0].what, "重阳节");
        assert_eq!(read.ignored[0].reason, Reason::NotMarked);
        assert_eq!(read.ignored[0].place, Place::Line(23));
    }
    let read = read_as(HOLIDAY_CN, false, 2026).expect("days");
    let expected = [
        "01-01 rest 元旦假期",
        "01-02 rest 元旦假期",
        "01-03 rest 元旦假期",
        "01-04 work 上班(补元旦假期)",
    ];
    assert_eq!(flat(&read), expected);
}

#[test]
fn titles_and_categories_mark_working_days() {
    let kind = |lines: &str, as_work_days| {
        let text = format!("DTSTART:20260704\n{lines}");
        read_as(&event(&text), as_work_days, 2026)
            .expect("a day")
            .days[0]
            .1
            .work
    };
    for title in [
        "补班",
        "国庆补班 1",
        "春节（班）",
        "调休上班 (春节)",
        "Make-up Workday",
        "Special Working Day",
        "A work day",
    ] {
        assert!(kind(&format!("SUMMARY:{title}"), false), "{title}");
    }
    for title in ["厂休", "班级聚会", "Non-working day", "Holiday", ""] {
        let title = format!("SUMMARY:{title}");
        assert!(!kind(&title, false), "{title}");
        assert!(kind(&title, true), "{title}");
    }
    assert!(
        !kind("SUMMARY:春节(休)", true),
        "the mark outweighs the choice"
    );
    assert!(kind("SUMMARY:x\nCATEGORIES:a,Workday", false));
    assert!(kind("CATEGORIES:补班\nCATEGORIES:b", false));
}

#[test]
fn ends_are_exclusive() {
    let table: &[(&str, &[&str])] = &[
        ("DTSTART:20261001", &["10-01"]),
        ("DTSTART:20261001\nDTEND:20261001", &["10-01"]),
        ("DTSTART:20261001\nDTEND:20261003", &["10-01", "10-02"]),
        ("DTSTART:20261001\nDURATION:P2D", &["10-01", "10-02"]),
        ("DTSTART:20261001\nDURATION:PT36H", &["10-01", "10-02"]),
        ("DTSTART:20261001\nDURATION:P0D", &["10-01"]),
        (
            "DTSTART;TZID=Asia/Shanghai:20261001T090000\nDTEND:20261001T180000",
            &["10-01"],
        ),
        (
            "DTSTART:20261001T000000\nDTEND:20261003T000000",
            &["10-01", "10-02"],
        ),
        (
            "DTSTART:20261001T220000Z\nDTEND:20261002T060000Z",
            &["10-01", "10-02"],
        ),
    ];
    for (lines, expected) in table {
        let found: Vec<_> = days(lines, false);
        let found: Vec<_> = found.iter().map(|day| &day[..5]).collect();
        assert_eq!(&found, expected, "{lines}");
    }
    let week = days("DTSTART:20261001\nDURATION:P1W\nSUMMARY:a\\, b\\nc", true);
    assert_eq!((week.len(), week[6].as_str()), (7, "10-07 work a, b c"));
}

#[test]
fn yearly_events_and_their_exceptions() {
    let text = event(
        "DTSTART;VALUE=DATE:20001231\nDTEND;VALUE=DATE:20010102\nRRULE:FREQ=YEARLY;COUNT=28\n\
         EXDATE;VALUE=DATE:20251231,20261231\nSUMMARY:New year",
    );
    let read = read_as(&text, false, 2026).expect("days");
    let found: Vec<_> = read.days.iter().map(|(date, _)| *date).collect();
    assert_eq!(found, [date(2027, 12, 31), date(2028, 1, 1)]);
    let extra = "DTSTART:20261001\nRDATE:20261005";
    assert_eq!(days(extra, false), ["10-01 rest ", "10-05 rest "]);
}

#[test]
fn what_is_not_read_says_why() {
    for (lines, expected) in [
        ("SUMMARY:x", Reason::NoStart),
        ("DTSTART:soon", Reason::NotADate),
        ("DTSTART:20260229", Reason::NoSuchDate),
        ("DTSTART:20261001T2500", Reason::NotADate),
        ("DTSTART:20261001\nDURATION:long", Reason::NotADate),
        ("DTSTART:19691231", Reason::YearOutOfRange),
        ("DTSTART:22001231\nDURATION:P9D", Reason::YearOutOfRange),
        ("DTSTART:20261001\nDTEND:20260930", Reason::EndsBeforeStart),
        ("DTSTART:20261001\nDURATION:-P1D", Reason::EndsBeforeStart),
        ("DTSTART:20250101\nDTEND:20270101", Reason::TooLong),
        ("DTSTART:20261001\nDURATION:P5000000D", Reason::TooLong),
        ("DTSTART:20261001\nRRULE:FREQ=HOURLY", Reason::Repetition),
        ("DTSTART:20001001\nRRULE:FREQ=YEARLY;COUNT=3", Reason::Over),
        ("DTSTART:20261001\nSTATUS:CANCELLED", Reason::Cancelled),
    ] {
        assert_eq!(reason(lines), expected, "{lines}");
    }
}

#[test]
fn a_damaged_text_keeps_its_whole_events() {
    let text = "begin:vcalendar\nrubbish\nBEGIN:VEVENT\nDTSTART:20260701\nBEGIN:VALARM\n\
                DTSTART:20260801\nSUMMARY:alarm\nEND:VALARM\nSUMMARY:whole\nEND:VEVENT\n\
                BEGIN:VTODO\nDTSTART:20260901\nEND:VTODO\nBEGIN:VEVENT\nSUMMARY:lost\n\
                BEGIN:VEVENT\nDTSTART:20260702\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:cut";
    let read = read_as(text, false, 2026).expect("two days");
    assert_eq!(flat(&read), ["07-01 rest whole", "07-02 rest "]);
    let ignored = read.ignored.iter();
    let ignored: Vec<_> = ignored.map(|i| (i.place, &*i.what, i.reason)).collect();
    let expected = [
        (Place::Line(14), "lost", Reason::Unfinished),
        (Place::Line(19), "cut", Reason::Unfinished),
    ];
    assert_eq!(ignored, expected);
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    let text = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:A\n".repeat(130_000);
    assert_eq!(
        read_as(&text, false, 2026),
        Err(ReadFault::NoDays { first: None })
    );
}

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
