//! Describes an expression in words. The main rule: the words say exactly when it fires, or fall back to naming the
//! fields one by one. A step is called "every n" only if all its gaps are n; otherwise the values or both ends are
//! named.

mod day;
mod time;

use super::CronExpr;
use crate::i18n::Lang;
use time::{TimeWords, Times};

/// Where the words for the days come from.
pub(crate) enum Days {
    /// From the expression.
    Own,
    /// From the expression, with Monday to Friday spelled out: next to working days of a calendar, a second kind of
    /// working day would be confusing.
    Spelled,
    /// From elsewhere, months included; the expression itself does not restrict the days.
    Given(String),
}

pub(super) fn describe(expr: &CronExpr, days: &Days, lang: Lang) -> String {
    let day = match days {
        Days::Own => day::day_words(expr, true, lang),
        Days::Spelled => day::day_words(expr, false, lang),
        Days::Given(words) => Some(words.clone()),
    };
    let time = Times::of(expr, lang).words();
    let mut text = match (lang, time) {
        (Lang::Zh, TimeWords::Clocks(time) | TimeWords::Window(time)) => {
            zh_pair(day.as_deref().unwrap_or("每天"), &time)
        }
        (Lang::Zh, TimeWords::Cycle(time)) => match day {
            // The day would be mentioned twice: 每年 6 月每天每 5 分钟.
            Some(day) => zh_pair(day.strip_suffix("每天").unwrap_or(&day), &time),
            None => time,
        },
        (Lang::En, TimeWords::Clocks(time)) => capitalized(&format!(
            "{} at {time}",
            day.as_deref().unwrap_or("every day")
        )),
        (Lang::En, TimeWords::Window(time) | TimeWords::Cycle(time)) => match day {
            Some(day) => capitalized(&format!("{time}, {}", behind(&day))),
            None => capitalized(&time),
        },
    };
    if expr.never_fires() {
        text.push_str(lang.pick(
            "（没有这样的日期，永不执行）",
            " (no such date: never runs)",
        ));
    }
    text
}

/// English days in the form that follows the time: "on weekdays", "in June".
fn behind(day: &str) -> String {
    if ["weekdays", "working days", "days off"]
        .iter()
        .any(|plural| day.starts_with(plural))
    {
        return format!("on {day}");
    }
    day.strip_prefix("every day ").unwrap_or(day).to_owned()
}

/// A full-width bracket needs no additional space.
fn zh_pair(day: &str, time: &str) -> String {
    let space = if day.ends_with('）') { "" } else { " " };
    format!("{day}{space}{time}")
}

/// English text starting with a capital.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
