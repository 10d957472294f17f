//! One installation under test: a database, its servers, the tasks in it and the ledger that their
//! commands write.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use runner::strays::kill_strays;
use serde_json::{Value, json};
use server::auth::seal::Sealer;
use server::auth::token::random_id;
use server::clock::{Clock, SystemClock};

use crate::checker::{Counts, check};
use crate::database::Database;
use crate::history::{History, Line, Schedule};
use crate::node::Node;
use crate::row::Setting;
use crate::wait::until;

/// Which database an installation has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Engine {
    Sqlite,
    Mariadb,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Sqlite => "sqlite",
            Self::Mariadb => "mariadb",
        })
    }
}

impl std::str::FromStr for Engine {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Sqlite, Self::Mariadb]
            .into_iter()
            .find(|engine| engine.to_string() == text)
            .ok_or(())
    }
}

/// After a fault everything is settled within this time: a dead server's runs are found after 30 s, and waiting ones
/// may have waited for as long.
const SETTLE: Duration = Duration::from_secs(100);

/// An installation; its processes, folders and database end with it.
pub(crate) struct Site {
    root: PathBuf,
    pub(crate) database: Database,
    pub(crate) nodes: Vec<Node>,
    pub(crate) schedules: Vec<Schedule>,
    /// Whether commands and schedules use the same clock.
    pub(crate) one_clock: bool,
    keep: bool,
}

/// Now, by the machine's clock.
pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now()
}

impl Site {
    /// An installation with so many servers, none of them started, and an administrator.
    pub(crate) async fn new(setting: &Setting, nodes: usize) -> Self {
        let mut site = Self::bare(setting, nodes).await;
        let first = &site.nodes[0];
        first
            .cli(
                &["user", "add", "root", "--role", "admin", "--password-stdin"],
                "correct horse\n",
            )
            .await;
        let made = first
            .cli(
                &[
                    "token",
                    "create",
                    "ci",
                    "--user",
                    "root",
                    "--scope=read,run,write,admin,ping,metrics",
                    "--json",
                ],
                "",
            )
            .await;
        let made: Value = serde_json::from_str(&made).expect("JSON");
        for node in &mut site.nodes {
            made["token"]
                .as_str()
                .expect("a token")
                .clone_into(&mut node.token);
        }
        site
    }

    /// The same with an empty database that has never been opened.
    pub(crate) async fn bare(setting: &Setting, nodes: usize) -> Self {
        let root = std::env::temp_dir().join(format!("jcrontab-faults-{}", random_id(8)));
        folder(&root, 0o755);
        // Commands run as another user when the suite runs as root.
        folder(&root.join("work"), 0o777);
        let folders: Vec<PathBuf> = (0..nodes)
            .map(|number| root.join(format!("data{number}")))
            .collect();
        for (number, data) in folders.iter().enumerate() {
            folder(data, 0o700);
            if number == 0 {
                Sealer::open_or_create(data).expect("a key");
            } else {
                // Servers that share a database share this file.
                std::fs::copy(folders[0].join("secret.key"), data.join("secret.key"))
                    .expect("the key");
            }
        }
        let database = match &setting.maria {
            Some(maria) => Database::mariadb(maria).await,
            None => Database::sqlite(&folders[0]),
        };
        let node = |data: PathBuf| Node::new(&setting.options.binary, data, database.url.clone());
        let site = Self {
            nodes: folders.into_iter().map(node).collect(),
            root,
            database: database.clone(),
            schedules: Vec::new(),
            one_clock: true,
            keep: setting.options.keep,
        };
        let ledger = std::fs::File::create(site.ledger_file()).expect("the ledger");
        ledger
            .set_permissions(std::fs::Permissions::from_mode(0o666))
            .expect("its mode");
        site
    }

    /// Its folder, which goes with it.
    pub(crate) fn folder(&self) -> &Path {
        &self.root
    }

    /// Starts all servers that do not run.
    pub(crate) async fn start(&mut self) {
        for node in self.nodes.iter_mut().filter(|node| !node.is_started()) {
            node.spawn();
        }
        for node in &mut self.nodes {
            assert!(
                node.is_up().await,
                "the server did not start: {}",
                node.log_end()
            );
        }
    }

    /// The name under which a server's present process is in the database.
    pub(crate) async fn node_id(&self, number: usize) -> String {
        let key =
            std::fs::read_to_string(self.nodes[number].data.join("host.key")).expect("its key");
        let sql = format!(
            "SELECT id FROM node WHERE host_key = '{}' ORDER BY started_at DESC",
            key.trim()
        );
        let ids = self.database.texts(&sql).await.expect("the servers");
        ids.into_iter().next().expect("a row of it")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    fn ledger_file(&self) -> PathBuf {
        self.work().join("ledger")
    }

    /// The command that writes one line, in one write.
    pub(crate) fn writes(&self) -> String {
        format!(
            "printf '%s %s %s %s %s\\n' \"$JCRONTAB_RUN_ID\" \"${{JCRONTAB_SCHEDULED_FOR:--}}\" \
             \"$JCRONTAB_ATTEMPT\" $$ \"$(date +%s%N)\" >> {}",
            self.ledger_file().display()
        )
    }

    /// What commands have written so far, without torn lines.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.ledger_file()).expect("the ledger");
        text.lines().filter_map(Line::read).collect()
    }

