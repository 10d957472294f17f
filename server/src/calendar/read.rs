//! Chooses the reader for a text with days.

use super::fault::ReadFault;
use super::found::{Collector, How, Read};
use super::{ics, json, lines};

/// The longest text that is accepted, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The most days that one text may name, repeated mentions included.
pub const MAX_DAYS: usize = 20_000;

/// Reads a text with days. The format is recognised by its beginning: `BEGIN:VCALENDAR` is iCalendar, `{` or `[` is
/// JSON, anything else is lines in the format of `cn.txt`.
///
/// # Errors
/// When the text names no usable day, or is too large.
pub fn read(text: &str, how: &How) -> Result<Read, ReadFault> {
    if text.len() > MAX_BYTES {
        return Err(ReadFault::TooLarge);
    }
    // Editors on Windows put a byte order mark before the first line.
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Err(ReadFault::Empty);
    }
    let mut found = Collector::new(MAX_DAYS);
    let begins = |with: &str| {
        let start = text.get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if begins("BEGIN:VCALENDAR") {
        ics::read(text, how, &mut found)?;
    } else if text.starts_with(['{', '[']) {
        json::read(text, &mut found)?;
    } else {
        lines::read(text, &mut found)?;
    }
    let mut read = found.read();
    if read.days.is_empty() {
        // An error, not an empty success: with "replace the years" a wrong address would look like one.
        let first = (!read.ignored.is_empty()).then(|| Box::new(read.ignored.swap_remove(0)));
        return Err(ReadFault::NoDays { first });
    }
    Ok(read)
}

/// Reads a text whose times in UTC count in UTC.
#[cfg(test)]
pub(super) fn read_as(text: &str, as_work_days: bool, this_year: i16) -> Result<Read, ReadFault> {
    let how = How {
        as_work_days,
        this_year,
        zone: jiff::tz::TimeZone::UTC,
    };
    read(text, &how)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No content of a text may stop the server or make it name days out of bounds.
    #[test]
    fn mutated_texts_are_survived() {
        const LINES: &str = "2026-10-01..2026-10-07 rest 国庆节\n2026-10-10 work 国庆节调休\n";
        const JSON: &str = r#"{"days":[{"date":"2026-10-01","isOffDay":true,"name":"国庆节"}]}"#;
        const MAPS: &str = r#"{"holidays":{"2026-01-01":"New Year's Day,元旦,1"},"workdays":{}}"#;
        const FEED: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261001\r\n\
         DTEND;VALUE=DATE:20261008\r\nSUMMARY;LANGUAGE=zh_CN:国庆节\r\n （休）\r\n\
         X-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        const RULES: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20200229T000000Z\n\
         DURATION:P1DT2H\nRRULE:FREQ=YEARLY;INTERVAL=4;COUNT=9\nEXDATE:20240229\nEND:VEVENT\n";
        const PARTS: &str =
            "\r\n |\n|\u{feff}|\\|\"|:|;|..|9999999999|-|休）|\0|BEGIN:VEVENT\n|\u{2028}";
        let parts: Vec<&str> = PARTS.split('|').collect();
        // A fixed sequence (Knuth's MMIX constants), so that failures can be reproduced.
        let mut state = 42_u64;
        let mut random = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below.max(1)
        };
        for sample in [FEED, RULES, LINES, JSON, MAPS] {
            for end in (0..=sample.len()).filter(|end| sample.is_char_boundary(*end)) {
                let _ = read_as(&sample[..end], false, 2026);
                let _ = read_as(&sample[end..], true, i16::MAX);
            }
            for _ in 0..3_000 {
                let mut bytes = sample.as_bytes().to_vec();
                for _ in 0..=random(6) {
                    let at = random(bytes.len());
                    match random(4) {
                        0 => bytes[at] = u8::try_from(random(256)).expect("a byte"),
                        1 => bytes[at] = b'0' + u8::try_from(random(10)).expect("a digit"),
                        2 => drop(bytes.splice(at..at, parts[random(parts.len())].bytes())),
                        _ => drop(bytes.drain(at..(at + random(9)).min(bytes.len()))),
                    }
                }
                let text = String::from_utf8_lossy(&bytes);
                if let Ok(found) = read_as(&text, random(2) == 0, 2026) {
                    assert!(!found.days.is_empty() && found.ignored.len() <= 20);
                    assert!(found.days.is_sorted_by(|a, b| a.0 < b.0));
                    for (date, day) in &found.days {
                        assert!((1970..=2200).contains(&date.year()), "{date} in {text}");
                        assert!(!day.name.contains(char::is_control), "{text}");
                    }
                }
            }
        }
    }
}
