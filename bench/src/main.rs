//! Fire latency of 1 and of 1,000 tasks due on one second, beside a bare spawn loop, in one run;
//! the time to plan an hour of 10,000 schedules, and to answer a preview.
//!
//! `make bench` builds and runs it. A fast wrong answer is a failure: every instant must have run
//! every task exactly once.

mod floor;
mod planning;
mod preview;
mod product;
mod stats;

use std::path::{Path, PathBuf};
use std::time::Duration;

use stats::{Round, print_table, summary};

/// Tasks due on one instant in the big workload.
const MANY: usize = 1_000;
/// Instants measured of the small workload.
const ROUNDS_OF_ONE: usize = 10;
/// Instants measured of the big workload.
const ROUNDS_OF_MANY: usize = 3;

/// Schedules planned for an hour.
const SCHEDULES: usize = 10_000;
/// Previews asked for.
const PREVIEWS: usize = 2_000;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        return Err("the crypto provider could not be installed".into());
    }
    let folder = std::env::temp_dir().join(format!("jcrontab-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&folder).await;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn measure(folder: &Path) -> Result<(), Failure> {
    let stamp = sibling("stamp")?;
    let binary = std::env::var_os("JCRONTAB_BIN")
        .map_or_else(|| sibling("jcrontab"), |path| Ok(PathBuf::from(path)))?;
    let mut rows = Vec::new();

    let floor_one = floor::rounds(folder, &stamp, 1, ROUNDS_OF_ONE).await?;
    rows.push(summary("bare spawn loop", 1, &floor_one, None));
    let floor_many = floor::rounds(folder, &stamp, MANY, ROUNDS_OF_MANY).await?;
    rows.push(summary("bare spawn loop", MANY, &floor_many, None));

    let one = product::rounds(folder, &binary, &stamp, 1, ROUNDS_OF_ONE).await?;
    rows.insert(1, summary("jcrontab, SQLite", 1, &one, Some(&floor_one)));
    let many = product::rounds(folder, &binary, &stamp, MANY, ROUNDS_OF_MANY).await?;
    rows.push(summary("jcrontab, SQLite", MANY, &many, Some(&floor_many)));
    print_table(&rows);

    let planned = planning::hour(
        SCHEDULES,
        chrono::DateTime::from_timestamp(1_795_338_000, 0).ok_or("no time")?,
    )?;
    let product = product::start(&folder.join("data-preview"), &binary).await?;
    let answers = preview::answers(&product.http, &product.base, &product.token, PREVIEWS).await?;
    stats::print_times(SCHEDULES, &planned, &answers);
    Ok(())
}

/// A program built beside this one.
fn sibling(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is not built; run `make bench`", path.display()).into())
    }
}

/// The wall clock in nanoseconds since 1970.
fn now_nanos() -> i64 {
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

/// Waits until a file has `count` lines, and a little longer for lines that must not come.
async fn wait_for_lines(file: &Path, count: usize, limit: Duration) -> Result<Vec<i64>, Failure> {
    let started = now_nanos();
    loop {
        let lines = read_lines(file)?;
        if lines.len() >= count {
            tokio::time::sleep(Duration::from_millis(300)).await;
            return read_lines(file);
        }
        if now_nanos() - started > i64::try_from(limit.as_nanos())? {
            return Err(format!("{} of {count} runs came within {limit:?}", lines.len()).into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn read_lines(file: &Path) -> Result<Vec<i64>, Failure> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(text.lines().map(str::parse).collect::<Result<_, _>>()?)
}

/// The stamps of one instant as delays, checked to be exactly `count` and none early.
fn round(stamps: &[i64], instant: i64, count: usize) -> Result<Round, Failure> {
    if stamps.len() != count {
        return Err(format!("{} runs instead of {count}", stamps.len()).into());
    }
    let mut delays: Vec<i64> = stamps.iter().map(|stamp| stamp - instant).collect();
    delays.sort_unstable();
    if delays.first().is_some_and(|first| *first < 0) {
        return Err("a run started before its instant".into());
    }
    Ok(Round {
        delays,
        cpu_ms: None,
    })
}
