//! Converts the parts of a stored execution back to the input for them.

use super::super::{HttpCall, HttpDraft, Keep, Limits, Retry, Waits};
use super::bounds::{factor, longest, memory};
use super::{KeepDraft, LimitsDraft, RetryDraft, WaitsDraft};
use crate::duration::format_duration;

/// Empty if the value is the default.
pub(super) fn unless<T: PartialEq>(
    value: &T,
    usual: &T,
    text: impl FnOnce(&T) -> String,
) -> String {
    if value == usual {
        String::new()
    } else {
        text(value)
    }
}

fn duration(seconds: &i64) -> String {
    format_duration(*seconds)
}

pub(super) fn optional(value: Option<i64>, text: impl FnOnce(i64) -> String) -> String {
    value.map(text).unwrap_or_default()
}

impl From<&Retry> for RetryDraft {
    fn from(retry: &Retry) -> Self {
        let usual = Retry::default();
        let codes: Vec<String> = retry.exit_codes.iter().map(i32::to_string).collect();
        Self {
            attempts: unless(&retry.attempts, &usual.attempts, i32::to_string),
            delay: unless(&retry.delay_seconds, &usual.delay_seconds, duration),
            factor: unless(&retry.factor_percent, &usual.factor_percent, |percent| {
                factor(*percent)
            }),
            max_delay: unless(
                &retry.max_delay_seconds,
                &longest(retry.delay_seconds),
                duration,
            ),
            jitter: unless(&retry.jitter_percent, &usual.jitter_percent, u32::to_string),
            exit_codes: codes.join(", "),
            on_timeout: retry.on_timeout,
            on_lost: retry.on_lost,
        }
    }
}

impl From<&Limits> for LimitsDraft {
    fn from(limits: &Limits) -> Self {
        let number = |value: i64| value.to_string();
        Self {
            cpu: optional(limits.cpu_seconds, format_duration),
            memory: optional(limits.memory_mib, memory),
            open_files: optional(limits.open_files, number),
            processes: optional(limits.processes, number),
            nice: optional(limits.nice, number),
        }
    }
}

impl From<&Keep> for KeepDraft {
    fn from(keep: &Keep) -> Self {
        let number = |value: i64| value.to_string();
        Self {
            days: optional(keep.days, number),
            runs: optional(keep.runs, number),
            output_mib: optional(keep.output_mib, number),
        }
    }
}

impl From<&Waits> for WaitsDraft {
    fn from(waits: &Waits) -> Self {
        let usual = Waits::default();
        Self {
            tasks: waits.tasks.iter().map(|id| format!("#{id}")).collect(),
            how: unless(&waits.how, &usual.how, |how| how.as_str().to_owned()),
            what: unless(&waits.what, &usual.what, |what| what.as_str().to_owned()),
            fresh: unless(&waits.fresh_seconds, &usual.fresh_seconds, duration),
            patience: unless(&waits.patience_seconds, &usual.patience_seconds, duration),
        }
    }
}

impl From<&HttpCall> for HttpDraft {
    fn from(call: &HttpCall) -> Self {
        let headers = call
            .headers
            .iter()
            .map(|one| format!("{}: {}", one.name, one.value));
        Self {
            method: call.method.clone(),
            url: call.url.clone(),
            headers: headers.collect::<Vec<_>>().join("\n"),
            body: call.body.clone(),
            expect_status: call.expect_status.clone(),
            json_pointer: call.json_pointer.clone(),
            json_value: call.json_value.clone(),
        }
    }
}
