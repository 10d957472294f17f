//! `jcrontab task stats`: the runs of a task over months.

use app::run::days::{RunDay, RunDays, RunPeriod};
use app::texts::days::{DaysUi, complete_from, percent, period};
use app::texts::phrases::{bytes, took};
use axum::http::Method;
use clap::Args;

use super::{Named, path};
use crate::cli::calendar::typed;
use crate::cli::client::Client;
use crate::cli::print::{print_json, print_lines, print_note, print_table};
use crate::cli::{Failure, lang};

#[derive(Args, Debug)]
pub(in crate::cli) struct Stats {
    #[command(flatten)]
    task: Named,
    /// List each day on which something ran, not only sums
    #[arg(long)]
    days: bool,
    /// First day to list, in UTC: 2026-09-01 (default: 89 days before the last one); implies --days
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Last day to list, in UTC (default: today); implies --days. At most 366 days are listed
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

pub(super) async fn run(client: &Client, stats: &Stats) -> Result<(), Failure> {
    let one = stats.task.find(client).await?;
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("from", &stats.from), ("to", &stats.to)] {
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
    }
    let path = path(one.id, &format!("/days?{}", pairs.finish()));
    let answer = client.call(Method::GET, &path, None).await?;
    if one.json {
        print_json(&answer);
        return Ok(());
    }
    let found: RunDays = typed(&answer)?;
    let texts = DaysUi::of(lang());
    if stats.days || stats.from.is_some() || stats.to.is_some() {
        let rows: Vec<Vec<String>> = found.days.iter().map(day).collect();
        let columns = [
            "DATE",
            "SUCCEEDED",
            "FAILED",
            "TIMED_OUT",
            "KILLED",
            "LOST",
            "P50",
            "P95",
            "OUTPUT",
        ];
        print_table(&columns, &rows, (DaysUi::ZH.empty, DaysUi::EN.empty));
        if let Some(first) = &found.complete_from {
            print_note(&complete_from(lang(), first));
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found.periods.iter().map(sums).collect();
    let columns = ["PERIOD", "TOTAL", "BAD", "SUCCESS", "P50", "P95", "OUTPUT"];
    print_table(&columns, &rows, (DaysUi::ZH.empty, DaysUi::EN.empty));
    if found.periods.iter().any(|period| !period.complete) {
        print_note(texts.incomplete);
    }
    print_lines(&[texts.utc.to_owned()]);
    Ok(())
}

fn duration(millis: Option<i64>) -> String {
    millis.map_or_else(|| "-".to_owned(), |millis| took(lang(), millis))
}

fn day(day: &RunDay) -> Vec<String> {
    vec![
        day.day.clone(),
        day.succeeded.to_string(),
        day.failed.to_string(),
        day.timed_out.to_string(),
        day.killed.to_string(),
        day.lost.to_string(),
        duration(day.p50_ms),
        duration(day.p95_ms),
        bytes(day.output_bytes),
    ]
}

fn sums(sums: &RunPeriod) -> Vec<String> {
    let words = period(lang(), sums.days);
    vec![
        if sums.complete {
            words
        } else {
            format!("{words} *")
        },
        sums.runs.to_string(),
        sums.bad.to_string(),
        sums.success_permille
            .map_or_else(|| "-".to_owned(), percent),
        duration(sums.p50_ms),
        duration(sums.p95_ms),
        bytes(sums.output_bytes),
    ]
}
