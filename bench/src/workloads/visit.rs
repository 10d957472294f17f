//! P9: the first visit of the task list in headless Chromium, by a script (`bench/visit/`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::Failure;
use crate::product::{Product, draft};
use crate::report::{Report, SQLITE};
use crate::stage::{Db, Stage};

/// Tasks on the page: as many as it shows.
const TASKS: usize = 50;
/// A browser that does not finish is given up.
const LIMIT: Duration = Duration::from_secs(300);
/// What the goal counts.
const CODE: [&str; 3] = ["wasm", "js", "css"];

/// What the script saw in a round.
#[derive(Deserialize)]
struct Visit {
    /// Milliseconds from the navigation until the page answers.
    interactive: f64,
    /// Bytes over the wire by kind.
    bytes: BTreeMap<String, f64>,
    /// How they were compressed.
    encodings: BTreeMap<String, String>,
}

/// Visits the page, each time by a browser that has never been there.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let end2end = stage.root.join("end2end");
    let chromium = match chromium(&end2end) {
        Ok(chromium) => chromium,
        Err(why) => {
            report.not_run("P9, the first visit", why);
            return Ok(());
        }
    };
    let product = Product::fresh(stage, Db::Sqlite, "visit").await?;
    let next_year = 366 * 86_400 + crate::now_nanos() / 1_000_000_000;
    let drafts = (0..TASKS)
        .map(|number| draft(&format!("task {number}"), "0 3 * * *", "true", next_year))
        .collect();
    product.add_all(drafts).await?;

    let rounds = if stage.quick { 2 } else { 5 };
    let mut script = Command::new("node")
        .arg(stage.root.join("bench/visit/visit.mjs"))
        .arg(&end2end)
        .args([&product.base, &rounds.to_string()])
        .env("CHROMIUM", chromium)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut words = script.stdin.take().ok_or("no stdin")?;
    words.write_all(b"bench\nonly for the benchmark\n").await?;
    drop(words);
    let done = tokio::time::timeout(LIMIT, script.wait_with_output()).await??;
    if !done.status.success() {
        return Err("the browser could not visit the page".into());
    }
    note(report, &serde_json::from_slice::<Vec<Visit>>(&done.stdout)?)
}

fn note(report: &mut Report, visits: &[Visit]) -> Result<(), Failure> {
    let interactive = visits.iter().map(|visit| visit.interactive);
    report.put("P9", SQLITE, ("interactive", "ms"), interactive);
    let kilo = |visit: &Visit, kinds: &[&str]| {
        let of = |kind: &&str| visit.bytes.get(*kind).copied().unwrap_or(0.0);
        kinds.iter().map(of).sum::<f64>() / 1_000.0
    };
    let columns: [(&str, &[&str]); 6] = [
        ("download", &CODE),
        ("WASM", &["wasm"]),
        ("JavaScript", &["js"]),
        ("style", &["css"]),
        ("HTML", &["html"]),
        ("everything", &["wasm", "js", "css", "html", "other"]),
    ];
    for (metric, kinds) in columns {
        let values = visits.iter().map(|visit| kilo(visit, kinds));
        report.put("P9", SQLITE, (metric, "kB"), values);
    }
    for (visit, kind) in visits
        .iter()
        .flat_map(|visit| CODE.map(|kind| (visit, kind)))
    {
        // Without the built site the page would be small, and useless.
        if visit.encodings.get(kind).map(String::as_str) != Some("br") {
            return Err(format!("{kind} did not come, or not as brotli; run `make build`").into());
        }
    }
    Ok(())
}

/// The browser, or what is missing.
fn chromium(end2end: &Path) -> Result<PathBuf, &'static str> {
    if !end2end.join("node_modules/playwright-core").exists() {
        return Err("playwright-core is not installed (`npm ci` in end2end)");
    }
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let chromium = named.unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"));
    if chromium.exists() {
        Ok(chromium)
    } else {
        Err("there is no Chromium")
    }
}
