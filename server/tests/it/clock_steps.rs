//! The real binary by a clock that is set, stopped, suspended, or in the hour of a clock change.
//!
//! What a command was started for is taken from the command itself: it writes `JCRONTAB_SCHEDULED_FOR` to a file. A
//! task of every second runs along: its runs are the signals to check again, and every one of its seconds must be
//! recorded once, whatever the clock does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::helpers::faketime::{FakeClock, Jump};
use super::helpers::place::{Ledger, Place};
use super::helpers::program::{Server, admin_token};
use super::helpers::{at, in_time};

/// The task of every second.
const TICK: &str = "tick";
/// What the server logs.
const FORWARD: &str = "the clock was set forward";
const BACK: &str = "the clock was set back; nothing fires again";

/// An installation by a clock of its own.
struct Rig {
    clock: FakeClock,
    start: DateTime<Utc>,
    place: Arc<Place>,
    ledger: Ledger,
    token: String,
    tasks: BTreeMap<&'static str, String>,
}

/// A row of the ledger.
#[derive(Debug)]
struct LedgerRow {
    what: String,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    count: i64,
}

impl LedgerRow {
    /// The whole row, as one word.
    fn text(&self) -> String {
        format!(
            "{} {} x{}",
            self.what,
            self.until.format("%H:%M:%S"),
            self.count
        )
    }
}

impl Rig {
    /// Tasks are entered a little before `start`: a server that takes long to start has then missed
    /// nothing that it does not make up for.
    async fn new(jump: Jump, start: &str) -> Self {
        let start = at(start);
        // With a shared database that one's clock holds, and a machine's clock that is off only keeps
        // a server from claiming: row 17 of the fault suite.
        let place = Place::embedded();
        let token = admin_token(&place).await;
        let mut rig = Self {
            clock: FakeClock::new(&place, jump, start - TimeDelta::seconds(10)),
            start,
            ledger: place.ledger(),
            place,
            token,
            tasks: BTreeMap::new(),
        };
        rig.enter(TICK, "* * * * * *", &[]).await;
        rig
    }

    /// Enters a task that writes down what it was started for.
    async fn enter(&mut self, name: &'static str, cron: &str, more: &[&str]) {
        let command = self
            .ledger
            .command(&format!("{name} $JCRONTAB_SCHEDULED_FOR"));
        let mut add = vec!["task", "add", "--name", name, "--cron", cron];
        add.extend(["--command", &command, "--json"]);
        add.extend(more);
        let task = self.clock.jcrontab(&self.place, &add).await.json();
        self.tasks.insert(name, task["id"].to_string());
    }

    /// Starts a server and waits until the task of every second has run.
    async fn serve(&self) -> Server {
        self.clock.set(self.start);
        let server = self.clock.serve(&self.place).await;
        let now = self.clock.now();
        self.until_tick(&server, now).await;
        server
    }

    /// What a task was started for, in the order of the starts; each instant once.
    fn ran(&self, name: &str) -> Vec<DateTime<Utc>> {
        let lines = self.ledger.lines();
        let once: BTreeSet<&String> = lines.iter().collect();
        assert_eq!(
            once.len(),
            lines.len(),
            "an instant has run twice: {lines:?}"
        );
        let of = |line: &String| {
            let (task, instant) = line.split_once(' ')?;
            (task == name).then(|| at(instant))
        };
        lines.iter().filter_map(of).collect()
    }

    async fn until_ran(&self, server: &Server, name: &str, instant: DateTime<Utc>) {
        let what = format!("{name} at {instant}");
        let ran = async || self.ran(name).contains(&instant).then_some(());
        server.until(&self.token, &what, ran).await;
    }

    /// Waits until the task of every second has run for an instant after this one.
    async fn until_tick(&self, server: &Server, after: DateTime<Utc>) {
        let what = format!("a tick after {after}");
        let ran = async || {
            self.ran(TICK)
                .iter()
                .any(|tick| *tick > after)
                .then_some(())
        };
        server.until(&self.token, &what, ran).await;
    }

    /// Waits until the task of every second runs for an instant after the one that it ran for last.
    async fn until_ticks_go_on(&self, server: &Server) {
        let before = self.ran(TICK);
        let last = before.last().expect("it has run");
        let goes_on = async || {
            let ran = self.ran(TICK);
            ran[before.len()..]
                .iter()
                .any(|tick| tick > last)
                .then_some(())
        };
        server
            .until(&self.token, "the ticks to go on", goes_on)
            .await;
    }

