//! Parses schedules other than cron expressions.
//!
//! People type these on Chinese keyboards, so unlike in cron expressions full-width characters count as ordinary
//! ones: nothing here is ever copied into a crontab.

use super::{ScheduleSpec, SpecFault, moment};
use crate::cron::{clip, half_width};
use crate::duration::parse_length;

/// Longer texts are left to the cron parser, which refuses them.
const MAX_BYTES: usize = 256;

/// Parses an interval, a single time or a startup; `None` for what can only be a cron expression.
pub(super) fn words(text: &str) -> Option<Result<ScheduleSpec, SpecFault>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    let text = text.trim();
    for word in ["@startup", "@reboot", "startup", "服务启动时", "启动时"] {
        if let Some(rest) = after(text, word) {
            return Some(if rest.is_empty() {
                Ok(ScheduleSpec::Startup)
            } else {
                Err(SpecFault::StartupNotAlone)
            });
        }
    }
    for word in ["@every", "every", "每隔", "每"] {
        if let Some(rest) = after(text, word) {
            return Some(interval(rest));
        }
    }
    for word in ["@at", "at", "@once", "once", "一次"] {
        if let Some(rest) = after(text, word) {
            let rest = after(rest, "at")
                .or_else(|| after(rest, "on"))
                .unwrap_or(rest);
            return Some(once(rest));
        }
    }
    looks_like_date(text).then(|| once(text))
}

/// The text after a keyword, in any letter case. A longer word is another word.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (head.eq_ignore_ascii_case(word) && ends)
        .then(|| rest.trim_start_matches([' ', ':', ',', '\t']))
}

fn once(text: &str) -> Result<ScheduleSpec, SpecFault> {
    let text = text.strip_suffix("一次").unwrap_or(text).trim();
    moment::parse(text).map(|at| ScheduleSpec::Once { at })
}

/// The text after `every`: a length, and perhaps where counting starts.
fn interval(text: &str) -> Result<ScheduleSpec, SpecFault> {
    let (seconds, rest) = parse_length(text)?;
    let rest = lean(rest);
    let rest = ["执行一次", "运行一次", "一次"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .map_or(rest, lean);
    if rest.is_empty() {
        return Ok(ScheduleSpec::Every {
            seconds,
            anchor: None,
        });
    }
    let Some(start) = after(rest, "from").or_else(|| after(rest, "从")) else {
        return Err(SpecFault::IntervalTail { text: clip(rest) });
    };
    let start = ["起", "开始", "起算"]
        .iter()
        .find_map(|word| start.strip_suffix(word))
        .unwrap_or(start);
    Ok(ScheduleSpec::Every {
        seconds,
        anchor: Some(moment::parse(start.trim())?),
    })
}

/// Strips white space and commas at the start.
fn lean(text: &str) -> &str {
    text.trim_start_matches([' ', ',', '\t'])
}

/// Three numbers, one of them a year, joined like a date: no field of a cron expression is valid with two such marks.
/// Dates in the wrong order are recognised here so that they are refused as dates.
fn looks_like_date(text: &str) -> bool {
    let word = text.split([' ', '\t', 'T', 't']).next().unwrap_or_default();
    let compact = word.len() == 8 && word.starts_with("20") && is_number(word);
    if compact || word.contains('年') {
        return true;
    }
    ['-', '/', '.'].iter().any(|mark| {
        let parts: Vec<&str> = word.split(*mark).collect();
        parts.len() == 3
            && parts.iter().all(|part| is_number(part))
            && parts.iter().any(|part| part.len() == 4)
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
