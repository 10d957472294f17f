//! P18: how fast a large server starts commands. One that forks copies its page tables each time,
//! so its starts become slow with its memory; one that spawns does not notice.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::sustained::until;
use crate::product::{Home, Product, draft};
use crate::report::{Report, SQLITE};
use crate::stage::{Db, Stage};
use crate::stamps::{Round, SECOND, Stamps, millis, round};
use crate::{Failure, meter, now_nanos};

/// Tasks due at once.
const TASKS: usize = 1_000;
/// Additional megabytes of the large server.
const BALLAST: usize = 500;
/// Each server has its instants so many seconds apart, the other's in the middle.
const APART: i64 = 20;
/// The server without ballast.
const PLAIN: &str = "jcrontab, without ballast";

/// Allocates memory when it is loaded, in small pages, which is what makes a fork slow. The product is not involved;
/// the commands it starts do not inherit its environment.
const SOURCE: &str = r#"
#include <string.h>
#include <sys/mman.h>
__attribute__((constructor)) static void ballast(void) {
    size_t size = (size_t)MEGABYTES * 1000000;
    void *held = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (held == MAP_FAILED) return;
    madvise(held, size, MADV_NOHUGEPAGE);
    memset(held, 1, size);
}
"#;

/// Measures both servers in turn, so that the machine is the same for both.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let library = compile(&stage.fresh("ballast-library")?)?;
    let mut home = Home::fresh(stage, Db::Sqlite, "ballast")?;
    home.settings
        .push(("LD_PRELOAD", library.display().to_string()));
    let large = home.start().await?;
    let plain = Product::fresh(stage, Db::Sqlite, "no-ballast").await?;
    let more = meter::own_pss_mb(large.pid())? - meter::own_pss_mb(plain.pid())?;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let wanted = BALLAST as f64;
    if (more - wanted).abs() > 25.0 {
        return Err(format!("the large server holds {more:.0} MB more").into());
    }
    report.put("P18", SQLITE, ("ballast", "MB"), [more]);

    // Far enough that 2,000 tasks are entered before.
    let first = (now_nanos() / SECOND / APART + 3) * APART;
    let half = APART / 2;
    let servers = [
        (
            &large,
            SQLITE,
            "*/20 * * * * *",
            first,
            Stamps::new("ballast")?,
        ),
        (
            &plain,
            PLAIN,
            "10,30,50 * * * * *",
            first + half,
            Stamps::new("no-ballast")?,
        ),
    ];
    for (server, _, cron, from, stamps) in &servers {
        let drafts = (0..TASKS).map(|task| {
            let command = stamps.command(&task.to_string());
            draft(&format!("ballast {task}"), cron, &command, *from)
        });
        server.add_all(drafts.collect()).await?;
    }
    if now_nanos() > (first - 1) * SECOND {
        return Err("entering the tasks took too long".into());
    }
    for number in 0..if stage.quick { 1 } else { 3 } {
        for (_, who, _, from, stamps) in &servers {
            let instant = (from + number * APART) * SECOND;
            until(instant - SECOND / 5).await?;
            stamps.wait(TASKS, Duration::from_secs(9)).await?;
            let this = round(&stamps.read()?, instant, TASKS)?;
            stamps.clear()?;
            report.put("P18", who, ("starts with 500 MB", "/s"), [starts(&this)]);
            report.put("P18", who, ("last start", "ms"), [this.at(100)]);
        }
    }
    report.note(
        "P18",
        "A preloaded library of the suite holds 500 MB in the server's process, in pages of 4 KiB. Both servers fire 1,000 tasks in turn.",
    );
    large.stop().await?;
    plain.stop().await?;
    Ok(())
}

/// Starts a second, from the first to the last.
fn starts(round: &Round) -> f64 {
    let first = round.delays.first().copied().unwrap_or(0);
    let last = round.delays.last().copied().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let count = round.delays.len() as f64;
    count / (millis(last - first) / 1e3)
}

/// Compiles the library with the compiler that links Rust programs, too.
fn compile(folder: &Path) -> Result<PathBuf, Failure> {
    let (source, library) = (folder.join("ballast.c"), folder.join("ballast.so"));
    std::fs::write(&source, SOURCE)?;
    let done = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1"])
        .arg(format!("-DMEGABYTES={BALLAST}"))
        .arg("-o")
        .arg(&library)
        .arg(&source)
        .output()?;
    if done.status.success() {
        Ok(library)
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned().into())
    }
}
