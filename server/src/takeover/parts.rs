//! Folders whose scripts `run-parts` runs, such as `/etc/cron.daily`, and a crontab with a line for each script.
//!
//! Who runs a script is decided by its executable bit alone: `run-parts` skips a script without it, and the command made
//! here does nothing for one that has it. So a script runs once, whatever is changed in which order; also when an
//! upgrade of its package makes it executable again.

use app::import::{Flavor, Format};

use super::Reading;
use super::entry::{Entry, Timing};
use super::lines::{Account, Kind, read};
use super::variables::{Scope, Variable};

/// Reports to anacron that its job is done: run alone it would keep anacron from running the rest.
const OF_ANACRON: &str = "0anacron";
/// What a command ends with whose script is executable: the code of a temporary failure (`sysexits.h`).
const TEMPORARY_FAILURE: u8 = 75;
/// What the `run-parts` of RHEL skips, by the end of the name.
const SKIPPED_BY_CRONIE: [&str; 8] = [
    ".rpmsave", ".rpmorig", ".rpmnew", ".swp", ".cfsaved", ",v", ",", "~",
];

/// An entry that runs the scripts of a folder.
#[derive(Clone, PartialEq, Debug)]
pub struct PartsCall {
    /// Its line.
    pub line: u32,
    /// The folder.
    pub folder: String,
    /// A program whose presence keeps the entry from running anything: `test -x /usr/sbin/anacron || …`.
    pub unless: Option<String>,
    entry: Entry,
}

/// What becomes of a file in such a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// A task can run it, by this line.
    Script(String),
    /// `run-parts` ignores a file of this name.
    Ignored,
    /// It stays with `run-parts`: it is no script with `#!`, or belongs to anacron.
    Kept,
}

/// The entries of an account that run the scripts of a folder and do nothing else, also those that a task has taken over.
#[must_use]
pub fn calls(account: &Account, reading: Reading<'_>) -> Vec<PartsCall> {
    let (mut scope, mut found) = (Scope::default(), Vec::new());
    for line in &account.lines {
        let entry = match &line.kind {
            Kind::Variable(variable) => {
                scope.set(variable);
                continue;
            }
            Kind::Entry(entry) => Some((**entry).clone()),
            Kind::Taken { line, .. } => taken(line, &scope, reading),
            _ => None,
        };
        let Some(entry) = entry else { continue };
        let Some(folder) = folder(&entry.command) else {
            continue;
        };
        found.push(PartsCall {
            line: line.number,
            folder: folder.to_owned(),
            unless: guard(&entry.command).map(str::to_owned),
            entry,
        });
    }
    found
}

/// The entry that a line was.
fn taken(line: &str, scope: &Scope, reading: Reading<'_>) -> Option<Entry> {
    let account = read(line, reading).ok()?;
    match account.lines.into_iter().next()?.kind {
        Kind::Entry(entry) => Some(Entry {
            environment: scope.all(),
            ..*entry
        }),
        _ => None,
    }
}

/// The folder behind `run-parts`, which may have options that change neither which scripts run nor how.
fn folder(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace();
    words.find(|word| word.rsplit('/').next() == Some("run-parts"))?;
    let folder = words.find(|word| !matches!(*word, "--report" | "--verbose" | "-v" | "--"))?;
    let folder = folder
        .trim_end_matches([';', ')', '}'])
        .trim_end_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    let rest: Vec<&str> = words.collect();
    let is_last = rest.iter().all(|word| matches!(*word, ")" | "}" | ";"));
    (folder.len() > 1 && folder.starts_with('/') && folder.chars().all(is_plain) && is_last)
        .then_some(folder)
}

/// `nice` or `ionice`, with its options, in front of `run-parts`.
fn priority(command: &str) -> String {
    let is_call = |word: &&str| word.rsplit('/').next() == Some("run-parts");
    let words: Vec<&str> = (command.split_whitespace())
        .take_while(|word| !is_call(word))
        .collect();
    let is_nice = |word: &&str| matches!(word.rsplit('/').next(), Some("nice" | "ionice"));
    let first = words.iter().position(is_nice).unwrap_or(words.len());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    let words = words.get(first..).unwrap_or_default();
    match words.iter().all(|word| word.chars().all(plain)) {
        true => words.iter().map(|word| format!("{word} ")).collect(),
        false => String::new(),
    }
}