    /// Waits until the server has logged something so many times.
    async fn until_logged(&self, server: &Server, words: &str, times: usize) {
        let what = format!("{times} x {words:?} in the log");
        let logged = async || (server.log().matches(words).count() == times).then_some(());
        server.until(&self.token, &what, logged).await;
    }

    /// What the ledger says of a task's firings so far, oldest first.
    async fn ledger(&self, server: &Server, name: &str) -> Vec<LedgerRow> {
        let path = format!("/api/v1/tasks/{}/occurrences?limit=200", self.tasks[name]);
        // A command writes its line before its end is known. Some run of every second always is
        // under way.
        let settled = async || {
            let rows = server.get(&self.token, &path).await["items"].take();
            let rows = rows.as_array().expect("rows").clone();
            (name == TICK || rows.iter().all(|row| row["state"] != "running")).then_some(rows)
        };
        let rows = server.until(&self.token, "runs to end", settled).await;
        let mut shown: Vec<LedgerRow> = rows
            .iter()
            .filter(|row| row["state"] != "planned")
            .map(|row| {
                let instant = |key: &str| row[key].as_str().map(at);
                let until = instant("scheduled_for").expect("an instant");
                let state = row["state"].as_str().expect("text");
                LedgerRow {
                    what: match row["reason"].as_str() {
                        Some(reason) => format!("{state}({reason})"),
                        None => state.to_owned(),
                    },
                    since: instant("since").unwrap_or(until),
                    until,
                    count: row["count"].as_i64().expect("a number"),
                }
            })
            .collect();
        shown.sort_by_key(|row| row.until);
        shown
    }

    /// The same as text.
    async fn ledger_text(&self, server: &Server, name: &str) -> Vec<String> {
        self.ledger(server, name)
            .await
            .iter()
            .map(LedgerRow::text)
            .collect()
    }

    /// Every second from the first to the last one is recorded, each once, in few rows. Returns the rows.
    async fn every_second_is_recorded(&self, server: &Server) -> Vec<LedgerRow> {
        let shown = self.ledger(server, TICK).await;
        let (first, last) = (shown.first().expect("rows"), shown.last().expect("rows"));
        let seconds = (last.until - first.since).num_seconds() + 1;
        let count: i64 = shown.iter().map(|row| row.count).sum();
        assert_eq!(count, seconds, "{shown:#?}");
        // Together with the sum: no second is recorded twice.
        for pair in shown.windows(2) {
            assert!(pair[0].until < pair[1].until, "{pair:?}");
        }
        let rows = shown
            .iter()
            .filter(|row| row.what.starts_with("missed"))
            .count();
        assert!(rows < 40, "few rows: {shown:#?}");
        shown
    }

    /// The recorded steps, in seconds, and that an administrator is notified of them.
    async fn steps(&self, server: &Server) -> Vec<i64> {
        let sql = "SELECT detail FROM audit WHERE action = 'clock.step' ORDER BY id";
        let steps = self.place.database.rows(sql).await;
        let about = server.get(&self.token, "/api/v1/about").await;
        let notices = about["notices"]
            .as_array()
            .unwrap_or_else(|| panic!("{about}"));
        let shown = notices
            .iter()
            .filter(|notice| notice["code"] == "clock_step")
            .count();
        assert_eq!(shown, usize::from(!steps.is_empty()), "{about}");
        steps
            .iter()
            .map(|step| step.parse().expect("seconds"))
            .collect()
    }

    /// Stops the process as a debugger would, lets time pass, and continues it.
    async fn stop_until(&self, server: &Server, instant: DateTime<Utc>) {
        let pid = Pid::from_raw(server.pid());
        kill(pid, Signal::SIGSTOP).expect("a signal");
        let stopping = tokio::task::spawn_blocking(move || {
            let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            waitid(Id::Pid(pid), flags)
        });
        let stopped = in_time("the process to stop", stopping).await;
        let stopped = stopped.expect("a thread").expect("a child");
        assert!(matches!(stopped, WaitStatus::Stopped(..)), "{stopped:?}");
        self.clock.set(instant);
        kill(pid, Signal::SIGCONT).expect("a signal");
    }
}

