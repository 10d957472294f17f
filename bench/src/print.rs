//! The table on the screen and `docs/PERFORMANCE.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::goals::{Verdict, number, verdicts};
use crate::machine::Machine;
use crate::report::{Figure, Report};
use crate::workloads::{TITLES, Title};

/// Everything as Markdown: what is printed and what is written down is one text.
pub(crate) fn markdown(report: &Report, machine: &Machine) -> String {
    let mut text = String::new();
    let missed = verdicts(report);
    head(&mut text, machine);
    goals(&mut text, &missed);
    bounds(&mut text, &missed);
    for title in TITLES {
        section(&mut text, report, title);
    }
    if !report.not_run.is_empty() {
        text.push_str("\n## Not run\n\n");
        for (who, why) in &report.not_run {
            // Writing to a string does not fail.
            writeln!(text, "- **{who}**: {why}").ok();
        }
    }
    text
}

fn head(text: &mut String, machine: &Machine) {
    text.push_str(include_str!("print/head.md"));
    text.push_str("\n| | |\n|---|---|\n");
    for (what, which) in machine.lines() {
        writeln!(text, "| {what} | {which} |").ok();
    }
}

fn goals(text: &mut String, verdicts: &[Verdict]) {
    if verdicts.is_empty() {
        return;
    }
    let met = verdicts.iter().filter(|verdict| verdict.met).count();
    let known = verdicts
        .iter()
        .filter(|verdict| verdict.got.is_some())
        .count();
    writeln!(
        text,
        "\n## Goals\n\n{met} of {known} are met.\n\n| | who | what | goal | measured | |\n|---|---|---|---|---|---|"
    )
    .ok();
    for verdict in verdicts {
        let sign = match (&verdict.got, verdict.met) {
            (None, _) => "not compared",
            (_, true) => "met",
            (_, false) => "**missed**",
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {sign} |",
            verdict.goal.workload,
            verdict.goal.who,
            verdict.goal.metric,
            verdict.wanted,
            verdict.got.as_deref().unwrap_or("–"),
        )
        .ok();
    }
}

fn bounds(text: &mut String, verdicts: &[Verdict]) {
    let mut shown = BTreeSet::new();
    for verdict in verdicts
        .iter()
        .filter(|verdict| !verdict.met && verdict.got.is_some())
    {
        let goal = verdict.goal;
        if !shown.insert((goal.workload, goal.bound)) {
            continue;
        }
        if shown.len() == 1 {
            text.push_str("\n### What bounds those that are missed\n\n");
        }
        writeln!(text, "- {}, {}: {}", goal.workload, goal.metric, goal.bound).ok();
    }
}

fn section(text: &mut String, report: &Report, title: &Title) {
    let figures: Vec<&Figure> = report
        .figures
        .iter()
        .filter(|figure| figure.workload == title.workload)
        .collect();
    let failed = report
        .failed
        .iter()
        .filter(|(workload, _)| *workload == title.workload);
    let failed: Vec<&str> = failed.map(|(_, why)| why.as_str()).collect();
    if figures.is_empty() && failed.is_empty() {
        return;
    }
    writeln!(
        text,
        "\n## {} · {}\n\n{}\n",
        title.workload, title.name, title.what
    )
    .ok();
    for why in failed {
        writeln!(text, "**Failed:** {why}\n").ok();
    }
    table(text, &figures);
    let notes = report
        .notes
        .iter()
        .filter(|(workload, _)| *workload == title.workload);
    for (index, (_, note)) in notes.enumerate() {
        let before = if index == 0 { "\n" } else { "" };
        writeln!(text, "{before}- {note}").ok();
    }
}

/// One line for each who, one column for each metric: median, and the worst of several rounds.
fn table(text: &mut String, figures: &[&Figure]) {
    let mut metrics: Vec<(&str, &str)> = Vec::new();
    let mut whos: Vec<&str> = Vec::new();
    for figure in figures {
        if !metrics.iter().any(|(metric, _)| *metric == figure.metric) {
            metrics.push((&figure.metric, &figure.unit));
        }
        if !whos.contains(&figure.who.as_str()) {
            whos.push(&figure.who);
        }
    }
    if metrics.is_empty() {
        return;
    }
    text.push_str("| |");
    for (metric, unit) in &metrics {
        if unit.is_empty() {
            write!(text, " {metric} |").ok();
        } else {
            write!(text, " {metric}, {unit} |").ok();
        }
    }
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(metrics.len()));
    text.push('\n');
    for who in whos {
        write!(text, "| {who} |").ok();
        for (metric, _) in &metrics {
            let cell = figures
                .iter()
                .find(|figure| figure.who == who && figure.metric == *metric)
                .map_or_else(|| "–".to_owned(), |figure| cell(figure));
            write!(text, " {cell} |").ok();
        }
        text.push('\n');
    }
}

fn cell(figure: &Figure) -> String {
    let median = number(figure.median());
    if figure.values.len() < 3 {
        return median;
    }
    let lowest = figure.values.iter().copied().fold(f64::NAN, f64::min);
    format!("{median} ({}–{})", number(lowest), number(figure.worst()))
}
