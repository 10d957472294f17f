//! Days as JSON, in the formats in use.
//!
//! - A list of `{"date", "work" | "isOffDay", "name"}`, or an object that has it as `days`, which is how the project
//!   holiday-cn publishes its years.
//! - `{"holidays": {"2026-01-01": "New Year's Day,元旦,1"}, "workdays": {…}}`, the data file of the
//!   package chinese-days.
//! - `{"Years": {"2027": [{"Name", "StartDate", "EndDate", "Duration", "CompDays"}]}}`, the data
//!   file of the project china-holiday-calender: the holidays of each year with both ends, and the
//!   days that make up for them.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::fault::{Place, ReadFault, Reason};
use super::found::{Collector, date};

/// The longest holiday, in days.
const MAX_HOLIDAY: i64 = 366;

/// Reads JSON. serde_json limits the nesting depth itself.
pub(super) fn read(text: &str, found: &mut Collector) -> Result<(), ReadFault> {
    let value: Value = serde_json::from_str(text).map_err(|error| ReadFault::Json {
        line: error.line(),
        column: error.column(),
    })?;
    match &value {
        Value::Array(entries) => list(entries, found),
        Value::Object(object) => match object.get("days") {
            Some(Value::Array(entries)) => list(entries, found),
            _ => match object.get("Years") {
                Some(Value::Object(years)) => by_holiday(years, found),
                _ => by_date(object, found),
            },
        },
        _ => Err(ReadFault::UnknownJson),
    }
}

fn list(entries: &[Value], found: &mut Collector) -> Result<(), ReadFault> {
    for (index, entry) in entries.iter().enumerate() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or("").trim();
        let flag = |key: &str| entry.get(key).and_then(Value::as_bool);
        let (work, off) = (flag("work"), flag("isOffDay"));
        match (date(text("date")), work.or(off.map(|off| !off))) {
            (Ok(date), Some(true)) if work.is_none() => add_make_up(found, date, text("name"))?,
            (Ok(date), Some(work)) => found.add(date, work, text("name"))?,
            (Err(reason), _) => found.ignore(Place::Entry(index + 1), text("date"), reason),
            (Ok(_), None) => found.ignore(
                Place::Entry(index + 1),
                text("date"),
                Reason::NeitherWorkNorRest,
            ),
        }
    }
    Ok(())
}

fn by_date(object: &Map<String, Value>, found: &mut Collector) -> Result<(), ReadFault> {
    let of = |key: &str| object.get(key).and_then(Value::as_object);
    let (holidays, workdays) = (of("holidays"), of("workdays"));
    if holidays.is_none() && workdays.is_none() {
        return Err(ReadFault::UnknownJson);
    }
    let rest = holidays.into_iter().flatten().map(|day| (false, day));
    let work = workdays.into_iter().flatten().map(|day| (true, day));
    for (index, (work, (day, names))) in rest.chain(work).enumerate() {
        match date(day) {
            Ok(date) => {
                // English name, Chinese name, number of statutory days.
                let mut names = names.as_str().unwrap_or("").split(',');
                let english = names.next().unwrap_or("");
                let name = names.next().unwrap_or(english);
                if work {
                    add_make_up(found, date, name)?;
                } else {
                    found.add(date, work, name)?;
                }
            }
            Err(reason) => found.ignore(Place::Entry(index + 1), day, reason),
        }
    }
    Ok(())
}

fn by_holiday(years: &Map<String, Value>, found: &mut Collector) -> Result<(), ReadFault> {
    let none = Vec::new();
    let lists: Option<Vec<&Vec<Value>>> = years.values().map(Value::as_array).collect();
    let lists = lists.ok_or(ReadFault::UnknownJson)?;
    for (index, holiday) in lists.into_iter().flatten().enumerate() {
        let text = |key: &str| {
            holiday
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or("")
                .trim()
        };
        let place = Place::Entry(index + 1);
        match (date(text("StartDate")), date(text("EndDate"))) {
            (Err(reason), _) => found.ignore(place, text("StartDate"), reason),
            (_, Err(reason)) => found.ignore(place, text("EndDate"), reason),
            (Ok(first), Ok(last)) => match length(first, last, holiday.get("Duration")) {
                Ok(()) => found.add_range(first, last, false, text("Name"))?,
                Err(reason) => found.ignore(place, text("Name"), reason),
            },
        }
        for day in holiday
            .get("CompDays")
            .and_then(Value::as_array)
            .unwrap_or(&none)
        {
            let day = day.as_str().unwrap_or("").trim();
            match date(day) {
                Ok(date) => add_make_up(found, date, text("Name"))?,
                Err(reason) => found.ignore(place, day, reason),
            }
        }
    }
    Ok(())
}

/// Whether a holiday's dates make sense, and match its number of days where it has one.
fn length(first: Date, last: Date, days: Option<&Value>) -> Result<(), Reason> {
    let length = i64::from((last - first).get_days()) + 1;
    if length < 1 {
        Err(Reason::EndsBeforeStart)
    } else if length > MAX_HOLIDAY {
        Err(Reason::TooLong)
    } else if days
        .and_then(Value::as_i64)
        .is_some_and(|days| days != length)
    {
        Err(Reason::OtherLength)
    } else {
        Ok(())
    }
}