/// The program in `test -x PROGRAM || …` or `[ -x PROGRAM ] || …` at the beginning.
pub(super) fn guard(command: &str) -> Option<&str> {
    let rest = command.trim_start();
    let rest = rest
        .strip_prefix("test -x ")
        .or_else(|| rest.strip_prefix("[ -x "))?;
    let (test, _) = rest.split_once("||")?;
    let program = test.trim().trim_end_matches(']').trim();
    (program.starts_with('/') && !program.contains(char::is_whitespace)).then_some(program)
}

impl PartsCall {
    /// Which columns the lines of its scripts have.
    #[must_use]
    pub fn format(&self, of_crontab: Format) -> Format {
        match self.entry.timing {
            Timing::Days { .. } => Format::Anacron,
            Timing::Cron(_) | Timing::Reboot => of_crontab,
        }
    }

    /// The settings above its scripts, which are those of the entry.
    #[must_use]
    pub fn settings(&self, format: Format) -> Vec<String> {
        let written = |one: &Variable| match format {
            Format::Anacron => format!("{}={}", one.name, one.value),
            Format::User | Format::System => match one.value.contains('"') {
                true => format!("{}='{}'", one.name, one.value),
                false => format!("{}=\"{}\"", one.name, one.value),
            },
        };
        self.entry
            .environment
            .iter()
            .map(|one| written(one))
            .collect()
    }

    /// What becomes of a file of the folder with this name, and this text at its beginning.
    #[must_use]
    pub fn part(&self, name: &str, start: &[u8], flavor: Flavor, format: Format) -> Part {
        if !is_run(name, flavor) {
            return Part::Ignored;
        }
        // A name with other signs would need quotes in a crontab.
        let fits = name.chars().all(|c| is_plain(c) || c == '.') && name != OF_ANACRON;
        let interpreter = interpreter(start).filter(|_| fits);
        let Some(interpreter) = interpreter else {
            return Part::Kept;
        };
        let path = format!("{}/{name}", self.folder);
        let priority = priority(&self.entry.command);
        // By the bits, not by `test -x`, which asks whether its own user may run it.
        let command = format!(
            "test -z \"$(find {path} -perm /111 2>&1)\" || {{ echo \"{path} is executable: run-parts runs it\" >&2; exit {TEMPORARY_FAILURE}; }}; cd / && exec {priority}{interpreter} {path}"
        );
        let timing = match &self.entry.timing {
            Timing::Cron(cron) => cron.clone(),
            Timing::Reboot => "@reboot".to_owned(),
            Timing::Days { days, delay } => {
                let job = self.folder.rsplit('/').next().unwrap_or_default();
                return Part::Script(format!("{days} {delay} {job} {command}"));
            }
        };
        Part::Script(match format {
            Format::System => format!("{timing} {} {command}", self.entry.user),
            Format::User | Format::Anacron => format!("{timing} {command}"),
        })
    }
}

/// Whether `run-parts` runs files of this name (run-parts(8); the script of RHEL for cronie).
fn is_run(name: &str, flavor: Flavor) -> bool {
    match flavor {
        Flavor::Debian => !name.is_empty() && name.chars().all(is_plain),
        Flavor::Cronie => {
            !name.starts_with('.') && !SKIPPED_BY_CRONIE.iter().any(|end| name.ends_with(end))
        }
    }
}

