//! The goals, and what was reached. A goal compares one figure with a number or with another
//! figure of the same run.

use crate::report::{MACHINE, Report};

/// What a figure is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// Not above this.
    AtMost(f64),
    /// Not below this.
    AtLeast(f64),
    /// At most this many times the figure of another one in the same workload and metric.
    TimesAtMost(f64, &'static str),
    /// At least this many times the figure of another one.
    TimesAtLeast(f64, &'static str),
    /// At most this many times a figure of the same product in another metric.
    TimesMetric(f64, &'static str),
    /// At least this share of a figure of the machine (workload `limits`).
    ShareOfMachine(f64, &'static str),
}

/// A goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    pub(crate) workload: &'static str,
    pub(crate) who: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) limit: Limit,
    /// The bound: printed when the goal is missed.
    pub(crate) bound: &'static str,
}

/// A goal with its measurement.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) goal: Goal,
    /// The goal in words.
    pub(crate) wanted: String,
    /// What was measured, in words; `None` when one of the two figures is missing.
    pub(crate) got: Option<String>,
    pub(crate) met: bool,
}

mod table;

/// All goals, in the order of the workloads.
pub(crate) fn verdicts(report: &Report) -> Vec<Verdict> {
    table::GOALS
        .iter()
        .filter(|goal| report.find(goal.workload, goal.who, goal.metric).is_some())
        .map(|goal| verdict(report, *goal))
        .collect()
}

fn verdict(report: &Report, goal: Goal) -> Verdict {
    let figure = report.find(goal.workload, goal.who, goal.metric);
    let unit = figure.map_or("", |figure| figure.unit.as_str());
    // "max" is about the worst round, everything else about the one in the middle.
    let value = figure.map(|figure| {
        if goal.metric.starts_with("worst") {
            figure.worst()
        } else {
            figure.median()
        }
    });
    let other = |workload: &str, who: &str, metric: &str| {
        report
            .find(workload, who, metric)
            .map(crate::report::Figure::median)
    };
    let (wanted, reference, met): (String, Option<f64>, fn(f64, f64) -> bool) = match goal.limit {
        Limit::AtMost(limit) => (format!("≤ {}", with_unit(limit, unit)), None, |_, _| {
            false
        }),
        Limit::AtLeast(limit) => (format!("≥ {}", with_unit(limit, unit)), None, |_, _| {
            false
        }),
        Limit::TimesAtMost(times, who) => (
            format!("≤ {} {who}", factor(times)),
            other(goal.workload, who, goal.metric),
            |ratio, times| ratio <= times,
        ),
        Limit::TimesAtLeast(times, who) => (
            format!("≥ {} {who}", factor(times)),
            other(goal.workload, who, goal.metric),
            |ratio, times| ratio >= times,
        ),
        Limit::TimesMetric(times, metric) => (
            format!("≤ {} its {metric}", factor(times)),
            other(goal.workload, goal.who, metric),
            |ratio, times| ratio <= times,
        ),
        Limit::ShareOfMachine(times, metric) => (
            format!("≥ {} {metric}", factor(times)),
            other("limits", MACHINE, metric),
            |ratio, times| ratio >= times,
        ),
    };
    let (got, met) = match (goal.limit, value, reference) {
        (Limit::AtMost(limit), Some(value), _) => (Some(with_unit(value, unit)), value <= limit),
        (Limit::AtLeast(limit), Some(value), _) => (Some(with_unit(value, unit)), value >= limit),
        (
            Limit::TimesAtMost(times, _)
            | Limit::TimesAtLeast(times, _)
            | Limit::TimesMetric(times, _)
            | Limit::ShareOfMachine(times, _),
            Some(value),
            Some(reference),
        ) => {
            let ratio = value / reference;
            (Some(factor(ratio)), met(ratio, times))
        }
        _ => (None, false),
    };
    Verdict {
        goal,
        wanted,
        got,
        met,
    }
}

/// A factor below one is easier to read as a fraction.
fn factor(times: f64) -> String {
    if times < 0.1 {
        format!("1/{:.0} of", 1.0 / times)
    } else {
        format!("{times:.2} ×")
    }
}

/// A number with sensible precision, with its unit.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    let number = number(value);
    if unit.is_empty() {
        number
    } else {
        format!("{number} {unit}")
    }
}

/// A number with sensible precision.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 || value == value.trunc() => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    // 1234567 is easier read as 1 234 567.
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |(w, r)| (w, r));
    if whole.len() < 5 {
        return text;
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() {
        grouped
    } else {
        format!("{grouped}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{APSCHEDULER, CRON, FLOOR_DB, MARIADB, SHELL, SQLITE};

    #[test]
    fn a_goal_compares_within_one_run() {
        let mut report = Report::default();
        let goal = |limit| Goal {
            workload: "P3",
            who: SQLITE,
            metric: "last start",
            limit,
            bound: "",
        };
        report.put(
            "P3",
            SQLITE,
            ("last start", "ms"),
            [900.0, 1_200.0, 1_000.0],
        );
        report.put("P3", FLOOR_DB, ("last start", "ms"), [800.0]);
        report.put("P3", CRON, ("last start", "ms"), [4_000.0]);
        report.put("limits", MACHINE, ("sh -c", "/s"), [1_000.0]);
        for (limit, got, met) in [
            (Limit::AtMost(1_000.0), "1000 ms", true),
            (Limit::AtMost(999.0), "1000 ms", false),
            (Limit::AtLeast(1_001.0), "1000 ms", false),
            (Limit::TimesAtMost(1.3, FLOOR_DB), "1.25 ×", true),
            (Limit::TimesAtMost(1.2, FLOOR_DB), "1.25 ×", false),
            (Limit::TimesAtMost(1.0 / 3.0, CRON), "0.25 ×", true),
            (Limit::TimesAtLeast(0.9, FLOOR_DB), "1.25 ×", true),
            (Limit::ShareOfMachine(0.6, "sh -c"), "1.00 ×", true),
        ] {
            let verdict = verdict(&report, goal(limit));
            assert_eq!(verdict.got.as_deref(), Some(got), "{limit:?}");
            assert_eq!(verdict.met, met, "{limit:?}");
        }
        // Without the other figure there is no verdict, least of all a success.
        let verdict = verdict(&report, goal(Limit::TimesAtMost(9.0, APSCHEDULER)));
        assert_eq!((verdict.got, verdict.met), (None, false));
    }

    #[test]
    fn numbers_are_as_precise_as_they_are_worth() {
        for (value, text) in [
            (0.004_21, "0.0042"),
            (1.234, "1.23"),
            (45.67, "45.7"),
            (1_234.5, "1234"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn every_goal_names_who_and_what_bounds_it() {
        for goal in table::GOALS {
            assert!([SQLITE, MARIADB, SHELL].contains(&goal.who), "{goal:?}");
            assert!(!goal.bound.is_empty(), "{goal:?}");
        }
    }
}
