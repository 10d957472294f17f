//! The floor: the lower bound for a scheduler of this kind.
//!
//! ```text
//! floor mem            commands from stdin are started at their instants; nothing is stored
//! floor db FILE        the same, claimed and recorded in SQLite
//! floor spawn N WIDTH PROGRAM [ARGUMENT…]   starts N programs, so many at once; prints a rate
//! floor commits FILE N                      makes N commits of one row; prints a rate
//! ```
//!
//! Lines on stdin are `NANOSECONDS COMMAND`: an instant since 1970 and a line for the shell. It prints `ready` once
//! it has read them all, and ends after the last.

mod ledger;
mod limits;
mod start;

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ledger::Ledger;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["mem"] => memory().await,
        ["db", file] => database(Path::new(file)).await,
        ["spawn", count, width, program @ ..] => {
            limits::spawn(count.parse()?, width.parse()?, program).await
        }
        ["commits", file, count] => limits::commits(Path::new(file), count.parse()?),
        _ => Err("unknown arguments".into()),
    }
}

/// The lines by instant.
fn agenda() -> Result<BTreeMap<i64, Vec<String>>, Failure> {
    let mut agenda: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (at, command) = line.split_once(' ').ok_or("a line has no command")?;
        agenda
            .entry(at.parse()?)
            .or_default()
            .push(command.to_owned());
    }
    Ok(agenda)
}

async fn memory() -> Result<(), Failure> {
    let agenda = agenda()?;
    ready();
    for (at, commands) in agenda {
        sleep_until(at).await;
        let mut starts = start::Starts::default();
        for command in commands {
            starts.start(command, |_| {}).await?;
        }
        starts.all().await?;
    }
    Ok(())
}

async fn database(file: &Path) -> Result<(), Failure> {
    let agenda = agenda()?;
    let ledger = Arc::new(Ledger::open(file)?);
    ledger.enter(&agenda)?;
    drop(agenda);
    ready();
    while let Some(at) = ledger.next()? {
        sleep_until(at).await;
        let mut starts = start::Starts::default();
        for (run, command) in ledger.claim(now())? {
            let ledger = Arc::clone(&ledger);
            starts
                .start(command, move |code| ledger.ended(run, code))
                .await?;
        }
        starts.all().await?;
        ledger.settle()?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the parent process waits for this")]
fn ready() {
    println!("ready");
}

async fn sleep_until(at: i64) {
    let left = u64::try_from(at - now()).unwrap_or(0);
    tokio::time::sleep(Duration::from_nanos(left)).await;
}

/// The wall clock in nanoseconds since 1970.
fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the wall clock"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |since| {
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    })
}
