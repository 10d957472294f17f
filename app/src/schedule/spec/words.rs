//! Describes schedules and their rules.

use super::{ScheduleSpec, moment};
use crate::cron::{Days, join, ordinal};
use crate::i18n::Lang;
use crate::schedule::{BUILTIN_CALENDAR, DayRule, Jitter, Schedule};

/// A schedule's text in words, without its rules.
pub(super) fn spec(spec: &ScheduleSpec, lang: Lang) -> String {
    match spec {
        ScheduleSpec::Cron(expr) => expr.describe(lang),
        ScheduleSpec::Every { seconds, anchor } => {
            let every = every(*seconds, lang);
            match anchor.as_deref().map(moment::shown) {
                None => every,
                Some(start) => lang.pick(
                    format!("{every}，从 {start} 起"),
                    format!("{every}, from {start}"),
                ),
            }
        }
        ScheduleSpec::Once { at } => {
            let at = moment::shown(at);
            match (lang, at.split_once(' ')) {
                (Lang::Zh, _) => format!("{at} 一次"),
                (Lang::En, Some((date, time))) => format!("Once, on {date} at {time}"),
                (Lang::En, None) => format!("Once, at {at}"),
            }
        }
        ScheduleSpec::Startup => lang.pick("服务启动时", "When a server starts").to_owned(),
    }
}

/// `每 90 秒`, "Every 90 seconds".
fn every(seconds: i64, lang: Lang) -> String {
    let name = match seconds {
        1 => ("每秒", "Every second"),
        60 => ("每分钟", "Every minute"),
        3_600 => ("每小时", "Every hour"),
        // "Every day" would not say when.
        86_400 => ("每 24 小时", "Every 24 hours"),
        _ => {
            let length = length(seconds, lang);
            return lang.pick(format!("每 {length}"), format!("Every {length}"));
        }
    };
    lang.pick(name.0, name.1).to_owned()
}

/// A length of time: in one unit if that is a small number, as in 90 秒 and "36 hours".
fn length(seconds: i64, lang: Lang) -> String {
    const UNITS: [(i64, &str, &str); 4] = [
        (86_400, "天", "day"),
        (3_600, "小时", "hour"),
        (60, "分钟", "minute"),
        (1, "秒", "second"),
    ];
    let word = |count: i64, zh: &str, en: &str| {
        let plural = if count == 1 { "" } else { "s" };
        lang.pick(format!("{count} {zh}"), format!("{count} {en}{plural}"))
    };
    let whole = UNITS.iter().find(|(unit, ..)| seconds % unit == 0);
    if let Some((unit, zh, en)) = whole
        && (seconds / unit < 100 || *unit == 86_400)
    {
        return word(seconds / unit, zh, en);
    }
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, zh, en) in UNITS {
        if rest >= unit {
            words.push(word(rest / unit, zh, en));
            rest %= unit;
        }
    }
    match lang {
        Lang::Zh => words.join(" "),
        Lang::En => join(&words, lang),
    }
}

/// The text of a plain schedule in words; the text itself if it cannot be parsed.
#[must_use]
pub fn describe_text(spec: &str, lang: Lang) -> String {
    ScheduleSpec::parse(spec).map_or_else(|_| spec.to_owned(), |spec| spec.describe(lang))
}

/// The schedule and its rules in words: 工作日（按日历 cn，含调休）09:00，随机延后不超过 5 分钟.
///
/// A text that cannot be parsed is repeated.
#[must_use]
pub fn describe_schedule(schedule: &Schedule, lang: Lang) -> String {
    // Each by its name: a field that is not described is unused, which the compiler reports.
    let Schedule {
        id: _,
        purpose: _,
        spec,
        day_rule,
        calendar,
        jitter,
    } = schedule;
    let Ok(parsed) = ScheduleSpec::parse(spec) else {
        return spec.clone();
    };
    let calendar = calendar.as_deref().unwrap_or(BUILTIN_CALENDAR);
    let words = with_rule(&parsed, *day_rule, calendar, lang);
    let Some(delay) = delay(*jitter, lang) else {
        return words;
    };
    // After "if that is a day off" a comma would tie the delay to days off.
    let moves = matches!(day_rule, DayRule::NextWorkDay | DayRule::PreviousWorkDay);
    let mark = match (moves, lang) {
        (false, Lang::Zh) => "，",
        (false, Lang::En) => ", ",
        (true, Lang::Zh) => "；",
        (true, Lang::En) => "; ",
    };
    format!("{words}{mark}{delay}")
}

