//! Benchmarks: measure the product, floors and peers in one run.
//!
//! `make bench` builds and runs it, prints the table and writes `docs/PERFORMANCE.md`. Names of workloads as
//! arguments (`P3 P7`) measure only those; `--quick` measures with fewer rounds. Neither writes the page, but with
//! `--again` named workloads are measured anew into the page of the last complete run, which says so. `--long`
//! includes what would otherwise take too long: ten million runs, ten minutes of firings, a third round of cron.
//!
//! A fast wrong answer is a failure: every instant must have run every task exactly once.

mod goals;
mod machine;
mod meter;
mod peers;
mod print;
mod product;
mod report;
mod shared;
mod stage;
mod stamps;
mod workloads;

use std::process::ExitCode;

use machine::Machine;
use report::Report;
use stage::Stage;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        return Err("the crypto provider could not be installed".into());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let (quick, long) = (has("--quick"), has("--long"));
    let flags = ["--quick", "--long", "--again"];
    if let Some(unknown) = arguments
        .iter()
        .find(|argument| argument.starts_with('-') && !flags.contains(&argument.as_str()))
    {
        return Err(format!(
            "{unknown} is none of {}; names of workloads stand alone (P3 P7)",
            flags.join(", ")
        )
        .into());
    }
    let wanted: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let mut stage = Stage::new(quick, long)?;
    let mut report = Report::default();
    let (binary, root) = (stage.binary.clone(), stage.root.clone());
    // Before the start, because other work may follow.
    let machine = Machine::look(&binary, &root);
    let ran = workloads::run(&mut stage, &mut report, &wanted).await;
    let page = root.join("docs/PERFORMANCE.md");
    let kept = stage.keep.join("figures.json");
    stage.clear()?;
    ran?;
    let writes = has("--again") || (wanted.is_empty() && !quick);
    let (report, machine) = if has("--again") {
        let earlier = std::fs::read(&kept)?;
        let (earlier, machine): (Report, Machine) = serde_json::from_slice(&earlier)?;
        let when = Machine::look(&binary, &root).date().to_owned();
        (
            report.into_earlier(earlier, &workloads::whole_groups(&wanted), &when),
            machine,
        )
    } else {
        (report, machine)
    };
    let text = print::markdown(&report, &machine);
    #[expect(clippy::print_stdout, reason = "the table is what the program is for")]
    {
        println!("{text}");
    }
    if writes {
        std::fs::write(kept, serde_json::to_vec_pretty(&(&report, &machine))?)?;
        std::fs::write(page, text)?;
    }
    Ok(if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The wall clock in nanoseconds since 1970.
pub(crate) fn now_nanos() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the wall clock"
    )]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        })
}
