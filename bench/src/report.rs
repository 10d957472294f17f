//! Measurements, as named figures; medians and ratios are computed from them at the end.

use serde::{Deserialize, Serialize};

/// The product on its embedded database.
pub(crate) const SQLITE: &str = "jcrontab, SQLite";
/// The product on its embedded database, with commands that need a shell.
pub(crate) const SHELL: &str = "jcrontab, SQLite, by the shell";
/// The product on MariaDB.
pub(crate) const MARIADB: &str = "jcrontab, MariaDB";
/// The minimal loop that claims and records in SQLite.
pub(crate) const FLOOR_DB: &str = "floor-db";
/// The minimal loop that stores nothing.
pub(crate) const FLOOR_MEM: &str = "floor-mem";
/// Limits of the machine itself.
pub(crate) const MACHINE: &str = "this machine";
/// Debian's cron.
pub(crate) const CRON: &str = "Debian cron";
/// APScheduler with its SQLite job store.
pub(crate) const APSCHEDULER: &str = "APScheduler, SQLite";
/// Cronicle, from npm.
pub(crate) const CRONICLE: &str = "Cronicle";

/// Several measurements of one thing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// `P1` … `P20`, or `limits`.
    pub(crate) workload: String,
    pub(crate) who: String,
    pub(crate) metric: String,
    pub(crate) unit: String,
    /// One for each round.
    pub(crate) values: Vec<f64>,
}

impl Figure {
    pub(crate) fn median(&self) -> f64 {
        median(&self.values)
    }

    /// The highest; if more is better, the lowest is not shown.
    pub(crate) fn worst(&self) -> f64 {
        self.values.iter().copied().fold(f64::NAN, f64::max)
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
        _ => sorted[middle],
    }
}

/// The value below which this share of a sample lies.
pub(crate) fn percentile(sample: &[f64], percent: usize) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// All figures of a run of the suite.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) figures: Vec<Figure>,
    /// Contenders that were not run, and why.
    pub(crate) not_run: Vec<(String, String)>,
    /// Sentences to a workload.
    pub(crate) notes: Vec<(String, String)>,
    /// Workloads that failed: a miscount, say.
    pub(crate) failed: Vec<(String, String)>,
}

impl Report {
    /// Records measurements; those with the same names are added.
    pub(crate) fn put(
        &mut self,
        workload: &'static str,
        who: &str,
        (metric, unit): (&str, &'static str),
        values: impl IntoIterator<Item = f64>,
    ) {
        let values: Vec<f64> = values.into_iter().collect();
        if values.is_empty() {
            return;
        }
        let same = self.figures.iter_mut().find(|figure| {
            figure.workload == workload && figure.who == who && figure.metric == metric
        });
        match same {
            Some(figure) => figure.values.extend(values),
            None => self.figures.push(Figure {
                workload: workload.to_owned(),
                who: who.to_owned(),
                metric: metric.to_owned(),
                unit: unit.to_owned(),
                values,
            }),
        }
    }

    /// Adds a sentence to a workload.
    pub(crate) fn note(&mut self, workload: &'static str, sentence: impl Into<String>) {
        self.notes.push((workload.to_owned(), sentence.into()));
    }

    /// Records that a contender was not run, and why.
    pub(crate) fn not_run(&mut self, who: &str, why: impl Into<String>) {
        self.not_run.push((who.to_owned(), why.into()));
    }

    pub(crate) fn find(&self, workload: &str, who: &str, metric: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| {
            figure.workload == workload && figure.who == who && figure.metric == metric
        })
    }

    /// Replaces these workloads in an earlier report, and returns that.
    pub(crate) fn into_earlier(self, mut earlier: Self, workloads: &[&str], when: &str) -> Self {
        let other = |workload: &String| !workloads.contains(&workload.as_str());
        earlier.figures.retain(|figure| other(&figure.workload));
        earlier.notes.retain(|(workload, _)| other(workload));
        earlier.failed.retain(|(workload, _)| other(workload));
        for workload in workloads {
            let sentence = format!("Measured again after the rest, {when}.");
            earlier.notes.push(((*workload).to_owned(), sentence));
        }
        earlier.figures.extend(self.figures);
        earlier.notes.extend(self.notes);
        earlier.failed.extend(self.failed);
        earlier
    }
}
