//! A wall clock for the real binary that a test sets: Debian's libfaketime, loaded into the
//! process.
//!
//! The library adds the seconds in a file to the machine's clock, and reads the file on each call. Commands are not
//! affected, since nothing of the server's environment reaches them: their own `date` is the machine's.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use server::clock::{Clock, SystemClock};

use super::place::Place;
use super::program::{Ended, Server, jcrontab_with};

/// What a new time means to the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Jump {
    /// The clock was set: CLOCK_MONOTONIC and CLOCK_BOOTTIME continue unchanged.
    Set,
    /// Time has passed, for all clocks alike: the process was stopped, the machine suspended.
    Passed,
}

/// A wall clock that moves when a test moves it, and otherwise as fast as the machine's.
pub(crate) struct FakeClock {
    library: String,
    file: PathBuf,
    jump: Jump,
    /// How far it is ahead of the machine's clock.
    ahead: Mutex<TimeDelta>,
    /// Processes that had the library.
    servers: Mutex<Vec<i32>>,
}

impl FakeClock {
    pub(crate) fn new(place: &Place, jump: Jump, now: DateTime<Utc>) -> Self {
        let clock = Self {
            library: library(),
            file: place.data().join("faketime"),
            jump,
            ahead: Mutex::default(),
            servers: Mutex::default(),
        };
        clock.set(now);
        clock
    }

    /// It is `now` from this moment on.
    pub(crate) fn set(&self, now: DateTime<Utc>) {
        let ahead = now - SystemClock.now();
        let micros = ahead.num_microseconds().expect("less than 200,000 years");
        let sign = if micros < 0 { '-' } else { '+' };
        let (seconds, rest) = (
            micros.unsigned_abs() / 1_000_000,
            micros.unsigned_abs() % 1_000_000,
        );
        // A reader must not see half of it.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{sign}{seconds}.{rest:06}\n")).expect("a file");
        std::fs::rename(new, &self.file).expect("its place");
        *self.ahead.lock().expect("the clock") = ahead;
    }

    /// It moves by so much.
    pub(crate) fn step(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + *self.ahead.lock().expect("the clock")
    }

    /// Starts a server that lives by this clock, and waits until it is ready.
    pub(crate) async fn serve(&self, place: &Arc<Place>) -> Server {
        let mut server = Server::spawn(place, &self.variables());
        self.servers.lock().expect("the list").push(server.pid());
        server.ready().await;
        server
    }

    /// Runs the command line by this clock.
    pub(crate) async fn jcrontab(&self, place: &Place, arguments: &[&str]) -> Ended {
        jcrontab_with(place, arguments, &self.variables(), "").await
    }

    fn variables(&self) -> [(&str, &str); 4] {
        [
            ("LD_PRELOAD", &self.library),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().expect("text")),
            ("FAKETIME_NO_CACHE", "1"),
            (
                "FAKETIME_DONT_FAKE_MONOTONIC",
                if self.jump == Jump::Set { "1" } else { "0" },
            ),
        ]
    }
}

impl Drop for FakeClock {
    fn drop(&mut self) {
        // A killed process leaves these behind, and the next one with its pid would not start.
        for pid in self.servers.lock().expect("the list").iter() {
            for name in [
                format!("faketime_shm_{pid}"),
                format!("sem.faketime_sem_{pid}"),
            ] {
                std::fs::remove_file(PathBuf::from("/dev/shm").join(name)).ok();
            }
        }
    }
}

/// The library for processes with threads.
fn library() -> String {
    let machine = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    [&machine, "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .map(|folder| format!("{folder}/faketime/libfaketimeMT.so.1"))
        .into_iter()
        .find(|path| std::fs::exists(path).is_ok_and(|there| there))
        .expect("libfaketimeMT.so.1 is missing: please install the Debian package faketime")
}
