//! P17: commands with much output: 100 of 1 MB each at once, and one of 1 GB.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::sustained::until;
use crate::product::{Home, Product, draft};
use crate::report::{Report, SQLITE};
use crate::shared;
use crate::stage::{Db, Stage};
use crate::stamps::SECOND;
use crate::{Failure, meter, now_nanos};

/// Commands that write at once.
const MANY: usize = 100;
/// Bytes that each of them writes.
const MEGABYTE: usize = 1_000_000;
/// Megabytes that the long one writes.
const LONG: usize = 1_000;
/// The long one, without its output.
const ALONE: &str = "the command alone";
/// Seconds between two instants.
const APART: i64 = 10;

/// Measures both with the usual settings, and the long one also with all of it kept.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let folder = shared::readable("output")?;
    let file = folder.join("log");
    std::fs::write(&file, lines())?;
    let short = format!("exec cat {}", file.display());
    // One process that reads from memory: next to nothing compared with its reader.
    let mut long = String::from("exec cat");
    for _ in 0..if stage.quick { LONG / 10 } else { LONG } {
        write!(long, " {}", file.display())?;
    }
    // A command line may have 128 KiB.
    let script = folder.join("long.sh");
    std::fs::write(&script, &long)?;
    let long = format!("exec sh {}", script.display());
    let bytes = MEGABYTE * if stage.quick { LONG / 10 } else { LONG };

    alone(report, &long, &folder, bytes)?;
    many(stage, report, &short).await?;
    one(stage, report, &long, bytes, None).await?;
    if !stage.quick {
        let all = u64::try_from(2 * bytes)?;
        one(stage, report, &long, bytes, Some(all)).await?;
    }
    report.note(
        "P17",
        "Lines of 100 bytes, as logs have them, read from memory by `cat`. Memory is the server's alone, above what it had before the first of them, measured every 50 ms. The time of the long one is from the request for its start until its end is recorded. With the usual settings the first 8 MiB and the last 256 KiB of a run are kept, all of it is read, masked and counted; in a second run (\"all kept\") everything is compressed and written.",
    );
    Ok(())
}

/// The long command into nothing and into a file.
fn alone(report: &mut Report, long: &str, folder: &Path, bytes: usize) -> Result<(), Failure> {
    let file = folder.join("copy");
    for (metric, path) in [
        ("rate, into nothing", Path::new("/dev/null")),
        ("rate, into a file", &file),
    ] {
        for _ in 0..3 {
            let begun = Instant::now();
            let done = Command::new("/bin/sh")
                .args(["-c", long])
                .stdin(Stdio::null())
                .stdout(std::fs::File::create(path)?)
                .status()?;
            if !done.success() {
                return Err("the command that writes failed".into());
            }
            let rate = rate(bytes, begun.elapsed().as_secs_f64());
            report.put("P17", ALONE, (metric, "MB/s"), [rate]);
        }
    }
    std::fs::remove_file(file)?;
    Ok(())
}

async fn many(stage: &Stage, report: &mut Report, command: &str) -> Result<(), Failure> {
    let product = Product::fresh(stage, Db::Sqlite, "output-many").await?;
    let first = (now_nanos() / SECOND / APART + 2) * APART;
    let drafts =
        (0..MANY).map(|task| draft(&format!("out {task}"), "*/10 * * * * *", command, first));
    let tasks = product.add_all(drafts.collect()).await?;
    // Before the first: what a round leaves behind counts for the next one, too.
    let idle = meter::own_pss_mb(product.pid())?;
    let rounds = if stage.quick { 1 } else { 3 };
    for number in 0..rounds {
        let instant = first + number * APART;
        until((instant - 1) * SECOND).await?;
        let peak = meter::Peak::watch_one(product.pid());
        let mut last = 0;
        for task in &tasks {
            last = last.max(ended(&product, *task, instant, MEGABYTE).await?);
        }
        report.put("P17", SQLITE, ("extra memory", "MB"), [peak.stop()? - idle]);
        let seconds = crate::stamps::millis(last - instant * SECOND) / 1e3;
        report.put(
            "P17",
            SQLITE,
            ("100 of 1 MB, until the last is recorded", "s"),
            [seconds],
        );
        let rate = rate(MANY * MEGABYTE, seconds);
        report.put("P17", SQLITE, ("rate, 100 of 1 MB", "MB/s"), [rate]);
    }
    product.stop().await?;
    Ok(())
}

