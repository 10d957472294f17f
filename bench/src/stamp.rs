//! `stamp FILE`: appends the wall clock in nanoseconds since 1970 to FILE.
//!
//! It is what the benchmark's tasks run, so that latency is measured from outside the scheduler.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> std::io::Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the wall clock is what this program is for"
    )]
    let now = SystemTime::now();
    let nanos = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let path = std::env::args_os()
        .nth(1)
        .ok_or(std::io::ErrorKind::InvalidInput)?;
    // One write of one short line with O_APPEND is not torn by others.
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(format!("{nanos}\n").as_bytes())
}