    /// The longest time between two starts of a schedule, or of anything.
    pub(crate) async fn longest_silence(&self, of: Option<i64>) -> TimeDelta {
        let firings = self.database.firings().await.expect("the occurrences");
        let runs = self.database.runs().await.expect("the runs");
        let ours = |run: i64| {
            let run = runs.iter().find(|row| row.id == run);
            let occurrence = run.and_then(|run| run.occurrence);
            firings
                .iter()
                .any(|row| Some(row.id) == occurrence && Some(row.schedule) == of)
        };
        let lines = self
            .lines()
            .into_iter()
            .filter(|line| of.is_none() || ours(line.run));
        let mut starts: Vec<_> = lines.map(|line| line.at).collect();
        starts.sort();
        starts
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .max()
            .unwrap_or_default()
    }

    /// Creates a task that fires at every second that `every` divides, and has it judged. Returns its schedule.
    pub(crate) async fn enter(&mut self, node: usize, every: i64, more: &str, patch: Value) -> i64 {
        let cron = if every == 60 {
            "0 * * * * *".to_owned()
        } else {
            format!("*/{every} * * * * *")
        };
        let name = format!("every-{every}-{}", self.schedules.len() + 1);
        let command = format!("{}{more}", self.writes());
        let retries = !patch["execution"]["retry"].is_null();
        let task = self.enter_task(node, &name, &cron, &command, patch).await;
        let from = task["created_at"]
            .as_str()
            .and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        let id = task["schedules"][0]["id"].as_i64().expect("an id");
        self.schedules.push(Schedule {
            id,
            name,
            every,
            from: from.expect("an instant").to_utc(),
            until: DateTime::<Utc>::MIN_UTC,
            retries,
        });
        id
    }

    /// Enters a task; gives it as the API does.
    pub(crate) async fn enter_task(
        &self,
        node: usize,
        name: &str,
        cron: &str,
        command: &str,
        patch: Value,
    ) -> Value {
        let mut draft = json!({ "name": name, "schedules": [{ "spec": cron }], "command": command, "zone": "UTC" });
        for (key, value) in patch.as_object().into_iter().flatten() {
            draft[key] = value.clone();
        }
        let (status, task) = self.nodes[node]
            .ask(Method::POST, "/api/v1/tasks", Some(draft))
            .await
            .expect("an answer");
        assert_eq!(status, 201, "{task}");
        task
    }

    /// Enters tasks of every second.
    pub(crate) async fn load(&mut self, tasks: usize) {
        for _ in 0..tasks {
            self.enter(0, 1, "", json!({})).await;
        }
    }

    /// Waits until nothing up to `until` is active any more.
    async fn is_settled(&self, until: DateTime<Utc>) -> Option<()> {
        let open = |state: &str| matches!(state, "planned" | "running" | "waiting");
        let firings = self.database.firings().await.ok()?;
        let ours = |id: i64| self.schedules.iter().any(|schedule| schedule.id == id);
        if firings.iter().any(|firing| {
            ours(firing.schedule) && open(&firing.state) && firing.scheduled_for <= until
        }) {
            return None;
        }
        let shown = |id: i64| {
            firings
                .iter()
                .any(|firing| firing.schedule == id && firing.scheduled_for >= until)
        };
        // A task of every second has a row about the last one.
        let all = self
            .schedules
            .iter()
            .all(|schedule| schedule.every > 1 || shown(schedule.id));
        let runs = self.database.runs().await.ok()?;
        let busy = runs
            .iter()
            .any(|run| open(&run.state) && run.scheduled_for.is_none_or(|at| at <= until));
        (all && !busy).then_some(())
    }

    /// Waits until everything that should have fired is settled, stops all servers and judges.
    pub(crate) async fn judge(&mut self) -> Counts {
        self.judge_until(now()).await
    }

    /// The same, for an end by another clock.
    pub(crate) async fn judge_until(&mut self, end: DateTime<Utc>) -> Counts {
        let settled = until(SETTLE, || self.is_settled(end)).await;
        for node in self.nodes.iter_mut().filter(|node| node.is_started()) {
            if node.has_ended() {
                let code = node.ended(Duration::from_secs(1)).await;
                assert_eq!(
                    code,
                    Some(0),
                    "a server ended by itself: {}",
                    node.log_end()
                );
                continue;
            }
            let (code, _) = node.stop().await;
            assert!(
                code == 0 || settled.is_none(),
                "a server ended with {code}: {}",
                node.log_end()
            );
        }
        self.verdict(end).await
    }

    /// Judges what is there; the servers are stopped.
    pub(crate) async fn verdict(&mut self, end: DateTime<Utc>) -> Counts {
        for schedule in &mut self.schedules {
            schedule.until = end;
        }
        let ledger = std::fs::read_to_string(self.ledger_file()).expect("the ledger");
        let history = History {
            schedules: self.schedules.clone(),
            firings: self.database.firings().await.expect("the occurrences"),
            runs: self.database.runs().await.expect("the runs"),
            lines: ledger.lines().map(str::to_owned).collect(),
            one_clock: self.one_clock,
        };
        let verdict = check(&history);
        if let Some(first) = verdict.first {
            panic!(
                "{} violations; {}; the first: {first}",
                verdict.violations, verdict.counts
            );
        }
        verdict.counts
    }

    /// Ends what is left, folders and database included.
    pub(crate) async fn close(mut self) {
        for node in &mut self.nodes {
            node.kill().await;
        }
        if !self.keep {
            self.database.drop_it().await;
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            // First, or it would start something anew.
            node.end_now();
            if let Ok(key) = std::fs::read_to_string(node.data.join("host.key")) {
                // Only what carries this folder's random key.
                kill_strays(key.trim()).ok();
            }
        }
        if self.keep || std::thread::panicking() {
            println!("      kept: {}", self.root.display());
        } else {
            std::fs::remove_dir_all(&self.root).ok();
        }
    }
}

fn folder(path: &Path, mode: u32) {
    std::fs::create_dir_all(path).expect("a folder");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its mode");
}
