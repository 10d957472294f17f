//! How long the brief of a failed run takes, and what memory: two outputs of nearly 8 MiB in which every
//! line has other times and numbers, and only the last one another word.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::product::{Product, draft};
use crate::report::{Report, SQLITE, percentile};
use crate::shared;
use crate::stage::{Db, Stage};
use crate::stamps::SECOND;
use crate::{Failure, meter, now_nanos};

/// Lines of each output before the last one: nearly 8 MiB, of which all is kept with the usual
/// settings.
const LINES: u64 = 80_000;
/// Times that the brief is asked for.
const COUNT: usize = 40;

/// Notes the time of the answers, and the server's memory above what it had before the first.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let folder = shared::readable("brief")?;
    let (fine, bad) = (folder.join("fine"), folder.join("bad"));
    std::fs::write(&fine, output(1, "all rows written"))?;
    std::fs::write(&bad, output(2, "table is locked"))?;
    let product = Product::fresh(stage, Db::Sqlite, "brief").await?;
    let far = now_nanos() / SECOND + 86_400;
    let cat = |file: &Path| format!("exec cat {}", file.display());
    let task = product
        .add(&draft("brief", "0 3 1 1 *", &cat(&fine), far))
        .await?;
    run(&product, task, "succeeded").await?;
    // It fails by its success condition; `cat` itself exits with 0.
    let edit = json!({
        "command": cat(&bad),
        "execution": {"success_when": {"must_contain": "all rows written"}},
    });
    let path = format!("tasks/{task}");
    product.ask(Method::PATCH, &path, Some(&edit)).await?;
    let failed = run(&product, task, "failed").await?;

    let path = format!("runs/{failed}/brief");
    let idle = meter::own_pss_mb(product.pid())?;
    let peak = meter::Peak::watch_one(product.pid());
    let mut taken = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let asked = Instant::now();
        let brief = product.ask(Method::GET, &path, None).await?;
        taken.push(asked.elapsed().as_secs_f64() * 1_000.0);
        check(&brief)?;
    }
    for (metric, percent) in [("p50", 50), ("slowest", 100)] {
        let metric = format!("failure brief, {metric}");
        report.put(
            "brief",
            SQLITE,
            (&metric, "ms"),
            [percentile(&taken, percent)],
        );
    }
    report.put(
        "brief",
        SQLITE,
        ("extra memory", "MB"),
        [peak.stop()? - idle],
    );
    report.note(
        "brief",
        "No line of one output is in the other: time, number, duration and id differ in each, so that none is skipped as the same. Memory is the server's above what it had before the first question, sampled every 50 ms.",
    );
    product.stop().await?;
    Ok(())
}

/// Starts the task and waits for its end.
async fn run(product: &Product, task: i64, state: &str) -> Result<Value, Failure> {
    let path = format!("tasks/{task}/run");
    let run = product.ask(Method::POST, &path, None).await?;
    let path = format!("runs/{}", run["id"]);
    let begun = Instant::now();
    loop {
        let run = product.ask(Method::GET, &path, None).await?;
        if run["state"] == state {
            return Ok(run["id"].clone());
        }
        if run["state"] != "running" || begun.elapsed() > Duration::from_secs(60) {
            return Err(format!("the run is not {state}: {run}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A fast wrong answer is a failure: only the last lines differ.
fn check(brief: &Value) -> Result<(), Failure> {
    let line = |side: &str| {
        brief["output"][side]["lines"][0]["text"]
            .as_str()
            .unwrap_or_default()
    };
    if line("run") == "table is locked" && line("success") == "all rows written" {
        return Ok(());
    }
    Err(format!("the brief says: {brief}").into())
}

/// Lines of a log with numbers of their own, and a last one.
fn output(seed: u64, last: &str) -> String {
    let mut text = String::new();
    let mut number: u64 = 88_172_645_463_325_252 ^ seed;
    let mut row = seed * 1_000;
    for _ in 0..LINES {
        // Marsaglia's xorshift: the same numbers each time.
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        row += 1 + number % 7;
        // Writing to a string cannot fail.
        writeln!(
            text,
            "2026-11-{:02}T09:{:02}:{:02}.{:03}Z INFO worker {} imported row {row} of orders, took {} ms id={number:016x}",
            21 + seed,
            row / 60 % 60,
            row % 60,
            number % 1_000,
            number % 16,
            number % 9_001,
        )
        .ok();
    }
    text + last + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_have_their_size_and_no_line_in_common() {
        let (one, two) = (output(1, "a"), output(2, "b"));
        let mib = 1024 * 1024;
        assert!((7 * mib..8 * mib).contains(&one.len()), "{}", one.len());
        let lines: std::collections::HashSet<&str> = one.lines().collect();
        assert!(two.lines().all(|line| !lines.contains(line)));
    }
}
