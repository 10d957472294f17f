//! Retries, limits and retention: numbers within bounds.

use super::super::{Keep, Limits, Retry};
use super::{KeepDraft, LimitsDraft, MONTH, RetryDraft};
use crate::retention::{DAYS_MAX, MIB_MAX, RUNS_MAX};
use crate::task::reader::{Reader, digits, plain};
use crate::task::split_list;

const DAY: i64 = 86_400;
/// The most exit codes in the list.
const EXIT_CODES_MAX: usize = 50;
/// MiB of memory: no shell runs with less, and no machine has more than 16 TiB.
const MEMORY: std::ops::RangeInclusive<i64> = 16..=16 * 1024 * 1024;

impl RetryDraft {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Retry {
        let usual = Retry::default();
        let attempts = reader.number("retry.attempts", &self.attempts, 1, 20);
        let delay = reader
            .seconds("retry.delay", &self.delay, 1, DAY)
            .unwrap_or(usual.delay_seconds);
        let factor = self.read_factor(reader);
        // A first delay longer than the default maximum raises the maximum.
        let max_delay = reader
            .seconds("retry.max_delay", &self.max_delay, 1, DAY)
            .unwrap_or_else(|| longest(delay));
        if max_delay < delay {
            let message = reader.lang.pick(
                "最长等待不能短于首次等待",
                "The maximum delay must not be shorter than the first",
            );
            reader.fault("retry.max_delay", "range", message);
        }
        let jitter = reader.number("retry.jitter", &self.jitter, 0, 100);
        Retry {
            attempts: attempts.unwrap_or(usual.attempts),
            delay_seconds: delay,
            factor_percent: factor.unwrap_or(usual.factor_percent),
            max_delay_seconds: max_delay,
            jitter_percent: jitter.unwrap_or(usual.jitter_percent),
            exit_codes: self.read_exit_codes(reader),
            on_timeout: self.on_timeout,
            on_lost: self.on_lost,
        }
    }

    fn read_factor(&self, reader: &mut Reader<'_>) -> Option<u32> {
        let text = plain(&self.factor);
        if text.is_empty() {
            return None;
        }
        let found = percent(&text).filter(|percent| (100..=1000).contains(percent));
        if found.is_none() {
            let message = reader.lang.pick(
                "请填 1–10，最多两位小数，例如 1.5",
                "Enter a number from 1 to 10 with at most two decimals, such as 1.5",
            );
            reader.fault("retry.factor", "range", message);
        }
        found
    }

    fn read_exit_codes(&self, reader: &mut Reader<'_>) -> Vec<i32> {
        let codes: Option<Vec<i32>> = split_list(&plain(&self.exit_codes).replace(' ', ","))
            .iter()
            .map(|text| i32::try_from(digits(text)?).ok())
            .map(|code| code.filter(|code| (1..=255).contains(code)))
            .collect();
        match codes {
            Some(codes) if codes.len() <= EXIT_CODES_MAX => codes,
            _ => {
                let message = reader.lang.pick(
                    "退出码是 1–255，用逗号分隔，例如 1, 75；0 表示成功，不会重试",
                    "Exit codes are 1–255, separated by commas, such as 1, 75; 0 means success and is not retried",
                );
                reader.fault("retry.exit_codes", "range", message);
                Vec::new()
            }
        }
    }
}

impl KeepDraft {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Keep {
        Keep {
            days: reader.number("keep.days", &self.days, 1, DAYS_MAX),
            runs: reader.number("keep.runs", &self.runs, 1, RUNS_MAX),
            output_mib: reader.number("keep.output_mib", &self.output_mib, 1, MIB_MAX),
        }
    }
}

impl LimitsDraft {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Limits {
        Limits {
            cpu_seconds: reader.seconds("limits.cpu", &self.cpu, 1, MONTH),
            memory_mib: self.read_memory(reader),
            open_files: reader.number("limits.open_files", &self.open_files, 16, 1_000_000),
            processes: reader.number("limits.processes", &self.processes, 1, 100_000),
            nice: reader.number("limits.nice", &self.nice, 0, 19),
        }
    }

    fn read_memory(&self, reader: &mut Reader<'_>) -> Option<i64> {
        let text = plain(&self.memory);
        if text.is_empty() {
            return None;
        }
        let found = mebibytes(&text).filter(|mib| MEMORY.contains(mib));
        if found.is_none() {
            let message = reader.lang.pick(
                "写成 512M、2G 或 MiB 数，至少 16M",
                "Enter 512M, 2G or a number of MiB; at least 16M",
            );
            reader.fault("limits.memory", "range", message);
        }
        found
    }
}

/// The maximum delay if none is given.
pub(super) fn longest(delay_seconds: i64) -> i64 {
    Retry::default().max_delay_seconds.max(delay_seconds)
}

/// `1.5` as 150.
fn percent(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if part.is_empty() || part.len() > 2 {
        return None;
    }
    let hundredths = digits(&format!("{part:0<2}"))?;
    let whole = digits(whole)?.checked_mul(100)?;
    u32::try_from(whole.checked_add(hundredths)?).ok()
}

/// 150 as `1.5`.
pub(super) fn factor(percent: u32) -> String {
    let text = format!("{}.{:02}", percent / 100, percent % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `512M`, `2G`, `1T` or plain MiB.
fn mebibytes(text: &str) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "" | "m" | "mb" | "mib" => 1,
        "g" | "gb" | "gib" => 1024,
        "t" | "tb" | "tib" => 1024 * 1024,
        _ => return None,
    };
    digits(number)?.checked_mul(unit)
}

/// MiB in the form that `mebibytes` reads.
pub(super) fn memory(mib: i64) -> String {
    if mib % 1024 == 0 {
        format!("{}G", mib / 1024)
    } else {
        format!("{mib}M")
    }
}