fn instants(texts: &[&str]) -> Vec<DateTime<Utc>> {
    texts.iter().copied().map(at).collect()
}

#[tokio::test]
async fn set_forward_by_ninety_minutes_fixed_times_in_the_hole_fire_once() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:00:20Z").await;
    rig.enter("fixed", "15 9 * * *", &[]).await;
    rig.enter("list", "0,20 9 * * *", &[]).await;
    rig.enter("hourly", "10 * * * *", &[]).await;
    rig.enter("minute", "* * * * *", &["--grace", "20s"]).await;
    let server = rig.serve().await;
    rig.clock.set(at("2026-06-10T09:29:55Z"));
    rig.until_ran(&server, "fixed", at("2026-06-10T09:15:00Z"))
        .await;
    rig.until_ran(&server, "minute", at("2026-06-10T09:30:00Z"))
        .await;
    rig.until_tick(&server, at("2026-06-10T09:30:01Z")).await;

    assert_eq!(rig.ran("fixed"), instants(&["2026-06-10T09:15:00Z"]));
    assert_eq!(
        rig.ran("list"),
        instants(&["2026-06-10T09:20:00Z"]),
        "the latest"
    );
    assert_eq!(rig.ran("hourly"), instants(&[]), "a wildcard in the hour");
    assert_eq!(rig.ran("minute"), instants(&["2026-06-10T09:30:00Z"]));
    assert_eq!(
        rig.ledger_text(&server, "list").await,
        ["missed(clock) 09:00:00 x1", "succeeded 09:20:00 x1"]
    );
    assert_eq!(
        rig.ledger_text(&server, "hourly").await,
        ["missed(clock) 08:10:00 x1", "missed(clock) 09:10:00 x1"]
    );
    let minutes = rig.ledger(&server, "minute").await;
    let missed = || minutes.iter().filter(|row| row.what == "missed(clock)");
    assert_eq!(
        missed().map(|row| row.count).sum::<i64>(),
        89,
        "{minutes:?}"
    );
    assert!(
        missed().count() <= 2,
        "all in one row, but for the last: {minutes:?}"
    );
    rig.every_second_is_recorded(&server).await;

    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [5300..=5400]), "{steps:?}");
    rig.until_logged(&server, FORWARD, 1).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn set_back_by_ninety_minutes_nothing_fires_again() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:59:54Z").await;
    rig.enter("fixed", "0 9 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &[]).await;
    rig.enter("early", "31 7 * * *", &[]).await;
    let server = rig.serve().await;
    let nine = at("2026-06-10T09:00:00Z");
    rig.until_ran(&server, "fixed", nine).await;
    rig.until_ran(&server, "minute", nine).await;
    rig.until_tick(&server, nine).await;

    // What has not fired yet fires by the new time, and soon: the scheduler does not sleep until the old time comes
    // again.
    rig.clock.set(at("2026-06-10T07:30:54Z"));
    let early = at("2026-06-10T07:31:00Z");
    rig.until_ran(&server, "early", early).await;
    rig.until_ran(&server, "minute", early).await;
    rig.until_logged(&server, BACK, 1).await;

    // Back a little, so that what has just been comes again; then to where it all began.
    rig.clock.step(TimeDelta::seconds(-5));
    rig.until_logged(&server, BACK, 2).await;
    rig.until_ticks_go_on(&server).await;
    rig.clock.set(nine + TimeDelta::seconds(1));
    rig.until_logged(&server, FORWARD, 1).await;
    rig.until_ticks_go_on(&server).await;
    // The check that nothing has run twice is part of reading.
    assert_eq!(rig.ran("fixed"), [nine]);
    assert_eq!(rig.ran("early"), [early]);
    assert_eq!(rig.ran("minute"), [nine, early]);
    assert_eq!(
        rig.ledger_text(&server, "fixed").await,
        ["succeeded 09:00:00 x1"]
    );
    let steps = rig.steps(&server).await;
    assert!(
        matches!(steps[..], [-5400..=-5300, -10..=-3, 5300..=5400]),
        "{steps:?}"
    );
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn set_by_five_hours_the_new_time_holds() {
    let mut rig = Rig::new(Jump::Set, "2026-06-10T08:00:20Z").await;
    rig.enter("fixed", "0 12 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &["--grace", "20s"]).await;
    rig.enter("next", "0 13 * * *", &[]).await;
    let server = rig.serve().await;
    rig.clock.set(at("2026-06-10T12:59:55Z"));
    let one = at("2026-06-10T13:00:00Z");
    rig.until_ran(&server, "next", one).await;
    rig.until_ran(&server, "minute", one).await;
    rig.until_tick(&server, one).await;
    assert_eq!(rig.ran("fixed"), instants(&[]), "it lay in the hole");
    assert_eq!(
        rig.ledger_text(&server, "fixed").await,
        ["missed(clock) 12:00:00 x1"]
    );
    let minutes = rig.ledger(&server, "minute").await;
    let missed = minutes.iter().filter(|row| row.what == "missed(clock)");
    assert_eq!(missed.map(|row| row.count).sum::<i64>(), 299, "{minutes:?}");
    rig.every_second_is_recorded(&server).await;
    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [17_900..=18_000]), "{steps:?}");
    rig.until_logged(&server, FORWARD, 1).await;

    rig.clock.set(at("2026-06-10T08:00:54Z"));
    let soon = at("2026-06-10T08:01:00Z");
    rig.until_ran(&server, "minute", soon).await;
    assert_eq!(rig.ran("minute"), [one, soon]);
    assert_eq!((rig.ran("next"), rig.ran("fixed")), (vec![one], vec![]));
    let steps = rig.steps(&server).await;
    assert!(matches!(steps[..], [_, -18_000..=-17_900]), "{steps:?}");
    rig.until_logged(&server, BACK, 1).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn in_the_hour_that_clocks_skip_a_fixed_time_runs_at_its_end() {
    let mut rig = Rig::new(Jump::Set, "2026-03-29T00:59:54Z").await;
    let berlin = ["--zone", "Europe/Berlin"];
    rig.enter("fixed", "30 2 * * *", &berlin).await;
    rig.enter("list", "0,30 2 * * *", &berlin).await;
    rig.enter("steps", "*/30 2 * * *", &berlin).await;
    rig.enter("three", "0 3 * * *", &berlin).await;
    rig.enter("minute", "* * * * *", &berlin).await;
    let server = rig.serve().await;
    // 01:59:59 is followed by 03:00:00 in Berlin.
    let three = at("2026-03-29T01:00:00Z");
    for name in ["fixed", "list", "three", "minute"] {
        rig.until_ran(&server, name, three).await;
        assert_eq!(rig.ran(name), [three], "{name}");
    }
    rig.until_tick(&server, three + TimeDelta::seconds(1)).await;
    assert_eq!(
        rig.ledger_text(&server, "steps").await,
        Vec::<String>::new()
    );
    assert!(rig.steps(&server).await.is_empty(), "the clock was not set");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn in_the_hour_that_clocks_repeat_a_fixed_time_runs_once() {
    let mut rig = Rig::new(Jump::Passed, "2026-10-25T00:29:54Z").await;
    let berlin = ["--zone", "Europe/Berlin"];
    rig.enter("fixed", "30 2 * * *", &berlin).await;
    rig.enter("list", "0,30 2 * * *", &berlin).await;
    rig.enter("steps", "*/30 2 * * *", &berlin).await;
    let server = rig.serve().await;
    let first = at("2026-10-25T00:30:00Z");
    for name in ["fixed", "list", "steps"] {
        rig.until_ran(&server, name, first).await;
    }
    // The hour between the two is slept through.
    rig.clock.set(at("2026-10-25T01:29:50Z"));
    let second = at("2026-10-25T01:30:00Z");
    rig.until_ran(&server, "steps", second).await;
    rig.until_tick(&server, second).await;
    assert_eq!(
        (rig.ran("fixed"), rig.ran("list")),
        (vec![first], vec![first])
    );
    assert_eq!(
        rig.ran("steps"),
        [first, at("2026-10-25T01:00:00Z"), second]
    );
    assert!(rig.steps(&server).await.is_empty(), "the clock was not set");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_process_that_was_stopped_was_out_and_its_clock_was_not_set() {
    let mut rig = Rig::new(Jump::Passed, "2026-06-10T08:00:20Z").await;
    rig.enter(
        "none",
        "* * * * * *",
        &["--missed", "none", "--grace", "2s"],
    )
    .await;
    rig.enter("fixed", "5 8 * * *", &[]).await;
    rig.enter("minute", "* * * * *", &[]).await;
    let server = rig.serve().await;

    // A few seconds: what is no later than the grace is on time, and overlaps.
    let stopped = rig.clock.now();
    rig.stop_until(&server, stopped + TimeDelta::seconds(9))
        .await;
    rig.until_tick(&server, stopped + TimeDelta::seconds(10))
        .await;
    let ticks = rig.every_second_is_recorded(&server).await;
    let meanwhile = |rows: &[LedgerRow], what: &str| {
        let rows = rows.iter().filter(|row| row.until > stopped);
        rows.filter(|row| row.what == what).count()
    };
    assert!(meanwhile(&ticks, "skipped(overlap)") >= 5, "{ticks:?}");
    assert_eq!(meanwhile(&ticks, "missed(down)"), 0, "{ticks:?}");
    let none = rig.ledger(&server, "none").await;
    assert!(meanwhile(&none, "missed(down)") >= 4, "{none:?}");

    // Ten minutes: as if no server had been there.
    rig.stop_until(&server, at("2026-06-10T08:10:30Z")).await;
    rig.until_ran(&server, "fixed", at("2026-06-10T08:05:00Z"))
        .await;
    rig.until_ran(&server, "minute", at("2026-06-10T08:10:00Z"))
        .await;
    rig.until_tick(&server, at("2026-06-10T08:10:32Z")).await;
    let ticks = rig.every_second_is_recorded(&server).await;
    assert!(
        ticks
            .iter()
            .any(|row| row.what == "missed(down)" && row.count > 500),
        "{ticks:?}"
    );
    assert_eq!(
        rig.ledger_text(&server, "minute").await,
        (1..=9)
            .map(|minute| format!("missed(down) 08:0{minute}:00 x1"))
            .chain(["succeeded 08:10:00 x1".to_owned()])
            .collect::<Vec<_>>()
    );
    assert!(rig.steps(&server).await.is_empty());
    assert!(
        !server.log().contains("the clock was set"),
        "{}",
        server.log()
    );
    assert_eq!(server.stop().await, 0);
}

/// The size of a process in kB: now, and at its largest.
fn memory(server: &Server) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("status");
    let size = |key: &str| {
        let line = status
            .lines()
            .find(|line| line.starts_with(key))
            .expect("a size");
        let number = line.split_whitespace().nth(1).expect("a number");
        number.parse().expect("a number")
    };
    (size("VmRSS:"), size("VmHWM:"))
}

/// The CPU time that a process has used, proc_pid_stat(5).
fn cpu_time(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).expect("stat");
    // The name may hold spaces; the fields after its bracket do not.
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("ticks"))
        .sum();
    // USER_HZ is 100 wherever Linux runs.
    Duration::from_millis(ticks * 10)
}