/// What all names that Debian's `run-parts` knows consist of.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The program, and its argument, in the first line of a script; `None` where there is none, or none that can be written
/// in a crontab without quotes.
fn interpreter(start: &[u8]) -> Option<String> {
    let first = start.split(|byte| *byte == b'\n').next()?;
    let text = std::str::from_utf8(first).ok()?.strip_prefix("#!")?.trim();
    let (program, argument) = match text.split_once([' ', '\t']) {
        Some((program, argument)) => (program, argument.trim()),
        None => (text, ""),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+');
    // The kernel passes everything behind the program as one argument.
    let fits =
        program.starts_with('/') && program.chars().all(plain) && argument.chars().all(plain);
    fits.then(|| format!("{program} {argument}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls_of(text: &str, format: Format) -> Vec<PartsCall> {
        let reading = Reading {
            flavor: Flavor::Debian,
            format,
            user: "",
        };
        calls(&read(text, reading).expect("an account"), reading)
    }

    #[test]
    fn entries_that_run_folders_are_found() {
        let debian = "17 * * * * root cd / && run-parts --report /etc/cron.hourly\n\
            25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n\
            47 6 * * 7 root test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.weekly )\n\
            #jcrontab:7# 01 * * * * root run-parts /etc/cron.hourly/\n\
            0 1 * * * root run-parts --regex=x /etc/x\n\
            0 2 * * * root run-parts /etc/x > /tmp/log\n\
            0 3 * * * root run-parts /etc/$x\n\
            0 4 * * * root echo run-parts\n";
        let found = calls_of(debian, Format::System);
        let found: Vec<(u32, &str, Option<&str>)> = found
            .iter()
            .map(|call| (call.line, call.folder.as_str(), call.unless.as_deref()))
            .collect();
        let anacron = Some("/usr/sbin/anacron");
        assert_eq!(
            found,
            [
                (1, "/etc/cron.hourly", None),
                (2, "/etc/cron.daily", anacron),
                (3, "/etc/cron.weekly", anacron),
                (4, "/etc/cron.hourly", None),
            ]
        );
    }

    #[test]
    fn a_script_has_the_priority_of_the_folder() {
        for (command, wanted) in [
            ("nice run-parts /x", "nice "),
            (
                "cd / && nice -n 19 ionice -c3 /usr/bin/run-parts /x",
                "nice -n 19 ionice -c3 ",
            ),
            ("test -x /a || { nice run-parts /x; }", "nice "),
            ("nice -n $N run-parts /x", ""),
            ("nice true; run-parts /x", ""),
            ("cd / && run-parts /x", ""),
        ] {
            assert_eq!(priority(command), wanted, "{command}");
        }
    }

    #[test]
    fn a_script_becomes_a_line_of_its_own() {
        let text = "PATH=/sbin\nA='x y'\n25 6 * * * root run-parts /etc/cron.daily\n";
        let call = &calls_of(text, Format::System)[0];
        assert_eq!(
            call.settings(Format::System),
            ["PATH=\"/sbin\"", "A=\"x y\""]
        );
        let part =
            |name: &str, start: &[u8]| call.part(name, start, Flavor::Debian, Format::System);
        let Part::Script(line) = part("logrotate", b"#!/bin/sh -e\nx") else {
            panic!("a script");
        };
        assert!(
            line.starts_with(
                "25 6 * * * root test -z \"$(find /etc/cron.daily/logrotate -perm /111 "
            )
        );
        assert!(line.ends_with("; cd / && exec /bin/sh -e /etc/cron.daily/logrotate"));
        for (name, start, wanted) in [
            ("x.sh", &b"#!/bin/sh\n"[..], Part::Ignored),
            ("x.dpkg-old", b"#!/bin/sh\n", Part::Ignored),
            (".placeholder", b"", Part::Ignored),
            ("0anacron", b"#!/bin/sh\n", Part::Kept),
            ("program", b"\x7fELF", Part::Kept),
            ("odd", b"#!/bin/$x\n", Part::Kept),
            ("none", b"echo x\n", Part::Kept),
        ] {
            assert_eq!(part(name, start), wanted, "{name}");
        }
        let dotted = call.part("x.sh", b"#!/bin/sh\n", Flavor::Cronie, Format::System);
        assert!(
            matches!(dotted, Part::Script(_)),
            "RHEL runs names with dots"
        );
        let saved = call.part("x.rpmsave", b"#!/bin/sh\n", Flavor::Cronie, Format::System);
        assert_eq!(saved, Part::Ignored);
        let blank = call.part("x y", b"#!/bin/sh\n", Flavor::Cronie, Format::System);
        assert_eq!(blank, Part::Kept);
    }

    #[test]
    fn a_job_of_anacron_keeps_its_period_and_delay() {
        let text = "RANDOM_DELAY=45\n7 25 cron.weekly nice run-parts /etc/cron.weekly\n";
        let call = &calls_of(text, Format::Anacron)[0];
        let format = call.format(Format::Anacron);
        assert_eq!(format, Format::Anacron);
        let part = call.part("man-db", b"#!/bin/sh\n", Flavor::Debian, format);
        let Part::Script(line) = part else {
            panic!("{part:?}");
        };
        assert!(line.starts_with("7 25 cron.weekly test -z "));
        assert!(line.ends_with(" && exec nice /bin/sh /etc/cron.weekly/man-db"));
        assert_eq!(call.settings(format), ["RANDOM_DELAY=45"]);
    }
}
