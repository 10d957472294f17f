//! An expression in words. The rule above all: the words say exactly when it fires, or fall back to naming the
//! fields one by one. A step is called "every n" only if its gaps are all n; otherwise the values or both ends
//! are named.

mod day;
mod time;

use super::CronExpr;
use crate::i18n::Lang;
use time::{TimeWords, Times};

pub(super) fn describe(expr: &CronExpr, lang: Lang) -> String {
    let day = day::day_words(expr, lang);
    let time = Times::of(expr, lang).words();
    let mut text = match (lang, time) {
        (Lang::Zh, TimeWords::Clocks(time) | TimeWords::Window(time)) => {
            zh_pair(day.as_deref().unwrap_or("每天"), &time)
        }
        (Lang::Zh, TimeWords::Cycle(time)) => match day {
            // A day of its own would be said twice: 每年 6 月每天每 5 分钟.
            Some(day) => zh_pair(day.strip_suffix("每天").unwrap_or(&day), &time),
            None => time,
        },
        (Lang::En, TimeWords::Clocks(time)) => capitalized(&format!(
            "{} at {time}",
            day.as_deref().unwrap_or("every day")
        )),
        (Lang::En, TimeWords::Window(time) | TimeWords::Cycle(time)) => match day {
            Some(day) => capitalized(&format!(
                "{time}, {}",
                day.strip_prefix("every day ").unwrap_or(&day)
            )),
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

/// A full-width bracket brings its own space.
fn zh_pair(day: &str, time: &str) -> String {
    let space = if day.ends_with('）') { "" } else { " " };
    format!("{day}{space}{time}")
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
