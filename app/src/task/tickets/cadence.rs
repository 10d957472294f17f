//! When one urge follows another, as typed.

use super::{MONTH, TicketDraft, URGE_MIN};
use crate::cron::CronExpr;
use crate::task::reader::{Reader, plain};
use crate::ticket::Cadence;

impl TicketDraft {
    pub(super) fn read_cadence(&self, reader: &mut Reader<'_>) -> Cadence {
        let cron = self.cron.trim();
        if !cron.is_empty() {
            if !self.every.trim().is_empty() {
                let message = reader.lang.pick(
                    "间隔和 cron 表达式只能填一个",
                    "Set either an interval or a cron expression",
                );
                reader.fault("cron", "both", message);
            }
            return match CronExpr::parse(cron) {
                Ok(_) => Cadence::Cron(cron.to_owned()),
                Err(fault) => {
                    let message = fault.text(reader.lang);
                    reader.fault("cron", "cron", message);
                    Cadence::default()
                }
            };
        }
        let seconds = |reader: &mut Reader<'_>, part: &str, text: &str| {
            reader.seconds(part, text, URGE_MIN, MONTH)
        };
        let faults = reader.faults.len();
        let every = seconds(reader, "every", &self.every).unwrap_or(3600);
        let factor = self.read_factor(reader);
        let min = seconds(reader, "min", &self.min);
        let max = seconds(reader, "max", &self.max);
        let min_seconds = min.unwrap_or_else(|| usual_min(every, factor));
        let max_seconds = max.unwrap_or_else(|| usual_max(every, factor));
        // What has a fault of its own stands in no relation to the others.
        let is_read = reader.faults.len() == faults;
        if is_read && (min_seconds > every || max_seconds < every) {
            let message = reader.lang.pick(
                "间隔要在最短和最长之间",
                "The interval must be between the shortest and the longest one",
            );
            reader.fault("every", "range", message);
        }
        Cadence::Interval {
            every_seconds: every,
            factor_percent: factor,
            min_seconds,
            max_seconds,
        }
    }

    fn read_factor(&self, reader: &mut Reader<'_>) -> u32 {
        let text = plain(&self.factor);
        if text.is_empty() {
            return 100;
        }
        let percent = percent(&text).filter(|percent| (10..=1000).contains(percent));
        percent.unwrap_or_else(|| {
            let message = reader.lang.pick(
                "请填 0.1–10，最多两位小数，例如 1.5",
                "Enter a number from 0.1 to 10 with at most two decimals, such as 1.5",
            );
            reader.fault("factor", "range", message);
            100
        })
    }
}

/// The shortest interval where none is set: a shrinking one stops at a minute, or at its start where that is shorter.
pub(super) fn usual_min(every: i64, factor: u32) -> i64 {
    if factor < 100 { every.min(60) } else { every }
}

/// The longest interval where none is set: a growing one stops at a day, or at its start where that is longer.
pub(super) fn usual_max(every: i64, factor: u32) -> i64 {
    if factor > 100 {
        every.max(86_400)
    } else {
        every
    }
}

/// `1.5` as 150.
fn percent(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let hundredths: u32 = format!("{part:0<2}").parse().ok()?;
    let whole: u32 = whole.parse().ok()?;
    whole.checked_mul(100)?.checked_add(hundredths)
}

/// 150 as `1.5`.
pub(super) fn factor_text(percent: u32) -> String {
    let text = format!("{}.{:02}", percent / 100, percent % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
