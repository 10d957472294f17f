//! Filled files of the embedded database, kept for later runs of the suite.

use chrono::TimeDelta;

use super::super::fill::{self, History};
use super::{database, now, with_tasks};
use crate::Failure;
use crate::product::Home;
use crate::stage::{Db, Stage};

/// A kept file is filled up to now, and created anew when it is older.
const KEPT: TimeDelta = TimeDelta::days(30);

/// A home with the embedded database: a kept one when it suits.
pub(super) async fn sqlite(stage: &Stage, runs: u64) -> Result<Home, Failure> {
    if runs == 0 {
        return with_tasks(Home::fresh(stage, Db::Sqlite, "history")?).await;
    }
    let folder = stage.keep.join(format!("history-{runs}"));
    let stamp = folder.join("schema");
    // What the current product creates in an empty folder.
    let wanted = fill::schema_sqlite(&database(&stage.folder.join("history-Sqlite")))?;
    let kept = std::fs::read_to_string(&stamp).is_ok_and(|kept| kept == wanted);
    let until = if kept {
        fill::last_sqlite(&database(&folder))?
    } else {
        None
    };
    match until.filter(|until| now().is_ok_and(|now| now - *until < KEPT)) {
        Some(until) => {
            let length = now()? - until;
            // As dense as the rest; none right after the last run of the suite.
            let more = runs * length.num_seconds().unsigned_abs() / (365 * 86_400);
            if more > 0 {
                let history = History {
                    runs: more,
                    from: until + TimeDelta::seconds(1),
                    until: now()?,
                };
                fill::fill_sqlite(&database(&folder), &history)?;
            }
            Home::with(stage, folder, None)
        }
        None => {
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir_all(&folder)?;
            let home = with_tasks(Home::with(stage, folder, None)?).await?;
            fill::fill_sqlite(&database(&home.data), &History::year(runs, now()?))?;
            std::fs::write(stamp, wanted)?;
            Ok(home)
        }
    }
}
