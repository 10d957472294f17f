//! The arguments of the suite.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// The default duration of a whole run over both databases, in minutes.
const MINUTES: f64 = 25.0;

/// The options of a run.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The seed of all random choices.
    pub(crate) seed: u64,
    /// Approximate duration of all rows.
    pub(crate) minutes: f64,
    /// Only these rows; all when empty.
    pub(crate) rows: BTreeSet<u32>,
    /// The short version, as run by `cargo test`.
    pub(crate) short: bool,
    /// Only on this database.
    pub(crate) only: Option<crate::site::Engine>,
    /// The server under test.
    pub(crate) binary: PathBuf,
    /// Keeps folders and logs.
    pub(crate) keep: bool,
}

/// What to do.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Run rows.
    Run(Options),
    /// Only print something and exit with 0: a filter of `cargo test` for other tests.
    Say(String),
    /// Invalid arguments.
    Refuse(String),
}

/// The usage text.
pub(crate) const USAGE: &str = "\
cargo test --test faults -- [--short | --full] [--rows 1,2,3] [--seed N] [--minutes M]
                            [--only sqlite|mariadb] [--binary FILE] [--keep]";

/// Parses the arguments. Without any it is the short version.
pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Asked {
    let mut options = Options {
        seed: u64::from(std::process::id()) ^ 0x6a63_726f_6e74_6162,
        minutes: MINUTES,
        rows: BTreeSet::new(),
        short: true,
        only: None,
        binary: env!("CARGO_BIN_EXE_jcrontab").into(),
        keep: false,
    };
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (argument.clone(), None),
        };
        let mut value = || inline.clone().or_else(|| arguments.next());
        let understood = match flag.as_str() {
            "--short" => {
                options.short = true;
                Some(())
            }
            "--full" => {
                options.short = false;
                Some(())
            }
            "--keep" => {
                options.keep = true;
                Some(())
            }
            "--seed" => value()
                .and_then(|n| n.parse().ok())
                .map(|n| options.seed = n),
            "--minutes" => value().and_then(|n| n.parse().ok()).map(|n| {
                options.minutes = n;
                options.short = false;
            }),
            "--rows" => value().and_then(|list| rows(&list)).map(|rows| {
                options.rows = rows;
                options.short = false;
            }),
            "--only" => value()
                .and_then(|name| name.parse().ok())
                .map(|engine| options.only = Some(engine)),
            "--binary" => value().map(|path| options.binary = path.into()),
            "--help" | "-h" => return Asked::Say(USAGE.to_owned()),
            // Sent by cargo and editors to every test binary.
            "--list" => return Asked::Say("faults: test\n\n1 test, 0 benchmarks".to_owned()),
            "--nocapture" | "--no-capture" | "--exact" | "--quiet" | "-q" | "--show-output" => {
                Some(())
            }
            "--test-threads" | "--format" | "--color" => value().map(|_| ()),
            _ if flag.starts_with('-') => None,
            // `cargo test NAME` runs tests of that name, and we have only one.
            "faults" => Some(()),
            other => {
                return Asked::Say(format!(
                    "the fault suite is not named {other:?}; nothing was run"
                ));
            }
        };
        if understood.is_none() {
            return Asked::Refuse(format!("{argument:?} is not understood\n{USAGE}"));
        }
    }
    Asked::Run(options)
}

fn rows(list: &str) -> Option<BTreeSet<u32>> {
    list.split(',')
        .map(|number| number.trim().parse().ok())
        .collect()
}
