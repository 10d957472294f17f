//! The product as users have it: the release binary, driven over REST.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::Failure;
use crate::stage::{Db, Owned, Stage};

/// Requests sent at the same time while tasks are entered.
const AT_ONCE: usize = 16;

/// A product's folder and settings; it can be stopped and started again.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    binary: PathBuf,
    pub(crate) data: PathBuf,
    database: Option<String>,
    port: u16,
    /// The server's log file, if it is not to be shown.
    pub(crate) log: Option<PathBuf>,
    /// More settings for the server.
    pub(crate) settings: Vec<(&'static str, String)>,
    pub(crate) token: String,
}

/// A running product with an account for the benchmark.
pub(crate) struct Product {
    server: Owned,
    pub(crate) home: Home,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
}

impl Home {
    /// A fresh home with an administrator, and nothing running.
    pub(crate) fn fresh(stage: &Stage, db: Db, name: &str) -> Result<Self, Failure> {
        let data = stage.fresh(&format!("{name}-{db:?}"))?;
        let database = match db {
            Db::Sqlite => None,
            Db::MariaDb => Some(stage.fresh_mariadb(&format!("bench_{}", name.replace('-', "_")))?),
        };
        Self::with(stage, data, database)
    }

    /// A home over an existing database: a second node, or a filled one.
    pub(crate) fn with(
        stage: &Stage,
        data: PathBuf,
        database: Option<String>,
    ) -> Result<Self, Failure> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let mut home = Self {
            binary: stage.binary.clone(),
            data,
            database,
            port,
            log: None,
            settings: Vec::new(),
            token: String::new(),
        };
        home.token = home.account()?;
        Ok(home)
    }

    /// The same database from another folder and port.
    pub(crate) fn another_node(&self, data: PathBuf) -> Result<Self, Failure> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        Ok(Self {
            data,
            port,
            ..self.clone()
        })
    }

    /// A token of the account, which is created if it does not exist.
    fn account(&self) -> Result<String, Failure> {
        let mut add = self
            .command(&[
                "user",
                "add",
                "bench",
                "--role",
                "admin",
                "--password-stdin",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        std::io::Write::write_all(
            &mut add.stdin.take().ok_or("no stdin")?,
            b"only for the benchmark\n",
        )?;
        // It fails if the account already exists; the token shows whether it does.
        add.wait()?;
        let made = self
            .command(&[
                "token",
                "create",
                "bench",
                "--user",
                "bench",
                "--scope=read,run,write,admin,ping,metrics",
                "--json",
            ])
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        Ok(serde_json::from_slice::<Value>(&made.stdout)?["token"]
            .as_str()
            .ok_or("no token")?
            .to_owned())
    }

    /// The product's command line in this home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env("JCRONTAB_DATA_DIR", &self.data)
            .env("JCRONTAB_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("JCRONTAB_LOG", "error")
            // Load is what is measured.
            .env("JCRONTAB_REQUESTS_PER_MINUTE", "0")
            // The stamps go into a folder of the user who runs the benchmark.
            .env("JCRONTAB_ALLOW_ROOT", "1")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    /// Starts the server and waits until it is ready.
    pub(crate) async fn start(self) -> Result<Product, Failure> {
        let product = self.spawn()?;
        product
            .wait_until("readyz", Duration::from_secs(60))
            .await?;
        Ok(product)
    }

    /// Starts the server and waits for nothing.
    pub(crate) fn spawn(self) -> Result<Product, Failure> {
        let mut command = self.command(&["serve"]);
        if let Some(log) = &self.log {
            command.stderr(std::fs::File::create(log)?);
        }
        let server = Owned(command.stdout(Stdio::null()).spawn()?);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let base = format!("http://127.0.0.1:{}", self.port);
        Ok(Product {
            server,
            home: self,
            http,
            base,
        })
    }
}

impl Product {
    /// Starts the product on a fresh database.
    pub(crate) async fn fresh(stage: &Stage, db: Db, name: &str) -> Result<Self, Failure> {
        Home::fresh(stage, db, name)?.start().await
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Ends the server like an operator would (TERM), and returns its home.
    pub(crate) async fn stop(mut self) -> Result<Home, Failure> {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.pid())?);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM)?;
        let begun = Instant::now();
        while self.server.0.try_wait()?.is_none() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("the server does not stop".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(self.home.clone())
    }

    /// Ends the server at once (KILL), and gives its home.
    pub(crate) fn kill(self) -> Home {
        self.home.clone()
    }

    /// Waits until a path answers with success; gives the seconds since the call.
    pub(crate) async fn wait_until(&self, path: &str, limit: Duration) -> Result<f64, Failure> {
        let begun = Instant::now();
        loop {
            let answer = self.http.get(format!("{}/{path}", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(begun.elapsed().as_secs_f64());
            }
            if begun.elapsed() > limit {
                return Err(format!("/{path} does not answer within {limit:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Asks the REST interface (`path` below `/api/v1/`); anything but success is a failure.
    pub(crate) async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = self
            .http
            .request(method, format!("{}/api/v1/{path}", self.base))
            .bearer_auth(&self.home.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{path}: {status} {text}").into());
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Enters a task; gives its number.
    pub(crate) async fn add(&self, draft: &Value) -> Result<i64, Failure> {
        let made = self
            .ask(reqwest::Method::POST, "tasks", Some(draft))
            .await?;
        Ok(made["id"].as_i64().ok_or("the task has no number")?)
    }

    /// Enters many tasks; gives their numbers in the order of the drafts.
    pub(crate) async fn add_all(&self, drafts: Vec<Value>) -> Result<Vec<i64>, Failure> {
        futures_util::stream::iter(drafts)
            .map(|draft| async move { self.add(&draft).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

/// A task that is due by this cron expression (UTC) and runs this command, from `first` on (seconds since 1970), so
/// that nothing fires while tasks are still being added.
pub(crate) fn draft(name: &str, cron: &str, command: &str, first: i64) -> Value {
    json!({
        "name": name,
        "cron": cron,
        "zone": "UTC",
        "command": command,
        "starts_at": chrono::DateTime::from_timestamp(first, 0).map(|at| at.to_rfc3339()),
    })
}
