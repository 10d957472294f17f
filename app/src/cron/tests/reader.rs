//! Reads Chinese descriptions: when would a person who knows only the words expect a firing?
//!
//! This shares no code with the descriptions or the matching, so that a phrase that differs from its expression is
//! detected.

mod days;

use days::read_days;

/// A day as the reader knows it.
#[derive(Clone, Copy)]
pub(super) struct Date {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
    weekday: u8,
    length: u8,
}

/// The days of 2023 to 2025: a leap year with its neighbours has every kind of month.
pub(super) fn dates() -> Vec<Date> {
    let mut dates = Vec::new();
    // 1 January 2023 was a Sunday.
    let mut weekday = 0;
    for year in 2023..=2025 {
        for (at, length) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            .into_iter()
            .enumerate()
        {
            let length = length + u8::from(year == 2024 && at == 1);
            for day in 1..=length {
                let month = u8::try_from(at + 1).unwrap();
                dates.push(Date {
                    year,
                    month,
                    day,
                    weekday,
                    length,
                });
                weekday = (weekday + 1) % 7;
            }
        }
    }
    dates
}

/// The seconds of a day and the days that a description covers; `None` if it cannot be read.
pub(super) fn read(words: &str, dates: &[Date]) -> Option<(Vec<bool>, Vec<bool>)> {
    let words = words
        .strip_suffix("（没有这样的日期，永不执行）")
        .unwrap_or(words);
    // Where the days end and the time begins is found by trying, with the longest possible words for the days first.
    words.char_indices().map(|(at, _)| at).rev().find_map(|at| {
        let (days, time) = words.split_at(at);
        Some((read_time(time.trim())?, read_days(days.trim(), dates)?))
    })
}

/// `1、15`, `0–10、30`, `0、7、14…56`.
fn list(text: &str) -> Option<Vec<usize>> {
    if let Some((head, last)) = text.split_once('…') {
        let (head, last): (_, usize) = (list(head)?, last.parse().ok()?);
        let step = head.get(1)? - head.first()?;
        return Some((head[0]..=last).step_by(step).collect());
    }
    let mut values = Vec::new();
    for item in text.split('、') {
        match item.split_once('–') {
            Some((from, to)) => values.extend(from.parse::<usize>().ok()?..=to.parse().ok()?),
            None => values.push(item.parse().ok()?),
        }
    }
    Some(values)
}

/// The text between two marks, if it has both.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

/// Seconds since midnight.
fn clock(text: &str) -> Option<usize> {
    let parts: Vec<usize> = text
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts[..] {
        [hour @ 0..24, minute @ 0..60] => Some(hour * 3600 + minute * 60),
        [hour @ 0..24, minute @ 0..60, second @ 0..60] => Some(hour * 3600 + minute * 60 + second),
        _ => None,
    }
}

fn read_time(text: &str) -> Option<Vec<bool>> {
    let mut day = vec![false; 86_400];
    if let Some(clocks) = text.split('、').map(clock).collect::<Option<Vec<_>>>() {
        clocks.into_iter().for_each(|at| day[at] = true);
        return Some(day);
    }
    if let Some((windows, every)) = text.split_once(" 每")
        && windows.contains(':')
    {
        let step = length(every)?;
        for window in windows.split('、') {
            let (from, to) = window.split_once('–').unwrap_or((window, window));
            (clock(from)?..=clock(to)?)
                .step_by(step)
                .for_each(|at| day[at] = true);
        }
        return Some(day);
    }
    if let Some((every, from)) = text.split_once("，从 ")
        && every.ends_with("小时")
    {
        let (step, from) = (
            length(every.strip_prefix('每')?)?,
            clock(from.strip_suffix(" 起")?)?,
        );
        (from..86_400).step_by(step).for_each(|at| day[at] = true);
        return Some(day);
    }
    if let Some(every) = between(text, "每", "整点") {
        (0..86_400)
            .step_by(length(every)?)
            .for_each(|at| day[at] = true);
        return Some(day);
    }
    read_fields(text)
}

/// `小时`, `15 分钟` in seconds.
fn length(text: &str) -> Option<usize> {
    let text = text.trim();
    let (count, unit) = match text.split_once(' ') {
        Some((count, unit)) => (count.parse::<usize>().ok()?, unit),
        None => (1, text),
    };
    let unit = match unit {
        "小时" => 3600,
        "分钟" => 60,
        "秒" => 1,
        _ => return None,
    };
    Some(count * unit)
}

/// Words from hours to minutes to seconds: `9–17 点第 0、30 分，第 5 秒`.
fn read_fields(text: &str) -> Option<Vec<bool>> {
    let mut hours: Vec<usize> = (0..24).collect();
    let (mut minutes, mut seconds): (Option<Vec<usize>>, Option<Vec<usize>>) = (None, None);
    let mut rest = text;
    if let Some((list_words, behind)) = text.split_once(" 点") {
        (hours, rest) = (list(list_words)?, behind);
    } else if let Some(behind) = text.strip_prefix("每小时") {
        rest = behind;
    }
    for words in rest.split('，').filter(|words| !words.is_empty()) {
        if words == "每分钟" {
            minutes = Some((0..60).collect());
        } else if let Some(from) = between(words, "从第 ", " 分起") {
            let all = minutes.take()?;
            minutes = Some(
                (from.parse().ok()?..60)
                    .step_by(all.get(1)? - all[0])
                    .collect(),
            );
        } else if let Some(from) = between(words, "从第 ", " 秒起") {
            let all = seconds.take()?;
            seconds = Some(
                (from.parse().ok()?..60)
                    .step_by(all.get(1)? - all[0])
                    .collect(),
            );
        } else if let Some(listed) = between(words, "每分钟第 ", " 秒") {
            (minutes, seconds) = (Some((0..60).collect()), Some(list(listed)?));
        } else if let Some(step) = between(words, "每 ", " 分钟") {
            minutes = Some((0..60).step_by(step.parse().ok()?).collect());
        } else if let Some(step) = between(words, "每 ", " 秒") {
            seconds = Some((0..60).step_by(step.parse().ok()?).collect());
        } else if words == "每秒" {
            seconds = Some((0..60).collect());
        } else if let Some(listed) = between(words, "第 ", " 分") {
            minutes = Some(list(listed)?);
        } else if let Some(listed) = between(words, "第 ", " 秒") {
            match listed.split_once(" 分 ") {
                Some((minute, second)) => {
                    (minutes, seconds) = (Some(list(minute)?), Some(list(second)?));
                }
                None => seconds = Some(list(listed)?),
            }
        } else {
            return None;
        }
    }
    if minutes.is_none() && seconds.is_none() {
        return None;
    }
    let minutes = minutes.unwrap_or_else(|| (0..60).collect());
    let seconds = seconds.unwrap_or_else(|| vec![0]);
    let mut day = vec![false; 86_400];
    for hour in hours {
        for minute in &minutes {
            seconds
                .iter()
                .for_each(|second| day[hour * 3600 + minute * 60 + second] = true);
        }
    }
    Some(day)
}
