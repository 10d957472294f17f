//! anacrontab(5): `period delay name command`.

use super::entry::{Entry, Timing, Words, without_return};
use super::lines::LineFault;
use super::remark::Remark;
use super::variables::Scope;

/// Days of a named period.
const PERIODS: [(&str, u32); 5] = [
    ("@daily", 1),
    ("@weekly", 7),
    ("@monthly", 30),
    ("@yearly", 365),
    ("@annually", 365),
];
/// The longest period, in days.
const DAYS_MAX: u32 = 366;
/// The longest delay, in minutes.
const DELAY_MAX: u32 = 24 * 60;

/// Reads a line that is no comment and no setting.
pub(super) fn entry(
    line: &str,
    scope: &Scope,
    remarks: &mut Vec<Remark>,
) -> Result<Entry, LineFault> {
    let line = without_return(line, remarks);
    let mut words = Words::new(line);
    let (period, column) = words.word().unwrap_or_default();
    let named = PERIODS.iter().find(|(name, _)| *name == period);
    let days = match named {
        Some((_, days)) => Some(*days),
        None => period.parse().ok(),
    };
    let days = days.filter(|days| (1..=DAYS_MAX).contains(days));
    let days = days.ok_or(LineFault::Period { column })?;
    let column = words.column();
    let (delay, _) = words.word().unwrap_or_default();
    let delay = delay.parse().ok().filter(|delay| *delay <= DELAY_MAX);
    let delay = delay.ok_or(LineFault::Delay { column })?;
    // The name of the job, which names its time stamp.
    words.word().ok_or(LineFault::NoCommand)?;
    // anacron knows no `%`.
    let command = words.rest.to_owned();
    if command.trim().is_empty() {
        return Err(LineFault::NoCommand);
    }
    remarks.push(Remark::Anacron { days });
    Ok(Entry {
        timing: Timing::Days { days, delay },
        user: "root".to_owned(),
        command,
        input: None,
        environment: scope.all().to_vec(),
    })
}
