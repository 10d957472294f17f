//! A wall clock of its own for one server: Debian's libfaketime, loaded into the process.
//!
//! Commands are not affected, since nothing of the server's environment reaches them; neither is the database.
//! CLOCK_MONOTONIC and CLOCK_BOOTTIME continue unchanged.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use crate::node::Node;
use crate::site::now;

/// A clock that is ahead of the machine's, through a file that the library reads on each call.
pub(crate) struct FakeClock {
    file: PathBuf,
    ahead: TimeDelta,
}

impl FakeClock {
    /// Starts a server under a clock that is correct at first; `None` without the library.
    pub(crate) fn of(node: &mut Node) -> Option<Self> {
        let clock = Self {
            file: node.data.join("faketime"),
            ahead: TimeDelta::zero(),
        };
        clock.write();
        preload(
            node,
            ("FAKETIME_TIMESTAMP_FILE", &clock.file.display().to_string()),
        )?;
        Some(clock)
    }

    /// Moves it.
    pub(crate) fn step(&mut self, by: TimeDelta) {
        self.ahead += by;
        self.write();
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        now() + self.ahead
    }

    fn write(&self) {
        let seconds = self.ahead.num_seconds();
        let new = self.file.with_extension("new");
        // A reader must not see half of it.
        std::fs::write(&new, format!("{seconds:+}\n")).expect("a file");
        std::fs::rename(new, &self.file).expect("its place");
    }
}

/// Puts a server under a fixed rule: `+20s`, `@2026-06-10 08:00:00 x60`.
pub(crate) fn fixed(node: &mut Node, rule: &str) -> Option<()> {
    preload(node, ("FAKETIME", rule))
}

fn preload(node: &mut Node, rule: (&str, &str)) -> Option<()> {
    let library = library()?;
    let common = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    for (name, value) in common.into_iter().chain([rule]) {
        node.variables.push((name.to_owned(), value.to_owned()));
    }
    Some(())
}

/// The message if the library is missing.
pub(crate) const MISSING: &str = "libfaketimeMT.so.1 is missing (Debian package faketime)";

/// The library for processes with threads.
fn library() -> Option<String> {
    let machine = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    [&machine, "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .map(|folder| format!("{folder}/faketime/libfaketimeMT.so.1"))
        .into_iter()
        .find(|path| std::fs::exists(path).is_ok_and(|there| there))
}

/// Removes what a killed process leaves behind; the next one with its pid would not start.
pub(crate) fn sweep(pid: Option<u32>) {
    let Some(pid) = pid else { return };
    for name in [
        format!("faketime_shm_{pid}"),
        format!("sem.faketime_sem_{pid}"),
    ] {
        std::fs::remove_file(PathBuf::from("/dev/shm").join(name)).ok();
    }
}
