//! What became of the targets, in numbers.

use std::collections::BTreeMap;

use crate::history::Firing;

/// Targets by what became of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) targets: usize,
    /// A line is in the ledger.
    pub(crate) ran: usize,
    /// Runs whose result is unknown; they may have a line.
    pub(crate) lost: usize,
    /// By reason.
    pub(crate) skipped: BTreeMap<String, usize>,
    /// By reason.
    pub(crate) missed: BTreeMap<String, usize>,
    /// Claimed and ended otherwise, without a line.
    pub(crate) without_line: usize,
    pub(crate) unexplained: usize,
    pub(crate) duplicates: usize,
}

impl Counts {
    /// Counts a target.
    pub(crate) fn add(&mut self, firing: Option<&Firing>, lines: usize) {
        self.targets += 1;
        let Some(firing) = firing else {
            self.unexplained += 1;
            return;
        };
        let reason = || firing.reason.clone().unwrap_or_else(|| "?".to_owned());
        match firing.state.as_str() {
            "skipped" => *self.skipped.entry(reason()).or_default() += 1,
            "missed" => *self.missed.entry(reason()).or_default() += 1,
            "lost" => self.lost += 1,
            _ => {}
        }
        match (lines, firing.state.as_str()) {
            (1.., _) => self.ran += 1,
            (0, "skipped" | "missed" | "lost") => {}
            _ => self.without_line += 1,
        }
    }

    /// Of several rows together.
    pub(crate) fn sum(&mut self, other: &Self) {
        self.targets += other.targets;
        self.ran += other.ran;
        self.lost += other.lost;
        self.without_line += other.without_line;
        self.unexplained += other.unexplained;
        self.duplicates += other.duplicates;
        for (mine, others) in [
            (&mut self.skipped, &other.skipped),
            (&mut self.missed, &other.missed),
        ] {
            for (reason, count) in others {
                *mine.entry(reason.clone()).or_default() += count;
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "targets {} ran {} lost {}",
            self.targets, self.ran, self.lost
        )?;
        for (name, reasons) in [("skipped", &self.skipped), ("missed", &self.missed)] {
            for (reason, count) in reasons {
                write!(f, " {name}({reason}) {count}")?;
            }
        }
        if self.without_line > 0 {
            write!(f, " ended-without-line {}", self.without_line)?;
        }
        write!(
            f,
            " unexplained {} duplicates {}",
            self.unexplained, self.duplicates
        )
    }
}
