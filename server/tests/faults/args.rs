//! What the suite was asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Minutes of a whole run over both databases, when nothing is said.
const MINUTES: f64 = 25.0;

/// What the suite was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Everything that is drawn by lot comes from this.
    pub(crate) seed: u64,
    /// About how long all rows may take.
    pub(crate) minutes: f64,
    /// Only these rows; all when empty.
    pub(crate) rows: BTreeSet<u32>,
    /// The cut of `cargo test`.
    pub(crate) short: bool,
    /// Only on this database.
    pub(crate) only: Option<crate::site::Engine>,
    /// The server under test.
    pub(crate) binary: PathBuf,
    /// Leaves folders and logs behind.
    pub(crate) keep: bool,
}

/// What to do.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Run rows.
    Run(Options),
    /// Only say something, and end well: a filter of `cargo test` that does not mean us.
    Say(String),
    /// The arguments make no sense.
    Refuse(String),
}

/// How to ask.
pub(crate) const USAGE: &str = "\
cargo test --test faults -- [--short | --full] [--rows 1,2,3] [--seed N] [--minutes M]
                            [--only sqlite|mariadb] [--binary FILE] [--keep]";

/// Reads the arguments. Without any it is the short cut.
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
            // What cargo and editors send to every test binary.
            "--list" => return Asked::Say("faults: test\n\n1 test, 0 benchmarks".to_owned()),
            "--nocapture" | "--no-capture" | "--exact" | "--quiet" | "-q" | "--show-output" => {
                Some(())
            }
            "--test-threads" | "--format" | "--color" => value().map(|_| ()),
            _ if flag.starts_with('-') => None,
            // `cargo test NAME` means tests of that name, and we have only one.
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
