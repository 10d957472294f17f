//! The real binary: as a command line, and as a server process.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use app::i18n::Lang;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use super::in_time;
use super::place::Place;

/// How a command line ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// What it printed as JSON, when it went well.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        assert_eq!(self.err, "", "nothing but results");
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Its error: one sentence on stderr, and nothing else.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "a failure prints nothing to stdout");
        let sentence = self
            .err
            .strip_prefix("error: ")
            .or_else(|| self.err.strip_prefix("错误："))
            .unwrap_or_else(|| panic!("{self:?}"))
            .trim_end();
        assert!(
            !sentence.is_empty() && !sentence.contains('\n'),
            "one sentence: {self:?}"
        );
        sentence
    }
}

impl Ended {
    /// The same for what the parser of the command line says, which is several lines.
    #[track_caller]
    pub(crate) fn refused_lines(&self, code: i32) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
    }
}

/// A command line of an installation: nothing of the test's own environment is in it.
fn command(place: &Place, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jcrontab"));
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("JCRONTAB_DATA_DIR", place.data())
        .env("JCRONTAB_SCRATCH_DIR", place.scratch())
        .env("DATABASE_URL", &place.database.url)
        // None of this machine's.
        .env("JCRONTAB_CONFIG", "")
        .envs(variables.iter().copied())
        .kill_on_drop(true);
    command
}

/// The same command with a limit of open files, soft and hard.
fn limited(command: &Command, files: u32) -> Command {
    let limit = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
    let binary = command.as_std().get_program().to_owned();
    started_by(command, "/bin/sh", &["-c".into(), limit.into(), binary])
}

/// The binary at a place where every user can execute it: the folder of the build may be closed to
/// others.
pub(crate) fn binary_for_all(place: &Place) -> PathBuf {
    let binary = place.work().join("jcrontab");
    let built = env!("CARGO_BIN_EXE_jcrontab");
    if !binary.exists() {
        std::fs::hard_link(built, &binary)
            .or_else(|_| std::fs::copy(built, &binary).map(drop))
            .expect("a copy of the binary");
    }
    binary
}

/// The same command with that binary.
pub(crate) fn for_all_users(command: &Command, place: &Place) -> Command {
    started_by(command, binary_for_all(place), &[])
}

/// The same arguments and variables for another program, with something in front of the former.
fn started_by(command: &Command, program: impl AsRef<OsStr>, before: &[OsString]) -> Command {
    let command = command.as_std();
    let mut started = Command::new(program);
    started
        .args(before)
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .kill_on_drop(true);
    started
}

/// Runs the command line.
pub(crate) async fn jcrontab(place: &Place, arguments: &[&str]) -> Ended {
    jcrontab_with(place, arguments, &[], "").await
}

/// Creates a task that runs a command, and returns its ID.
pub(crate) async fn add_command(place: &Place, name: &str, cron: &str, command: &str) -> String {
    let command = format!("--command={command}");
    let fixed = ["task", "add", name, "--mode=command", "--json"];
    let add = [&fixed[..], &["--cron", cron, &command]].concat();
    jcrontab(place, &add).await.json()["id"].to_string()
}

