//! One server: its folder, its process, and what it answers.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::faketime::sweep;
use crate::maria::free_port;
use crate::wait::until;

/// A server is ready, or has ended, within this time; debug builds migrate slowly.
const START: Duration = Duration::from_secs(60);
/// Every request is answered within this time, whatever is broken.
const ANSWER: Duration = Duration::from_secs(40);

/// A server's place, whether it runs or not.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) data: PathBuf,
    pub(crate) binary: PathBuf,
    pub(crate) database_url: String,
    /// Additional variables for its next start.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) token: String,
    /// A prefix of the command: `prlimit …`.
    pub(crate) wrapper: Vec<String>,
    port: u16,
    child: Option<Child>,
    client: reqwest::Client,
}

impl Node {
    pub(crate) fn new(binary: &Path, data: PathBuf, database_url: String) -> Self {
        Self {
            data,
            binary: binary.to_owned(),
            database_url,
            variables: Vec::new(),
            token: String::new(),
            wrapper: Vec::new(),
            port: 0,
            child: None,
            client: reqwest::Client::builder()
                .no_proxy()
                .timeout(ANSWER)
                .build()
                .expect("a client"),
        }
    }

    /// A command line of this server, without our own environment.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str).collect::<Vec<_>>();
        let binary = self.binary.display().to_string();
        words.push(&binary);
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("JCRONTAB_DATA_DIR", &self.data)
            // Beside the data folders, so that it goes with them.
            .env("JCRONTAB_SCRATCH_DIR", self.data.with_file_name("scratch"))
            .env("DATABASE_URL", &self.database_url)
            .env("JCRONTAB_ZONE", "UTC")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            // Not in the terminal's process group: Ctrl-C is for the suite, which ends its servers.
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Runs the command line and gives what it prints.
    pub(crate) async fn cli(&self, arguments: &[&str], input: &str) -> String {
        use tokio::io::AsyncWriteExt;
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary");
        let mut pipe = child.stdin.take().expect("stdin");
        // A process that reads nothing may have ended already.
        pipe.write_all(input.as_bytes()).await.ok();
        drop(pipe);
        let output = tokio::time::timeout(START, child.wait_with_output()).await;
        let output = output.expect("a command line ends").expect("its output");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// Starts the process and does not wait for it.
    pub(crate) fn spawn(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        self.port = free_port();
        let log = || {
            std::fs::File::options()
                .append(true)
                .create(true)
                .open(self.log_file())
                .expect("a log")
        };
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = self.command(&["serve", "--listen", &address]);
        self.child = Some(
            command
                .stdout(log())
                .stderr(log())
                .spawn()
                .expect("the binary"),
        );
    }

    /// Starts the process and waits until it serves.
    pub(crate) async fn start(&mut self) {
        self.spawn();
        assert!(
            self.is_up().await,
            "the server did not start: {}",
            self.log_end()
        );
    }

    /// Waits until it serves; false when it has ended instead.
    pub(crate) async fn is_up(&mut self) -> bool {
        let up = until(START, || {
            let ended = self.has_ended();
            let asked = self.client.get(self.url("/healthz")).send();
            async move {
                if ended {
                    return Some(false);
                }
                asked.await.is_ok().then_some(true)
            }
        })
        .await;
        up.unwrap_or(false)
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        // Beside the folder, which may be full or gone.
        self.data.with_extension("log")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The last lines of its log.
    pub(crate) fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }

    pub(crate) fn is_started(&self) -> bool {
        self.child.is_some()
    }

    pub(crate) fn pid(&self) -> Pid {
        let id = self.child.as_ref().and_then(Child::id).expect("it runs");
        Pid::from_raw(i32::try_from(id).expect("a pid"))
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child
            .as_mut()
            .is_none_or(|child| child.try_wait().is_ok_and(|ended| ended.is_some()))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("a signal");
    }

    /// kill -9.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = child.id();
            child.kill().await.expect("killing");
            sweep(pid);
        }
    }

    /// kill -9, without waiting: for the end of a row that has failed.
    pub(crate) fn end_now(&mut self) {
        if let Some(mut child) = self.child.take() {
            sweep(child.id());
            // It may have ended by itself.
            child.start_kill().ok();
        }
    }

    /// TERM; gives the exit code, and how long it took.
    pub(crate) async fn stop(&mut self) -> (i32, Duration) {
        self.signal(Signal::SIGTERM);
        let since = tokio::time::Instant::now();
        let code = self.ended(Duration::from_secs(90)).await;
        (code.expect("the server stops"), since.elapsed())
    }

    /// Waits for its end; gives the exit code, -1 where a signal ended it, `None` when it lives on.
    pub(crate) async fn ended(&mut self, limit: Duration) -> Option<i32> {
        let child = self.child.as_mut()?;
        let status = tokio::time::timeout(limit, child.wait())
            .await
            .ok()?
            .expect("its status");
        self.child = None;
        Some(status.code().unwrap_or(-1))
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Asks the API.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, Value), reqwest::Error> {
        let mut request = self
            .client
            .request(method, self.url(path))
            .bearer_auth(&self.token);
        request = request.header("accept-language", "en");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        Ok((
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ))
    }

    /// Submits a form as a browser without an account does; gives the page that it leads to.
    pub(crate) async fn submit(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<(StatusCode, String), reqwest::Error> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.client.post(self.url(path));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        Ok((status, text))
    }

    /// Resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
            .expect("VmRSS")
    }
}
