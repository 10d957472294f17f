//! anacrontab(5): `period delay name command`, and settings, whose rules are not those of crontabs.

use app::import::Flavor;

use super::entry::{Entry, Timing, Words, without_return};
use super::fault::LineFault;
use super::remark::Remark;
use super::variables::{Scope, Variable};

/// Days of the named periods of Debian's anacron 2.3.
const DEBIAN_PERIODS: &[(&str, u32)] = &[("@monthly", 30), ("@yearly", 365)];
/// Days of the named periods of cronie's anacron.
const CRONIE_PERIODS: &[(&str, u32)] = &[
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

/// The setting that a line is, if it is one: the name has no blanks, and everything behind `=` is the value, with its
/// blanks and quotes.
pub(super) fn variable(line: &str) -> Option<Variable> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_matches([' ', '\t']);
    let is_name = !name.is_empty() && !name.contains([' ', '\t']);
    is_name.then(|| Variable {
        name: name.to_owned(),
        value: value.trim_end_matches('\r').to_owned(),
    })
}

/// Reads a line that is no comment and no setting.
pub(super) fn entry(
    line: &str,
    flavor: Flavor,
    scope: &Scope,
    remarks: &mut Vec<Remark>,
) -> Result<Entry, LineFault> {
    let line = without_return(line, remarks);
    if line.ends_with('\\') {
        // It goes on in the next line, which would be read as one of its own here.
        return Err(LineFault::Continued);
    }
    let mut words = Words::new(line);
    let (period, column) = words.word().unwrap_or_default();
    let names = match flavor {
        Flavor::Debian => DEBIAN_PERIODS,
        Flavor::Cronie => CRONIE_PERIODS,
    };
    let named = names.iter().find(|(name, _)| *name == period);
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
    // The name of the job, which names the file with its time stamp.
    let (name, column) = words.word().ok_or(LineFault::NoCommand)?;
    if name.contains('/') {
        return Err(LineFault::JobName { column });
    }
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
        environment: scope.all(),
        follows_clock: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line was given to `anacron -T` of Debian's anacron 2.3-36.
    #[test]
    fn settings_are_read_as_anacron_reads_them() {
        for (line, wanted) in [
            ("MAILTO=", Some(("MAILTO", ""))),
            ("A = b", Some(("A", " b"))),
            ("A=\"b\" c", Some(("A", "\"b\" c"))),
            ("A=b\r", Some(("A", "b"))),
            ("=b", None),
            ("A B=c", None),
            ("1 5 a x=y", None),
        ] {
            let found = variable(line);
            let found = found
                .as_ref()
                .map(|one| (one.name.as_str(), one.value.as_str()));
            assert_eq!(found, wanted, "{line:?}");
        }
    }

    #[test]
    fn jobs_are_read_as_each_anacron_reads_them() {
        use Flavor::{Cronie, Debian};
        let period = |column| Err(LineFault::Period { column });
        for (flavor, line, wanted) in [
            (Debian, "1 5 a x", Ok((1, 5))),
            (Debian, "  7\t10 a x", Ok((7, 10))),
            (Debian, "@monthly 15 a x %y", Ok((30, 15))),
            (Debian, "@yearly 15 a x", Ok((365, 15))),
            (Debian, "@daily 5 a x", period(1)),
            (Debian, "@weekly 5 a x", period(1)),
            (Debian, "@annually 5 a x", period(1)),
            (Debian, " @hourly 5 a x", period(2)),
            (Cronie, "@daily 5 a x", Ok((1, 5))),
            (Cronie, "@weekly 5 a x", Ok((7, 5))),
            (Cronie, "@annually 5 a x", Ok((365, 5))),
            (Debian, "1 x a y", Err(LineFault::Delay { column: 3 })),
            (Debian, "1 5 a/b x", Err(LineFault::JobName { column: 5 })),
            (Debian, "1 5 a", Err(LineFault::NoCommand)),
            (Debian, "1 5 a x \\", Err(LineFault::Continued)),
        ] {
            let read = entry(line, flavor, &Scope::default(), &mut Vec::new());
            let read = read.map(|entry| match entry.timing {
                Timing::Days { days, delay } => (days, delay),
                other => panic!("{line}: {other:?}"),
            });
            assert_eq!(read, wanted, "{line}");
        }
    }
}
