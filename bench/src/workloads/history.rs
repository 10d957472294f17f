//! P11: pages over no, a million and ten million runs.

mod kept;
mod read;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::fill::{self, History};
use super::pages::enter_tasks;
use crate::product::Home;
use crate::report::Report;
use crate::stage::{Db, Stage};
use crate::{Failure, now_nanos};
use kept::sqlite;
use read::read;

/// How the metrics call a size, and its runs.
const SIZES: [(&str, u64); 3] = [
    ("empty", 0),
    ("1 M runs", 1_000_000),
    ("10 M runs", 10_000_000),
];

/// Notes how long pages take over much history.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sizes = if stage.long { &SIZES[..] } else { &SIZES[..2] };
    if !stage.long {
        report.note(
            "P11",
            "10 million runs take long to fill: `make bench LONG=1` has them.",
        );
    }
    let mut empty_bytes = 0;
    for (size, runs) in sizes {
        let home = sqlite(stage, *runs).await?;
        if *runs == 0 {
            empty_bytes = file_bytes(&home)?;
        } else if *runs == 1_000_000 {
            let (count, output, _) = fill::count_sqlite(&database(&home.data))?;
            note_bytes(
                report,
                Db::Sqlite,
                file_bytes(&home)? - empty_bytes - output,
                count,
            );
        }
        read(stage, report, home, Db::Sqlite, size).await?;
    }
    let mut home = None;
    for (size, runs) in sizes {
        let mut this = match home.take() {
            None => with_tasks(Home::fresh(stage, Db::MariaDb, "history")?).await?,
            Some(home) => home,
        };
        if *runs > 0 {
            fill::fill_mariadb(stage, MARIADB, &History::year(*runs, now()?))?;
            if *runs == 1_000_000 {
                let (count, bytes) = fill::count_mariadb(stage, MARIADB)?;
                note_bytes(report, Db::MariaDb, bytes, count);
            }
        }
        this = read(stage, report, this, Db::MariaDb, size).await?;
        home = Some(this);
    }
    // Gigabytes that nobody needs any more.
    stage.sql("", &format!("DROP DATABASE `{MARIADB}`"))?;
    Ok(())
}

/// The database that `Home::fresh` makes.
const MARIADB: &str = "bench_history";

fn now() -> Result<DateTime<Utc>, Failure> {
    Ok(DateTime::from_timestamp_nanos(now_nanos()))
}

fn note_bytes(report: &mut Report, db: Db, bytes: u64, runs: u64) {
    #[expect(clippy::cast_precision_loss, reason = "sizes of files")]
    let each = bytes as f64 / runs as f64;
    report.put("P11", db.product(), ("bytes per run", "B"), [each]);
}

fn database(data: &Path) -> PathBuf {
    data.join("jcrontab.db")
}

fn file_bytes(home: &Home) -> Result<u64, Failure> {
    Ok(std::fs::metadata(database(&home.data))?.len())
}

/// Enters the tasks and stops the product again.
async fn with_tasks(home: Home) -> Result<Home, Failure> {
    let product = home.start().await?;
    enter_tasks(&product).await?;
    product.stop().await
}
