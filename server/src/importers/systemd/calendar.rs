//! `OnCalendar=` as systemd.time(7) writes it.

use super::super::cron::years_of;

/// Names of days.
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// An expression.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Calendar {
    /// A cron expression with the second first.
    pub(super) cron: String,
    /// The years, where it is limited to some.
    pub(super) years: Vec<u32>,
    /// Its zone, if it names one.
    pub(super) zone: Option<String>,
    /// Whether both day fields have to match.
    pub(super) needs_both: bool,
}

/// Reads an expression; `None` where cron cannot say it.
pub(super) fn read(text: &str) -> Option<Calendar> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut zone = None;
    if words.len() > 1
        && let Some(last) = words.last()
        && is_zone(last)
    {
        zone = Some((*last).to_owned());
        words.pop();
    }
    let full = match words.as_slice() {
        [word] => nickname(word),
        _ => None,
    };
    let mut words: Vec<&str> = match full {
        Some(full) => full.split(' ').collect(),
        None => words,
    };
    let weekday = match words.first() {
        Some(first) if first.starts_with(|c: char| c.is_alphabetic()) => {
            let field = weekdays(first)?;
            words.remove(0);
            field
        }
        _ => "*".to_owned(),
    };
    let (date, time) = match words.as_slice() {
        [] => ("*-*-*", "00:00:00"),
        [one] if one.contains(':') => ("*-*-*", *one),
        [one] => (*one, "00:00:00"),
        [date, time] => (*date, *time),
        _ => return None,
    };
    let (year, month, day) = date_fields(date)?;
    let years = match year {
        "*" => Vec::new(),
        year => years_of(&year.replace("..", "-"))?,
    };
    let mut times = time.split(':');
    let (hour, minute, second) = (times.next()?, times.next()?, times.next().unwrap_or("00"));
    if times.next().is_some() {
        return None;
    }
    let day = match day.strip_prefix('~') {
        Some("01" | "1") => "L".to_owned(),
        Some(_) => return None,
        None => field(day)?,
    };
    let fields = [
        field(second)?,
        field(minute)?,
        field(hour)?,
        day,
        field(month)?,
        weekday,
    ];
    Some(Calendar {
        needs_both: fields[3] != "*" && fields[5] != "*",
        cron: fields.join(" "),
        years,
        zone,
    })
}

fn nickname(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "minutely" => "*-*-* *:*:00",
        "hourly" => "*-*-* *:00:00",
        "daily" => "*-*-* 00:00:00",
        "weekly" => "Mon *-*-* 00:00:00",
        "monthly" => "*-*-01 00:00:00",
        "quarterly" => "*-01,04,07,10-01 00:00:00",
        "semiannually" | "semi-annually" => "*-01,07-01 00:00:00",
        "yearly" | "annually" => "*-01-01 00:00:00",
        _ => return None,
    })
}

/// Year, month and day; the day with `~` in front where it counts from the end of the month.
fn date_fields(date: &str) -> Option<(&str, &str, &str)> {
    let (head, day) = match date.split_once('~') {
        // With the sign, which says that it counts from the end.
        Some((head, _)) => (head, &date[head.len()..]),
        None => date.rsplit_once('-')?,
    };
    Some(match head.split_once('-') {
        Some((year, month)) => (year, month, day),
        None => ("*", head, day),
    })
}

/// A list of numbers, ranges (`1..5`) and repetitions (`0/15`) as a field of cron.
fn field(text: &str) -> Option<String> {
    let parts: Option<Vec<String>> = text.split(',').map(part).collect();
    parts.map(|parts| parts.join(","))
}

fn part(text: &str) -> Option<String> {
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
        None => (text, None),
    };
    let range = match range.split_once("..") {
        Some((from, to)) => format!("{}-{}", number(from)?, number(to)?),
        None if range == "*" => range.to_owned(),
        // Fractions of seconds are not numbers here.
        None => number(range)?.to_string(),
    };
    Some(match step {
        Some(step) => format!("{range}/{step}"),
        None => range,
    })
}

fn number(text: &str) -> Option<u32> {
    let is_plain =
        !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// `Mon..Fri`, `Mon,Wed`, `Saturday`.
fn weekdays(text: &str) -> Option<String> {
    let day = |name: &str| {
        let short = name.get(..3)?.to_ascii_lowercase();
        DAYS.iter().position(|day| *day == short)
    };
    let parts: Option<Vec<String>> = text
        .trim_end_matches(',')
        .split(',')
        .map(
            |part| match part.split_once("..").or_else(|| part.split_once('-')) {
                Some((from, to)) => {
                    let (from, to) = (day(from)?, day(to)?);
                    // Sunday may end a range.
                    let to = if to < from { to + 7 } else { to };
                    (to <= 7).then(|| format!("{from}-{to}"))
                }
                None => day(part).map(|day| day.to_string()),
            },
        )
        .collect();
    parts.map(|parts| parts.join(","))
}

/// `UTC`, `Asia/Shanghai`.
fn is_zone(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_ascii_uppercase());
    begins && (word == "UTC" || word.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_become_cron() {
        for (text, expected) in [
            ("daily", "0 0 0 * * *"),
            ("weekly", "0 0 0 * * 1"),
            ("quarterly", "0 0 0 1 1,4,7,10 *"),
            ("*-*-* 04:00", "0 0 4 * * *"),
            ("04:30:15", "15 30 4 * * *"),
            ("*:0/15", "0 0/15 * * * *"),
            ("*-*-* *:00,30:00", "0 0,30 * * * *"),
            ("Mon..Fri 09:00", "0 0 9 * * 1-5"),
            ("Fri..Sun *-*-* 09..17:00", "0 0 9-17 * * 5-7"),
            ("Sat,Sun 20:00", "0 0 20 * * 6,0"),
            ("*-*~01 23:00", "0 0 23 L * *"),
            ("03-05 00:00", "0 0 0 5 3 *"),
        ] {
            let read = read(text).map(|read| read.cron);
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for other in [
            "",
            "every tuesday",
            "*-*-* 25",
            "*-*~07",
            "1:2:3:4",
            "*:*:0.5",
            "0/0:00",
        ] {
            let read = read(other).filter(|_| !other.is_empty());
            assert_eq!(read, None, "{other}");
        }
    }

    #[test]
    fn zones_and_years_are_noticed() {
        let read = read("Mon 2026..2027-*-1..7 06:00 Asia/Shanghai").expect("an expression");
        assert_eq!(read.zone.as_deref(), Some("Asia/Shanghai"));
        assert_eq!(read.years, [2026, 2027]);
        assert!(read.needs_both);
        assert_eq!(read.cron, "0 0 6 1-7 * 1");
    }
}
