//! P11: pages over no, a million and ten million runs.

mod kept;
mod read;

use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};

use super::fill::{self, History, Size};
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

/// Measures how long pages take with much history.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let sizes = if stage.long { &SIZES[..] } else { &SIZES[..2] };
    if !stage.long {
        report.note(
            "P11",
            "10 million runs take long to fill: `make bench LONG=1` has them.",
        );
    }
    for (size, runs) in sizes {
        let home = sqlite(stage, *runs).await?;
        if *runs == 1_000_000 {
            note_bytes(
                report,
                Db::Sqlite,
                &fill::size_sqlite(&database(&home.data))?,
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
                note_bytes(report, Db::MariaDb, &fill::size_mariadb(stage, MARIADB)?);
            }
        }
        this = read(stage, report, this, Db::MariaDb, size).await?;
        home = Some(this);
    }
    // Gigabytes that are no longer needed.
    stage.sql("", &format!("DROP DATABASE `{MARIADB}`"))?;
    Ok(())
}

/// The database that `Home::fresh` makes.
const MARIADB: &str = "bench_history";

/// The present, for filling up to it.
pub(super) fn now() -> Result<DateTime<Utc>, Failure> {
    // Whole seconds, as schedules have them: a row with fractions is longer than any in production.
    Ok(DateTime::from_timestamp_nanos(now_nanos()).trunc_subsecs(0))
}

fn note_bytes(report: &mut Report, db: Db, size: &Size) {
    #[expect(clippy::cast_precision_loss, reason = "sizes of files")]
    let each = |bytes: u64| [bytes as f64 / size.runs as f64];
    let (run, firing) = (
        ("bytes per run", "B"),
        ("bytes per run and its firing", "B"),
    );
    report.put("P11", db.product(), run, each(size.run));
    report.put(
        "P11",
        db.product(),
        firing,
        each(size.run + size.occurrence),
    );
}

fn database(data: &Path) -> PathBuf {
    data.join("jcrontab.db")
}

/// Enters the tasks and stops the product again.
pub(super) async fn with_tasks(home: Home) -> Result<Home, Failure> {
    let product = home.start().await?;
    enter_tasks(&product).await?;
    product.stop().await
}
