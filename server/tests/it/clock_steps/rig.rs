//! An installation whose server runs by a clock of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use crate::helpers::faketime::{FakeClock, Jump};
use crate::helpers::place::{Ledger, Place};
use crate::helpers::program::{Server, admin_token};
use crate::helpers::{at, in_time};

/// The task of every second.
pub(super) const TICK: &str = "tick";
/// What the server logs.
pub(super) const FORWARD: &str = "the clock was set forward";
pub(super) const BACK: &str = "the clock was set back; nothing fires again";

/// An installation by a clock of its own.
pub(super) struct Rig {
    pub(super) clock: FakeClock,
    start: DateTime<Utc>,
    pub(super) place: Arc<Place>,
    ledger: Ledger,
    token: String,
    tasks: BTreeMap<&'static str, String>,
}

/// A row of the ledger.
#[derive(Debug)]
pub(super) struct LedgerRow {
    pub(super) what: String,
    pub(super) since: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) count: i64,
}

impl LedgerRow {
    /// The whole row, as one word.
    pub(super) fn text(&self) -> String {
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
    pub(super) async fn new(jump: Jump, start: &str) -> Self {
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
    pub(super) async fn enter(&mut self, name: &'static str, cron: &str, more: &[&str]) {
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
    pub(super) async fn serve(&self) -> Server {
        self.clock.set(self.start);
        let server = self.clock.serve(&self.place).await;
        let now = self.clock.now();
        self.until_tick(&server, now).await;
        server
    }

    /// What a task was started for, in the order of the starts; each instant once.
    pub(super) fn ran(&self, name: &str) -> Vec<DateTime<Utc>> {
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

    pub(super) async fn until_ran(&self, server: &Server, name: &str, instant: DateTime<Utc>) {
        let what = format!("{name} at {instant}");
        let ran = async || self.ran(name).contains(&instant).then_some(());
        server.until(&self.token, &what, ran).await;
    }

    /// Waits until the task of every second has run for an instant after this one.
    pub(super) async fn until_tick(&self, server: &Server, after: DateTime<Utc>) {
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
    pub(super) async fn until_ticks_go_on(&self, server: &Server) {
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
    pub(super) async fn until_logged(&self, server: &Server, words: &str, times: usize) {
        let what = format!("{times} x {words:?} in the log");
        let logged = async || (server.log().matches(words).count() == times).then_some(());
        server.until(&self.token, &what, logged).await;
    }

    /// What the ledger says of a task's firings so far, oldest first.
    pub(super) async fn ledger(&self, server: &Server, name: &str) -> Vec<LedgerRow> {
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

    /// When the runs began, those of the task of every second, that had begun by this instant and had not ended.
    pub(super) async fn under_way(
        &self,
        server: &Server,
        instant: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let path = format!("/api/v1/tasks/{}/runs?limit=200", self.tasks[TICK]);
        let runs = server.get(&self.token, &path).await["items"].take();
        let runs = runs.as_array().expect("runs").iter();
        let time = |run: &serde_json::Value, key: &str| run[key].as_str().map(at);
        runs.filter(|run| time(run, "finished_at").is_none_or(|end| end >= instant))
            .filter_map(|run| time(run, "started_at"))
            .filter(|start| *start <= instant)
            .collect()
    }

    /// The same as text.
    pub(super) async fn ledger_text(&self, server: &Server, name: &str) -> Vec<String> {
        self.ledger(server, name)
            .await
            .iter()
            .map(LedgerRow::text)
            .collect()
    }

    /// Every second from the first to the last one is recorded, each once, in few rows. Returns the rows.
    pub(super) async fn every_second_is_recorded(&self, server: &Server) -> Vec<LedgerRow> {
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
    pub(super) async fn steps(&self, server: &Server) -> Vec<i64> {
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
    pub(super) async fn stop_until(&self, server: &Server, instant: DateTime<Utc>) {
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

pub(super) fn instants(texts: &[&str]) -> Vec<DateTime<Utc>> {
    texts.iter().copied().map(at).collect()
}
