//! `stamp LABEL FILE`: appends `LABEL NANOSECONDS` to FILE, the wall clock since 1970 read as the
//! first thing it does.
//!
//! It is what the benchmark's tasks run, so that latency is measured from outside the scheduler
//! and every single start can be counted.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> std::io::Result<()> {
    let now = SystemTime::now();
    let nanos = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let mut arguments = std::env::args_os().skip(1);
    let (Some(label), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    // One write of one short line with O_APPEND is not torn by others.
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(format!("{} {nanos}\n", label.display()).as_bytes())
}