/// Runs the command line with more variables and with something on stdin.
pub(crate) async fn jcrontab_with(
    place: &Place,
    arguments: &[&str],
    variables: &[(&str, &str)],
    stdin: &str,
) -> Ended {
    let mut child = command(place, arguments, variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary");
    let mut pipe = child.stdin.take().expect("stdin");
    // A command that reads nothing may be gone already.
    pipe.write_all(stdin.as_bytes()).await.ok();
    drop(pipe);
    let output = in_time("a command line to end", child.wait_with_output())
        .await
        .expect("its output");
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A server process, killed with this value.
pub(crate) struct Server {
    child: Child,
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    pub(crate) url: String,
    log: std::path::PathBuf,
}

impl Server {
    /// Starts a server and waits until it says that it is ready.
    pub(crate) async fn start(place: &Arc<Place>, variables: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(place, variables);
        server.ready().await;
        server
    }

    /// Starts a server that may open so many files, and waits until it says that it is ready.
    pub(crate) async fn start_with_files(place: &Arc<Place>, files: u32) -> Self {
        let mut server = Self::spawn_with(place, &[], |command| *command = limited(command, files));
        server.ready().await;
        server
    }

    /// Starts a server.
    pub(crate) fn spawn(place: &Arc<Place>, variables: &[(&str, &str)]) -> Self {
        Self::spawn_with(place, variables, |_| {})
    }

    /// Starts a server, with something done to its start.
    pub(crate) fn spawn_with(
        place: &Arc<Place>,
        variables: &[(&str, &str)],
        prepare: impl FnOnce(&mut Command),
    ) -> Self {
        // The port is free unless another process takes it in the next instant.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        drop(listener);
        let log = place.data().join("server.log");
        let errors = std::fs::File::options()
            .append(true)
            .create(true)
            .open(&log)
            .expect("a log");
        let mut command = command(place, &["serve", "--listen", &address], variables);
        prepare(&mut command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the binary");
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        Self {
            child,
            lines,
            url: format!("http://{address}"),
            log,
        }
    }

    /// Waits until the server says that it is ready.
    pub(crate) async fn ready(&mut self) {
        loop {
            let line = self.line().await;
            if line.contains("is ready: ") {
                assert!(line.ends_with(&self.url), "{line}");
                return;
            }
        }
    }

    /// The next line that the server prints.
    pub(crate) async fn line(&mut self) -> String {
        let next = in_time("a line of the server", self.lines.next_line())
            .await
            .expect("stdout");
        next.unwrap_or_else(|| panic!("the server ended: {}", self.log()))
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id().expect("it runs")).expect("a pid")
    }

    /// Waits for the end of a server that does not start; gives its exit code.
    pub(crate) async fn ended(&mut self) -> i32 {
        let status = in_time("the server to end", self.child.wait()).await;
        status.expect("its status").code().unwrap_or(-1)
    }

    /// kill -9.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("killing");
    }

    /// TERM; gives the exit code.
    pub(crate) async fn stop(mut self) -> i32 {
        let pid = nix::unistd::Pid::from_raw(self.pid());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("a signal");
        let status = in_time("the server to stop", self.child.wait())
            .await
            .expect("its status");
        status.code().unwrap_or(-1)
    }

    /// Waits for something that the event stream announces.
    pub(crate) async fn until<T>(
        &self,
        token: &str,
        what: &str,
        mut check: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let request = client
            .get(format!("{}/events", self.url))
            .bearer_auth(token);
        let mut events = request
            .send()
            .await
            .expect("events")
            .error_for_status()
            .expect("events");
        let waiting = async {
            loop {
                if let Some(found) = check().await {
                    return found;
                }
                let event = events.chunk().await.expect("an event");
                assert!(event.is_some(), "the event stream ended: {}", self.log());
            }
        };
        in_time(what, waiting).await
    }

    /// Waits until the loop has turned once: a server says that it is ready before.
    pub(crate) async fn turning(&self) {
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let ready = async {
            loop {
                let asked = client.get(format!("{}/readyz", self.url)).send().await;
                if asked.expect("an answer").status().is_success() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        in_time("the first turn of the loop", ready).await;
    }

    /// Asks the API with a token.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Value {
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let request = client.get(format!("{}{path}", self.url)).bearer_auth(token);
        let answer = request
            .header("accept-language", Lang::En.tag())
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }
}

/// All scopes of a token, as an option.
pub(crate) const SCOPES: &str = "--scope=read,run,write,admin,ping,metrics";

/// An administrator with a token, made before any server runs.
pub(crate) async fn admin_token(place: &Place) -> String {
    let added = ["user", "add", "root", "--role", "admin", "--password-stdin"];
    let ended = jcrontab_with(place, &added, &[], "correct horse\n").await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let made = jcrontab(
        place,
        &["token", "create", "ci", "--user", "root", SCOPES, "--json"],
    )
    .await
    .json();
    made["token"].as_str().expect("a token").to_owned()
}
