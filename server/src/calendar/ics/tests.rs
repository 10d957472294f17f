mod times;

use jiff::civil::date;

use crate::calendar::{Day, Place, Read, ReadFault, Reason, read_as};

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