/// Waits for the end of a task's run of an instant; gives when it was recorded.
async fn ended(product: &Product, task: i64, instant: i64, bytes: usize) -> Result<i64, Failure> {
    until(instant * SECOND).await?;
    let path = format!("tasks/{task}/runs?limit=1");
    loop {
        let runs = product.ask(reqwest::Method::GET, &path, None).await?;
        let run = &runs["items"][0];
        let at = |name: &str| {
            let text = run[name].as_str().unwrap_or_default();
            chrono::DateTime::parse_from_rfc3339(text).ok()
        };
        let is_this = at("scheduled_for").is_some_and(|at| at.timestamp() == instant);
        if let (true, Some(end)) = (is_this, at("finished_at")) {
            if run["output_bytes"] != bytes || run["state"] != "succeeded" {
                return Err(format!("{bytes} bytes were written: {run}").into());
            }
            return end.timestamp_nanos_opt().ok_or_else(|| "no time".into());
        }
        if now_nanos() > (instant + APART - 3) * SECOND {
            return Err(format!("a run does not end: {run}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn one(
    stage: &Stage,
    report: &mut Report,
    command: &str,
    bytes: usize,
    head: Option<u64>,
) -> Result<(), Failure> {
    let mut home = Home::fresh(stage, Db::Sqlite, "output-one")?;
    if let Some(head) = head {
        home.settings
            .push(("JCRONTAB_OUTPUT_HEAD", head.to_string()));
    }
    let product = home.start().await?;
    let far = now_nanos() / SECOND + 86_400;
    let task = product
        .add(&draft("long", "0 3 1 1 *", command, far))
        .await?;
    let words = if head.is_some() { ", all kept" } else { "" };
    let mut rates = Vec::new();
    let idle = meter::own_pss_mb(product.pid())?;
    for _ in 0..if stage.quick || head.is_some() { 1 } else { 3 } {
        let peak = meter::Peak::watch_one(product.pid());
        let begun = Instant::now();
        let path = format!("tasks/{task}/run");
        let run = product.ask(reqwest::Method::POST, &path, None).await?;
        let path = format!("runs/{}", run["id"]);
        let run = loop {
            let run = product.ask(reqwest::Method::GET, &path, None).await?;
            if run["state"] != "running" {
                break run;
            }
            if begun.elapsed() > Duration::from_secs(120) {
                return Err("the long command does not end".into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        rates.push(rate(bytes, begun.elapsed().as_secs_f64()));
        if run["output_bytes"] != bytes || run["state"] != "succeeded" {
            return Err(format!("{bytes} bytes were written: {run}").into());
        }
        let metric = format!("extra memory, one of 1 GB{words}");
        let extra = peak.stop()? - idle;
        report.put("P17", SQLITE, (&metric, "MB"), [extra]);
    }
    let metric = format!("rate, one of 1 GB{words}");
    report.put("P17", SQLITE, (&metric, "MB/s"), rates);
    product.stop().await?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gigabyte")]
fn rate(bytes: usize, seconds: f64) -> f64 {
    bytes as f64 / 1e6 / seconds
}

/// One megabyte of lines that look like a log: numbers that differ, words that come again.
fn lines() -> String {
    let mut text = String::with_capacity(MEGABYTE + 100);
    let mut number: u64 = 88_172_645_463_325_252;
    while text.len() < MEGABYTE {
        // Marsaglia's xorshift: the same numbers each time.
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        let line = format!(
            "INFO worker {:02}: request {number:016x} took {:5} us, {:6} bytes, cache {}",
            number % 16,
            number % 90_001,
            number % 700_001,
            if number.is_multiple_of(3) {
                "hit"
            } else {
                "miss"
            },
        );
        // Writing to a string cannot fail.
        writeln!(text, "{line:<99}").ok();
    }
    text.truncate(MEGABYTE);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_its_size_and_whole_lines() {
        let text = lines();
        assert_eq!(text.len(), MEGABYTE);
        assert!(text.lines().all(|line| line.len() == 99));
    }
}
