//! Names of months and weekdays, ordinals, lists in both languages, and the characters of Chinese input methods.
//!
//! Everything here is plain words and independent of expressions, so the descriptions, the errors and the warnings
//! can share it.

use super::field::CronField;
use crate::i18n::Lang;

/// English month names in calendar order, January first.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// English weekday names, Sunday first as in the weekday field.
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// Chinese weekday names, Sunday first as in the weekday field.
const WEEKDAYS_ZH: [&str; 7] = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

/// The number of a month or weekday name, in any letter case.
///
/// Only three-letter names count. Sunday is 0.
pub(super) fn name_value(field: CronField, name: &str) -> Option<u8> {
    // A name with a multi-byte character cannot match three bytes, so the comparison is safe for any input.
    let matches = |full: &&str| full[..3].eq_ignore_ascii_case(name);
    let position = match field {
        CronField::Month => MONTHS.iter().position(matches).map(|at| at + 1),
        CronField::DayOfWeek => WEEKDAYS.iter().position(matches),
        _ => None,
    };
    position.and_then(|at| u8::try_from(at).ok())
}

/// The three-letter upper-case name of a month (1–12) or weekday (0–7), or `None` for a field without names.
pub(super) fn short_name(field: CronField, value: u8) -> Option<String> {
    let full = match field {
        CronField::Month => month(value),
        CronField::DayOfWeek => weekday(value, Lang::En),
        _ => return None,
    };
    Some(full[..3].to_ascii_uppercase())
}

/// The English name of a month, 1–12. Other numbers give December: masks never contain them.
pub(super) fn month(number: u8) -> &'static str {
    MONTHS[usize::from(number.clamp(1, 12)) - 1]
}

/// The name of a weekday; 0 and 7 are Sunday.
pub(super) fn weekday(number: u8, lang: Lang) -> &'static str {
    let at = usize::from(number % 7);
    match lang {
        Lang::Zh => WEEKDAYS_ZH[at],
        Lang::En => WEEKDAYS[at],
    }
}

/// `1st`, `2nd`, `3rd`, `11th` and so on.
pub(crate) fn ordinal(number: u8) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// "third" or "第三个", for the `n#k` form where `k` is 1–5.
pub(super) fn nth(number: u8, lang: Lang) -> &'static str {
    let at = usize::from(number.clamp(1, 5)) - 1;
    match lang {
        Lang::Zh => ["第一个", "第二个", "第三个", "第四个", "第五个"][at],
        Lang::En => ["first", "second", "third", "fourth", "fifth"][at],
    }
}

/// Joins items as prose does: `a、b、c` or `a, b and c`.
pub(crate) fn join(items: &[String], lang: Lang) -> String {
    match (lang, items) {
        (Lang::Zh, _) => items.join("、"),
        (Lang::En, [rest @ .., last]) if !rest.is_empty() => {
            format!("{} and {last}", rest.join(", "))
        }
        (Lang::En, _) => items.concat(),
    }
}

/// A list of ascending numbers in words: runs of three or more become `a–b`, and a long even progression is cut to
/// its first three values and its last, which still determines every value.
pub(super) fn number_list(values: &[u8], lang: Lang, word: impl Fn(u8) -> String) -> String {
    if values.len() > 5 && progression(values).is_some_and(|step| step > 1) {
        let head: Vec<String> = values[..3].iter().map(|&value| word(value)).collect();
        let last = values.last().map_or_else(String::new, |&value| word(value));
        return match lang {
            Lang::Zh => format!("{}…{last}", head.join("、")),
            Lang::En => format!("{}, … {last}", head.join(", ")),
        };
    }
    let mut items = Vec::new();
    for (from, to) in runs(values) {
        if to - from >= 2 {
            items.push(format!("{}–{}", word(from), word(to)));
        } else {
            items.extend((from..=to).map(&word));
        }
    }
    join(&items, lang)
}

/// Months in words: `1、7 月` or `January and July`.
pub(super) fn month_list(months: &[u8], lang: Lang) -> String {
    match lang {
        Lang::Zh => format!(
            "{} 月",
            number_list(months, lang, |value| value.to_string())
        ),
        Lang::En => number_list(months, lang, |value| month(value).to_owned()),
    }
}

/// The common difference of three or more ascending values, or `None` if they are not evenly spaced.
pub(super) fn progression(values: &[u8]) -> Option<u8> {
    let [first, second, _, ..] = values else {
        return None;
    };
    let step = second - first;
    values
        .windows(2)
        .all(|pair| pair[1] - pair[0] == step)
        .then_some(step)
}

/// Splits ascending values into runs of consecutive numbers, each as (first, last).
pub(super) fn runs(values: &[u8]) -> Vec<(u8, u8)> {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for &value in values {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == value => *to = value,
            _ => runs.push((value, value)),
        }
    }
    runs
}

/// The ASCII character that a Chinese input method's character stands for.
pub(crate) fn half_width(c: char) -> Option<char> {
    match c {
        '\u{3000}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '、' => Some(','),
        '–' | '—' | '−' | '‐' => Some('-'),
        '×' | '∗' => Some('*'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_follow_english() {
        let words: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31]
            .map(ordinal)
            .to_vec();
        assert_eq!(
            words.join(" "),
            "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 31st"
        );
    }

    #[test]
    fn lists_fold_runs_and_cut_progressions() {
        let list = |values: &[u8], lang| number_list(values, lang, |value| value.to_string());
        assert_eq!(list(&[1, 15], Lang::Zh), "1、15");
        assert_eq!(list(&[1, 2, 3, 7], Lang::En), "1–3 and 7");
        assert_eq!(list(&[0, 7, 14, 21, 28, 35], Lang::Zh), "0、7、14…35");
        assert_eq!(list(&[0, 7, 14, 21, 28, 35], Lang::En), "0, 7, 14, … 35");
        assert_eq!(list(&[0, 7, 14], Lang::En), "0, 7 and 14");
        assert_eq!(list(&[], Lang::En), "");
    }

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!(name_value(CronField::Month, "dEc"), Some(12));
        assert_eq!(name_value(CronField::DayOfWeek, "sun"), Some(0));
        assert_eq!(name_value(CronField::Month, "SUN"), None);
        assert_eq!(name_value(CronField::Minute, "JAN"), None);
        assert_eq!(short_name(CronField::DayOfWeek, 7).as_deref(), Some("SUN"));
    }
}
