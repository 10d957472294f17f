//! Describes the days and months.

use crate::cron::CronExpr;
use crate::cron::field::{Field, Part};
use crate::cron::names::{self, join, number_list, runs};
use crate::i18n::Lang;

/// The days in words, or `None` for every day of the year. English starts in lower case. Monday to Friday alone are
/// called working days if `work_week`.
pub(super) fn day_words(expr: &CronExpr, work_week: bool, lang: Lang) -> Option<String> {
    let (day, weekday) = (&expr.day, &expr.weekday);
    let by_day = (!day.is_star()).then_some(day);
    let by_weekday = (!weekday.is_star()).then_some(weekday);
    // Restricted in form but full: since the two are joined by "or", every day matches.
    let every_day = by_day.is_some_and(Field::is_full) || by_weekday.is_some_and(Field::is_full);
    let months = expr.month_words(lang);
    if every_day || (by_day.is_none() && by_weekday.is_none()) {
        return months.map(|months| {
            lang.pick(
                format!("每年 {months}每天"),
                format!("every day in {months}"),
            )
        });
    }
    if work_week && by_day.is_none() && is_work_week(weekday) {
        return Some(match (lang, months) {
            (Lang::Zh, None) => "工作日（周一至周五）".to_owned(),
            (Lang::Zh, Some(months)) => format!("每年 {months}的工作日（周一至周五）"),
            (Lang::En, None) => "weekdays".to_owned(),
            (Lang::En, Some(months)) => format!("weekdays in {months}"),
        });
    }
    Some(match lang {
        Lang::Zh => day_words_zh(by_day, by_weekday, months.as_deref()),
        Lang::En => day_words_en(by_day, by_weekday, months.as_deref()),
    })
}

/// Monday to Friday and nothing else, however written.
fn is_work_week(weekday: &Field) -> bool {
    let counted = |part: &Part| matches!(part, Part::Nth { .. } | Part::LastOf(_));
    weekday.values() == [1, 2, 3, 4, 5] && !weekday.parts.iter().any(counted)
}

fn day_words_zh(
    by_day: Option<&Field>,
    by_weekday: Option<&Field>,
    months: Option<&str>,
) -> String {
    let ordinals = by_weekday
        .map(|field| month_weekdays(field, Lang::Zh))
        .unwrap_or_default();
    let plain = by_weekday
        .map(|field| weekday_list(field, Lang::Zh))
        .unwrap_or_default();
    if by_day.is_none() && ordinals.is_empty() {
        let plain = with_every(plain);
        return months.map_or_else(|| plain.clone(), |months| format!("每年 {months}的{plain}"));
    }
    if by_day.is_none() && !plain.is_empty() && months.is_none() {
        return format!("{}或每月{}", with_every(plain), ordinals.join("、"));
    }
    let mut words: Vec<String> = by_day
        .map(|field| month_days(field, Lang::Zh))
        .into_iter()
        .collect();
    words.extend((!plain.is_empty()).then_some(plain));
    words.extend((!ordinals.is_empty()).then(|| ordinals.join("、")));
    // The months are repeated for each alternative: "6 月 13 日或周五" would be unclear about which Fridays are meant.
    let words: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(at, words)| {
            let space = if words.starts_with(|c: char| c.is_ascii_digit()) {
                " "
            } else {
                ""
            };
            match months {
                None => format!("{}{space}{words}", if at == 0 { "每月" } else { "" }),
                // One month and its days read as a date: 每年 2 月 29 日.
                Some(months)
                    if at == 0 && !months.contains(['、', '–']) && !words.starts_with('周') =>
                {
                    format!("每年 {months}{space}{words}")
                }
                Some(months) => format!(
                    "{}{months}的{space}{words}",
                    if at == 0 { "每年 " } else { " " }
                ),
            }
        })
        .collect();
    words.join("或")
}

/// A single range of weekdays reads well without 每; other lists need it.
fn with_every(weekdays: String) -> String {
    if weekdays.contains('至') && !weekdays.contains('、') {
        weekdays
    } else {
        format!("每{weekdays}")
    }
}

fn day_words_en(
    by_day: Option<&Field>,
    by_weekday: Option<&Field>,
    months: Option<&str>,
) -> String {
    let of = format!("of {}", months.unwrap_or("the month"));
    let within = months.map_or_else(String::new, |months| format!(" in {months}"));
    let mut words: Vec<String> = by_day
        .map(|field| format!("on the {} {of}", month_days(field, Lang::En)))
        .into_iter()
        .collect();
    if let Some(field) = by_weekday {
        let plain = weekday_list(field, Lang::En);
        let is_range = plain.contains(" to ") && !plain.contains(" and ");
        match (plain.is_empty(), by_day) {
            (true, _) => {}
            (false, Some(_)) => words.push(format!("on {plain}{within}")),
            (false, None) if is_range => words.push(format!("{plain}{within}")),
            (false, None) => words.push(format!("every {plain}{within}")),
        }
        let ordinals = month_weekdays(field, Lang::En);
        if !ordinals.is_empty() {
            words.push(format!("on the {} {of}", join(&ordinals, Lang::En)));
        }
    }
    words.join(" or ")
}

/// The days of the month without the month: `1、15 日`, "1st and 15th".
fn month_days(field: &Field, lang: Lang) -> String {
    let plain = field.values();
    let mut words = Vec::new();
    if !plain.is_empty() {
        words.push(match lang {
            Lang::Zh => format!("{} 日", number_list(&plain, lang, |day| day.to_string())),
            Lang::En => number_list(&plain, lang, names::ordinal),
        });
    }
    for part in &field.parts {
        let word = match *part {
            Part::LastDay => lang.pick("最后一天", "last day").to_owned(),
            Part::LastWeekday => lang
                .pick(
                    "最后一个工作日（周一至周五）",
                    "last weekday (Monday to Friday)",
                )
                .to_owned(),
            Part::Nearest(day) => lang.pick(
                format!("离 {day} 日最近的工作日（周一至周五）"),
                format!(
                    "weekday (Monday to Friday) nearest the {}",
                    names::ordinal(day)
                ),
            ),
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    match lang {
        Lang::Zh => words.join("、"),
        Lang::En => words.join(" and the "),
    }
}

/// The plain weekdays, Monday first: `周一至周五`, "Monday and Friday".
fn weekday_list(field: &Field, lang: Lang) -> String {
    let monday_first: Vec<u8> = (1..=7).filter(|day| field.has(day % 7)).collect();
    let mut words = Vec::new();
    for (from, to) in runs(&monday_first) {
        if to - from >= 2 {
            let (from, to) = (names::weekday(from, lang), names::weekday(to, lang));
            words.push(lang.pick(format!("{from}至{to}"), format!("{from} to {to}")));
        } else {
            words.extend((from..=to).map(|day| names::weekday(day, lang).to_owned()));
        }
    }
    join(&words, lang)
}

/// The weekdays counted within the month: `第三个周五`, "third Friday".
fn month_weekdays(field: &Field, lang: Lang) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in &field.parts {
        let (count, day) = match *part {
            Part::Nth { day, nth } => (names::nth(nth, lang), day),
            Part::LastOf(day) => (lang.pick("最后一个", "last"), day),
            _ => continue,
        };
        let day = names::weekday(day.value, lang);
        let word = lang.pick(format!("{count}{day}"), format!("{count} {day}"));
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
