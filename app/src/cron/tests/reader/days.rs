//! The days that Chinese descriptions cover.

use super::{Date, between, list};

pub(super) fn read_days(text: &str, dates: &[Date]) -> Option<Vec<bool>> {
    let mut matched = vec![false; dates.len()];
    for words in text.split('或') {
        let words = words.trim();
        let words = words.strip_prefix("每年 ").unwrap_or(words);
        let (months, words) = match words.split_once(" 月") {
            Some((months, rest)) if list(months).is_some() => (list(months)?, rest),
            _ => ((1..=12).collect(), words),
        };
        let words = words
            .strip_prefix("每月")
            .unwrap_or(words)
            .trim_start_matches('的')
            .trim();
        let rules = rules(words)?;
        for (at, date) in dates.iter().enumerate() {
            matched[at] |= months.contains(&usize::from(date.month))
                && rules.iter().any(|rule| rule.holds(date));
        }
    }
    Some(matched)
}

enum Rule {
    Any,
    Days(Vec<usize>),
    Weekdays(Vec<u8>),
    LastDay,
    LastWorkDay,
    Nearest(u8),
    Nth(u8, u8),
    LastOf(u8),
}

fn rules(words: &str) -> Option<Vec<Rule>> {
    if matches!(words, "" | "每天") {
        return Some(vec![Rule::Any]);
    }
    if words == "工作日（周一至周五）" {
        return Some(vec![Rule::Weekdays((1..=5).collect())]);
    }
    let mut rules = Vec::new();
    let mut rest = words;
    if let Some((days, behind)) = words.split_once(" 日")
        && let Some(days) = list(days)
    {
        rules.push(Rule::Days(days));
        if behind.is_empty() {
            return Some(rules);
        }
        rest = behind.strip_prefix('、')?;
    }
    for item in rest.split('、') {
        let item = item.strip_prefix('每').unwrap_or(item);
        rules.push(if item == "最后一天" {
            Rule::LastDay
        } else if item == "最后一个工作日（周一至周五）" {
            Rule::LastWorkDay
        } else if let Some(day) = between(item, "离 ", " 日最近的工作日（周一至周五）")
        {
            Rule::Nearest(day.parse().ok()?)
        } else if let Some(day) = item.strip_prefix("最后一个") {
            Rule::LastOf(weekday(day)?)
        } else if let Some((nth, day)) = item
            .strip_prefix('第')
            .and_then(|item| item.split_once('个'))
        {
            let nth = ["一", "二", "三", "四", "五"]
                .iter()
                .position(|name| *name == nth)?;
            Rule::Nth(u8::try_from(nth).ok()? + 1, weekday(day)?)
        } else if let Some((from, to)) = item.split_once('至') {
            let (from, to) = (weekday(from)?, weekday(to)?);
            let to = if to == 0 { 7 } else { to };
            Rule::Weekdays((from..=to).map(|day| day % 7).collect())
        } else {
            Rule::Weekdays(vec![weekday(item)?])
        });
    }
    Some(rules)
}

fn weekday(text: &str) -> Option<u8> {
    let at = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"]
        .iter()
        .position(|name| *name == text)?;
    u8::try_from(at).ok()
}

impl Rule {
    fn holds(&self, date: &Date) -> bool {
        let Date {
            day,
            weekday,
            length,
            ..
        } = *date;
        let weekday_of =
            |other: u8| (i32::from(weekday) + i32::from(other) - i32::from(day)).rem_euclid(7);
        let works = |other: &u8| (1..=5).contains(&weekday_of(*other));
        match self {
            Self::Any => true,
            Self::Days(days) => days.contains(&usize::from(day)),
            Self::Weekdays(days) => days.contains(&weekday),
            Self::LastDay => day == length,
            Self::LastWorkDay => (1..=length).rev().find(works) == Some(day),
            Self::Nearest(wanted) => {
                let nearest = (1..=length)
                    .filter(works)
                    .min_by_key(|other| other.abs_diff(*wanted));
                *wanted <= length && nearest == Some(day)
            }
            Self::Nth(nth, of) => weekday == *of && (day - 1) / 7 + 1 == *nth,
            Self::LastOf(of) => weekday == *of && day + 7 > length,
        }
    }
}