#[tokio::test]
async fn after_three_weeks_a_task_of_every_second_goes_on_at_once() {
    let rig = Rig::new(Jump::Set, "2026-06-10T08:00:00Z").await;
    let server = rig.serve().await;
    let (before, _) = memory(&server);
    assert_eq!(server.stop().await, 0);

    let back = at("2026-07-01T08:00:00Z");
    rig.clock.set(back);
    let server = rig.clock.serve(&rig.place).await;
    let ready = cpu_time(&server);
    rig.until_tick(&server, back).await;
    rig.until_tick(&server, rig.clock.now()).await;
    let (now, most) = memory(&server);
    let ticks = rig.every_second_is_recorded(&server).await;
    let many = ticks.iter().max_by_key(|row| row.count).expect("rows");
    println!(
        "after three weeks: {} missed in {} rows, ready after {ready:?} of CPU time, \
         {now} kB resident ({before} kB before), {most} kB at most",
        many.count,
        ticks.len(),
    );
    assert_eq!(many.what, "missed(down)");
    assert_eq!(
        many.count,
        (many.until - many.since).num_seconds() + 1,
        "{many:?}"
    );
    assert!(many.count > 21 * 86_400 - 60, "{many:?}");
    // Generous, since this is a debug build: reading 1.8 million firings one by one takes minutes
    // and gigabytes.
    assert!(ready < Duration::from_secs(10), "{ready:?}");
    assert!(most < 150_000, "{most} kB");
    assert_eq!(server.stop().await, 0);
}
