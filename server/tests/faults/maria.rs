//! A private MariaDB that can be stopped, killed and started again on the same port.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::wait::until;

/// The longest start, including recovery after a kill.
const START: Duration = Duration::from_secs(60);

/// The server for the databases of the rows.
#[derive(Debug)]
pub(crate) struct Maria {
    /// `mysql://USER:PASSWORD@HOST:PORT`.
    pub(crate) url: String,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    folder: PathBuf,
    port: u16,
    child: Mutex<Option<Child>>,
}

/// Why there is no MariaDB.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoMaria(String);

impl Maria {
    /// The server in the environment, which is neither stopped nor killed.
    pub(crate) fn given() -> Option<Self> {
        let url = std::env::var("JCRONTAB_TEST_DATABASE").ok()?;
        let url = url.trim_end_matches('/').to_owned();
        (!url.is_empty()).then_some(Self { url, own: None })
    }

    /// Starts one on a fresh folder.
    pub(crate) async fn start_own() -> Result<Self, NoMaria> {
        let failed =
            |what: &'static str| move |error: std::io::Error| NoMaria(format!("{what}: {error}"));
        let name = format!("faults-mariadb-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(folder.join("tmp")).map_err(failed("its folder"))?;
        let user = nix::unistd::User::from_uid(nix::unistd::Uid::effective());
        let user = user
            .ok()
            .flatten()
            .map_or_else(|| "root".to_owned(), |user| user.name);
        let install = Command::new("mariadb-install-db")
            .args([
                "--no-defaults",
                "--skip-test-db",
                "--auth-root-authentication-method=socket",
            ])
            .arg(format!("--user={user}"))
            .arg(format!("--datadir={}", folder.join("data").display()))
            .output()
            .await
            .map_err(failed(
                "mariadb-install-db (Debian package mariadb-server-core)",
            ))?;
        if !install.status.success() {
            return Err(NoMaria(format!(
                "mariadb-install-db: {}",
                String::from_utf8_lossy(&install.stderr)
            )));
        }
        let password = server::auth::token::random_id(12);
        // Other users of this machine can reach the port.
        let init = format!(
            "CREATE OR REPLACE USER 'jcrontab'@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL ON *.* TO 'jcrontab'@'%' WITH GRANT OPTION;\n"
        );
        std::fs::write(folder.join("init.sql"), init).map_err(failed("its first statements"))?;
        let port = free_port();
        let maria = Self {
            url: format!("mysql://jcrontab:{password}@127.0.0.1:{port}"),
            own: Some(Own {
                folder,
                port,
                child: Mutex::new(None),
            }),
        };
        maria.start().await?;
        Ok(maria)
    }

    /// Whether it may be stopped and killed.
    pub(crate) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    fn own(&self) -> &Own {
        self.own
            .as_ref()
            .expect("rows that end the database are run only on our own")
    }

    /// Starts it at its port, and waits until it answers.
    pub(crate) async fn start(&self) -> Result<(), NoMaria> {
        let own = self.own();
        let log = own.folder.join("server.log");
        let errors = std::fs::File::options()
            .append(true)
            .create(true)
            .open(&log);
        let errors = errors.map_err(|error| NoMaria(format!("its log: {error}")))?;
        let before = ready_lines(&log);
        let path = |name: &str| own.folder.join(name).display().to_string();
        let socket = socket();
        let mut child = Command::new("mariadbd")
            .arg("--no-defaults")
            .arg("--user=root")
            .arg(format!("--datadir={}", path("data")))
            .arg(format!("--tmpdir={}", path("tmp")))
            .arg(format!("--socket={}", socket.display()))
            .arg(format!("--init-file={}", path("init.sql")))
            .arg(format!("--port={}", own.port))
            .args([
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-ssl",
            ])
            .args([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_unicode_ci",
            ])
            // Durable at each commit, as in production: what was acknowledged must survive a kill.
            .args([
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-lock-wait-timeout=5",
            ])
            .args(["--innodb-buffer-pool-size=256M", "--max-connections=500"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            // Not in the terminal's process group: Ctrl-C is for us, and we end it after its users.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                NoMaria(format!(
                    "mariadbd (Debian package mariadb-server-core): {error}"
                ))
            })?;
        let ready = until(START, || {
            let answers = ready_lines(&log) > before;
            let ended = child.try_wait().is_ok_and(|ended| ended.is_some());
            async move { (answers || ended).then_some(answers) }
        })
        .await;
        *own.child.lock().await = Some(child);
        match ready {
            Some(true) => Ok(()),
            _ => Err(NoMaria(format!(
                "mariadbd did not start, see {}",
                log.display()
            ))),
        }
    }

    /// TERM, and waits until it is gone.
    pub(crate) async fn stop(&self) {
        self.end(Signal::SIGTERM).await;
    }

    /// kill -9.
    pub(crate) async fn kill(&self) {
        self.end(Signal::SIGKILL).await;
    }

    async fn end(&self, signal: Signal) {
        let Some(mut child) = self.own().child.lock().await.take() else {
            return;
        };
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .expect("it runs");
        kill(Pid::from_raw(pid), signal).expect("a signal");
        let ended = tokio::time::timeout(START, child.wait()).await;
        ended.expect("the database ends").expect("its status");
    }
}

impl Drop for Maria {
    fn drop(&mut self) {
        if let Some(own) = &mut self.own {
            // Killed by dropping; its folder is of no use any more.
            drop(own.child.get_mut().take());
            std::fs::remove_file(socket()).ok();
            std::fs::remove_dir_all(&own.folder).ok();
        }
    }
}

/// Its Unix socket, which is not used: its path may have 107 bytes, and a target folder's may be long.
fn socket() -> PathBuf {
    std::env::temp_dir().join(format!("jcf-{}.sock", std::process::id()))
}

fn ready_lines(log: &Path) -> usize {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.matches("ready for connections").count()
}

/// A port that is free at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