/// Adds a make-up day. The projects name it after the holiday that it makes up for; with that name alone the tenth of
/// October would read "work day: 国庆节".
fn add_make_up(found: &mut Collector, date: Date, name: &str) -> Result<(), ReadFault> {
    if name.is_ascii() || name.ends_with(['班', '休']) {
        found.add(date, true, name)
    } else {
        found.add(date, true, &format!("{name}调休"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::{Day, read_as};

    fn days(text: &str) -> Vec<(Date, bool, String)> {
        let read = read_as(text, false, 2026).expect("days");
        let flat = |(date, Day { work, name })| (date, work, name);
        read.days.into_iter().map(flat).collect()
    }

    #[test]
    fn the_shape_of_holiday_cn() {
        let text = r#"{
            "$schema": "https://example.com/schema.json", "year": 2026, "papers": ["…"],
            "days": [
                {"name": "国庆节", "date": "2026-10-01", "isOffDay": true},
                {"name": "国庆节", "date": "2026-10-10", "isOffDay": false},
                {"name": "中国人民抗日战争胜利纪念日补班", "date": "2015-09-06", "isOffDay": false}
            ]
        }"#;
        let expected = [
            (
                date(2015, 9, 6),
                true,
                "中国人民抗日战争胜利纪念日补班".to_owned(),
            ),
            (date(2026, 10, 1), false, "国庆节".to_owned()),
            (date(2026, 10, 10), true, "国庆节调休".to_owned()),
        ];
        assert_eq!(days(text), expected);
    }

    #[test]
    fn a_bare_list_and_its_faults() {
        let text = r#"[{"date":"2026-07-01","work":false,"name":"厂休"},
            {"date":"2026-07-04","work":true},
            {"date":"2026-07-05"}, {"date":"tomorrow","work":true}, 7, null,
            {"date":20260706,"work":true}]"#;
        let read = read_as(text, true, 2026).expect("two days");
        assert_eq!(read.days.len(), 2);
        let ignored: Vec<_> = read.ignored.iter().map(|i| (i.place, i.reason)).collect();
        let expected = [
            (Place::Entry(3), Reason::NeitherWorkNorRest),
            (Place::Entry(4), Reason::NotADate),
            (Place::Entry(5), Reason::NotADate),
            (Place::Entry(6), Reason::NotADate),
            (Place::Entry(7), Reason::NotADate),
        ];
        assert_eq!(ignored, expected);
    }

    #[test]
    fn the_shape_of_chinese_days() {
        let text = r#"{
            "holidays": {
                "2026-01-01": "New Year's Day,元旦,1",
                "2026-04-04": "Tomb-sweeping Day,清明,1"
            },
            "workdays": {"2026-01-04": "New Year's Day,元旦,1", "x": ""},
            "inLieuDays": {"2026-01-02": "New Year's Day,元旦,1"}
        }"#;
        let expected = [
            (date(2026, 1, 1), false, "元旦".to_owned()),
            (date(2026, 1, 4), true, "元旦调休".to_owned()),
            (date(2026, 4, 4), false, "清明".to_owned()),
        ];
        assert_eq!(days(text), expected);
    }

    #[test]
    fn the_shape_of_china_holiday_calender() {
        let text = r#"{"Name": "x", "Years": {"2027": [
            {"Name": "元旦", "StartDate": "2027-01-01", "EndDate": "2027-01-03", "Duration": 3,
             "CompDays": ["2027-01-09"], "Memo": "…"},
            {"Name": "清明节", "StartDate": "2027-04-05", "EndDate": "2027-04-05", "CompDays": []},
            {"Name": "端午节", "StartDate": "2027-06-09", "EndDate": "2027-06-09", "Duration": 3,
             "CompDays": ["soon", 7]},
            {"Name": "中秋节", "StartDate": "2027-09-15", "EndDate": "2027-09-14"},
            {"Name": "长假", "StartDate": "2027-01-01", "EndDate": "2099-01-01"}, 7
        ], "2028": []}}"#;
        let expected = [
            (date(2027, 1, 1), false, "元旦".to_owned()),
            (date(2027, 1, 2), false, "元旦".to_owned()),
            (date(2027, 1, 3), false, "元旦".to_owned()),
            (date(2027, 1, 9), true, "元旦调休".to_owned()),
            (date(2027, 4, 5), false, "清明节".to_owned()),
        ];
        assert_eq!(days(text), expected);
        let read = read_as(text, false, 2026).expect("days");
        let ignored: Vec<_> = read.ignored.iter().map(|i| (i.place, i.reason)).collect();
        let expected = [
            (Place::Entry(3), Reason::OtherLength),
            (Place::Entry(3), Reason::NotADate),
            (Place::Entry(3), Reason::NotADate),
            (Place::Entry(4), Reason::EndsBeforeStart),
            (Place::Entry(5), Reason::TooLong),
            (Place::Entry(6), Reason::NotADate),
        ];
        assert_eq!(ignored, expected);
    }

    #[test]
    fn other_json_is_refused() {
        for text in [
            "{}",
            r#"{"days":{}}"#,
            r#"{"holidays":[]}"#,
            r#"{"Years":[]}"#,
            r#"{"Years":{"2027":{}}}"#,
        ] {
            assert_eq!(
                read_as(text, false, 2026),
                Err(ReadFault::UnknownJson),
                "{text}"
            );
        }
        let fault = ReadFault::Json { line: 2, column: 2 };
        assert_eq!(read_as("[1,\n2 ", false, 2026), Err(fault));
        let deep = "[".repeat(500_000);
        let fault = read_as(&deep, false, 2026).expect_err("too deep");
        assert!(matches!(fault, ReadFault::Json { line: 1, .. }), "{fault}");
        assert_eq!(
            read_as("[]", false, 2026),
            Err(ReadFault::NoDays { first: None })
        );
    }
}
