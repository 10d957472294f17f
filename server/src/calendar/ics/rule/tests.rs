use jiff::civil::date;
use jiff::tz::TimeZone;

use super::super::super::content::properties;
use super::*;

/// The days of a rule from its start, at most `most`, as month and day or with the year.
fn days(rule: &str, start: &str, most: usize) -> Vec<String> {
    let text = format!("DTSTART:{start}\nRRULE:{rule}\n");
    let all: Vec<Property> = properties(&text).collect();
    let zones = Zones::of(properties(""), &TimeZone::UTC);
    let start = When::of(&all[0], &zones).expect("a start");
    let rule = Rule::parse(&all[1], &start, &zones).expect("a rule");
    let window = (start.local.date(), date(2200, 12, 31));
    let found = rule.starts(&start, window, &zones, &mut Work(1_000_000));
    let found = found.expect("within bounds").into_iter().take(most);
    found
        .map(|at| at.date().strftime("%y%m%d").to_string())
        .collect()
}

/// Most of these are the examples of RFC 5545, section 3.8.5.3.
#[test]
fn rules_name_the_days_that_the_standard_says() {
    let table: &[(&str, &str, &[&str])] = &[
        (
            "FREQ=DAILY;COUNT=3",
            "19970902T090000",
            &["970902", "970903", "970904"],
        ),
        (
            "FREQ=DAILY;INTERVAL=10;COUNT=3",
            "19970902",
            &["970902", "970912", "970922"],
        ),
        (
            "FREQ=WEEKLY;COUNT=3",
            "19970902",
            &["970902", "970909", "970916"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH",
            "19970902",
            &["970902", "970904", "970916", "970918"],
        ),
        // The start of the week makes the difference.
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "19970805",
            &["970805", "970810", "970819", "970824"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "19970805",
            &["970805", "970817", "970819", "970831"],
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=1FR",
            "19970905",
            &["970905", "971003", "971107"],
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO",
            "19970922",
            &["970922", "971020", "971117"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3",
            "19970928",
            &["970928", "971029", "971128"],
        ),
        (
            "FREQ=MONTHLY;COUNT=3",
            "20260131",
            &["260131", "260331", "260531"],
        ),
        (
            "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1",
            "19970930",
            &["970930", "971001", "971031", "971101"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=3",
            "19970913",
            &["970913", "971011", "971108"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2",
            "19980213",
            &["980213", "980313"],
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "19970904",
            &["970904", "971007", "971106"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3",
            "19970929",
            &["970929", "971030", "971127"],
        ),
        (
            "FREQ=YEARLY;COUNT=3;BYMONTH=6,7",
            "19970610",
            &["970610", "970710", "980610"],
        ),
        (
            "FREQ=YEARLY;BYDAY=20MO;COUNT=3",
            "19970519",
            &["970519", "980518", "990517"],
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3",
            "19970512",
            &["970512", "980511", "990517"],
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;COUNT=2",
            "19970512",
            &["970512", "980511"],
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3",
            "20181231",
            &["181231", "191230", "210104"],
        ),
        (
            "FREQ=YEARLY;COUNT=4;INTERVAL=3;BYYEARDAY=1,100,200",
            "19970101",
            &["970101", "970410", "970719", "000101"],
        ),
        (
            "FREQ=YEARLY;BYYEARDAY=-1;COUNT=2",
            "19991231",
            &["991231", "001231"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4",
            "19970313",
            &["970313", "970320", "970327", "980305"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2",
            "20261126",
            &["261126", "271125"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2",
            "20260525",
            &["260525", "270531"],
        ),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
            "19961105",
            &["961105", "001107", "041102"],
        ),
        ("FREQ=YEARLY;COUNT=2", "20240229", &["240229", "280229"]),
        (
            "FREQ=DAILY;BYMONTH=1;BYMONTHDAY=31;COUNT=2",
            "20270131",
            &["270131", "280131"],
        ),
        (
            "FREQ=WEEKLY;BYDAY=SA,SU;BYMONTH=7;COUNT=3",
            "20260725",
            &["260725", "260726", "270703"],
        ),
        (
            "freq=yearly;wkst=mo;",
            "20261001",
            &["261001", "271001", "281001", "291001"],
        ),
        (
            "FREQ=YEARLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=1",
            "20261001T090000",
            &["261001"],
        ),
        ("FREQ=YEARLY;COUNT=0", "20261001", &[]),
        ("FREQ=YEARLY;UNTIL=20260930", "20261001", &[]),
        // The start counts even if the rule does not name it.
        (
            "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2",
            "20261001",
            &["261001", "261015"],
        ),
    ];
    for (rule, start, expected) in table {
        assert_eq!(days(rule, start, 4), *expected, "{rule} from {start}");
    }
}

#[test]
fn a_series_goes_straight_to_its_window() {
    let property = properties("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SA\n").next();
    let zones = Zones::of(properties(""), &TimeZone::UTC);
    let start = When {
        local: date(1, 1, 6).at(0, 0, 0, 0),
        is_day: true,
        zone: Zone::Floating,
    };
    let rule = Rule::parse(&property.expect("a rule"), &start, &zones).expect("a rule");
    let mut work = Work(100);
    let window = (date(2026, 1, 1), date(2026, 2, 28));
    let found = rule
        .starts(&start, window, &zones, &mut work)
        .expect("little work");
    let weeks = |at: &DateTime| (day_number(at.date()) - day_number(start.local.date())) % 14;
    assert!(
        found.len() == 4 && found.iter().all(|at| weeks(at) == 0),
        "{found:?}"
    );
}

#[test]
fn other_rules_are_refused() {
    let zones = Zones::of(properties(""), &TimeZone::UTC);
    let start = When {
        local: date(2026, 10, 1).at(0, 0, 0, 0),
        is_day: true,
        zone: Zone::Floating,
    };
    let many = format!("FREQ=YEARLY;BYYEARDAY={}", "1,".repeat(1_000));
    for rule in [
        "",
        "YEARLY",
        "INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=SECONDLY",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;INTERVAL=-1",
        "FREQ=YEARLY;INTERVAL=99999999999",
        "FREQ=YEARLY;COUNT=x",
        "FREQ=YEARLY;COUNT=-1",
        "FREQ=YEARLY;UNTIL=soon",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=YEARLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYDAY=4XX",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=YEARLY;BYDAY=，",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYHOUR=9",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "FREQ=YEARLY;BYEASTER=1",
        &many,
    ] {
        let text = format!("RRULE:{rule}\n");
        let property = properties(&text).next().expect("a property");
        let read = Rule::parse(&property, &start, &zones).map(|_| ());
        assert_eq!(read, Err(Reason::Repetition), "{rule}");
    }
}