fn with_rule(parsed: &ScheduleSpec, rule: DayRule, calendar: &str, lang: Lang) -> String {
    let expr = match parsed {
        ScheduleSpec::Cron(expr) => Some(expr),
        _ => None,
    };
    let given = expr.filter(|expr| expr.is_every_day()).and_then(|expr| {
        let months = expr.month_words(lang);
        let days = days(rule, calendar, months.as_deref(), lang)?;
        Some(expr.describe_days(&Days::Given(days), lang))
    });
    if let Some(words) = given {
        return words;
    }
    let words = match expr {
        Some(expr) if rule.asks_calendar() => expr.describe_days(&Days::Spelled, lang),
        _ => parsed.describe(lang),
    };
    // Make-up days are Saturdays and Sundays, so without these there are none to mention.
    let make_up = expr.is_none_or(|expr| expr.reaches_weekends());
    let by = by_calendar(rule, calendar, make_up, lang);
    let of = other_calendar(calendar, lang);
    let rule = match (rule, lang) {
        (DayRule::Any, _) => String::new(),
        (DayRule::WorkDays, Lang::Zh) => format!("，仅限工作日{by}"),
        (DayRule::WorkDays, Lang::En) => format!(", only on working days{by}"),
        (DayRule::RestDays, Lang::Zh) => format!("，仅限休息日{by}"),
        (DayRule::RestDays, Lang::En) => format!(", only on days off{by}"),
        (DayRule::NextWorkDay, Lang::Zh) => format!("，遇休息日顺延到下一个工作日{of}"),
        (DayRule::NextWorkDay, Lang::En) => {
            format!("; if that is a day off, on the next working day{of}")
        }
        (DayRule::PreviousWorkDay, Lang::Zh) => format!("，遇休息日提前到上一个工作日{of}"),
        (DayRule::PreviousWorkDay, Lang::En) => {
            format!("; if that is a day off, on the working day before{of}")
        }
        (DayRule::NthWorkDay(nth), Lang::Zh) => {
            format!("，仅限每月{}工作日{of}", count(nth, lang))
        }
        (DayRule::NthWorkDay(nth), Lang::En) => {
            format!(
                ", only on the {} working day of the month{of}",
                count(nth, lang)
            )
        }
    };
    format!("{words}{rule}")
}

/// The days of a rule, if the expression itself leaves them open; `None` for rules that need the days of the
/// expression. English starts in lower case.
fn days(rule: DayRule, calendar: &str, months: Option<&str>, lang: Lang) -> Option<String> {
    let by = by_calendar(rule, calendar, true, lang);
    let named = |zh: &str, en: &str| match (lang, months) {
        (Lang::Zh, None) => format!("{zh}{by}"),
        (Lang::Zh, Some(months)) => format!("每年 {months}的{zh}{by}"),
        (Lang::En, None) => format!("{en}{by}"),
        (Lang::En, Some(months)) => format!("{en}{by} in {months}"),
    };
    match rule {
        DayRule::WorkDays => Some(named("工作日", "working days")),
        DayRule::RestDays => Some(named("休息日", "days off")),
        DayRule::NthWorkDay(nth) => {
            let (nth, of) = (count(nth, lang), other_calendar(calendar, lang));
            Some(match (lang, months) {
                (Lang::Zh, None) => format!("每月{nth}工作日{of}"),
                (Lang::Zh, Some(months)) => format!("每年 {months}的{nth}工作日{of}"),
                (Lang::En, months) => {
                    let months = months.unwrap_or("the month");
                    format!("on the {nth} working day of {months}{of}")
                }
            })
        }
        DayRule::Any | DayRule::NextWorkDay | DayRule::PreviousWorkDay => None,
    }
}

/// Which working day of the month: `第 3 个`, "3rd"; from the end `最后一个`, "last".
fn count(nth: i8, lang: Lang) -> String {
    let number = nth.unsigned_abs();
    match (nth, lang) {
        (-1, Lang::Zh) => "最后一个".to_owned(),
        (-1, Lang::En) => "last".to_owned(),
        (..0, Lang::Zh) => format!("倒数第 {number} 个"),
        (..0, Lang::En) => format!("{} to last", ordinal(number)),
        (_, Lang::Zh) => format!("第 {number} 个"),
        (_, Lang::En) => ordinal(number),
    }
}

/// The calendar that decides which days are working days. What is said about the Chinese one need not be true for
/// others.
fn by_calendar(rule: DayRule, calendar: &str, make_up: bool, lang: Lang) -> String {
    let more = match rule {
        _ if calendar != BUILTIN_CALENDAR => "",
        DayRule::WorkDays if make_up => lang.pick("，含调休", ", make-up days included"),
        DayRule::RestDays => lang.pick("，含节假日", ", holidays included"),
        _ => "",
    };
    lang.pick(
        format!("（按日历 {calendar}{more}）"),
        format!(" (calendar {calendar}{more})"),
    )
}

/// The calendar, unless it is the default.
fn other_calendar(calendar: &str, lang: Lang) -> String {
    if calendar == BUILTIN_CALENDAR {
        return String::new();
    }
    lang.pick(
        format!("（按日历 {calendar}）"),
        format!(" (calendar {calendar})"),
    )
}

/// How far firings are delayed; `None` if not at all.
fn delay(jitter: Jitter, lang: Lang) -> Option<String> {
    if jitter.seconds <= 0 {
        return None;
    }
    let most = length(jitter.seconds, lang);
    Some(match (jitter.stable, lang) {
        (false, Lang::Zh) => format!("随机延后不超过 {most}"),
        (false, Lang::En) => format!("delayed by a random time of up to {most}"),
        (true, Lang::Zh) => format!("每次固定延后同样久，不超过 {most}"),
        (true, Lang::En) => format!("always delayed by the same time, up to {most}"),
    })
}
