//! The environment of the suite: folders, programs, databases. Everything is on this machine and on the loopback, and
//! ends with the suite.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// What all workloads share.
pub(crate) struct Stage {
    /// A folder of this run, deleted at its end.
    pub(crate) folder: PathBuf,
    /// A folder that later runs find again: installed peers, filled databases.
    pub(crate) keep: PathBuf,
    /// The product.
    pub(crate) binary: PathBuf,
    /// The floor.
    pub(crate) floor: PathBuf,
    /// The checkout, for scripts.
    pub(crate) root: PathBuf,
    /// Fewer and shorter rounds, for work on the suite itself; such figures are not published.
    pub(crate) quick: bool,
    /// Ten million runs, ten minutes of fires, and a third round of the slowest peer.
    pub(crate) long: bool,
    mariadb: Option<MariaDb>,
}

/// Which database the product is measured with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Db {
    Sqlite,
    MariaDb,
}

impl Db {
    pub(crate) const BOTH: [Self; 2] = [Self::Sqlite, Self::MariaDb];

    /// The product's name in the tables.
    pub(crate) fn product(self) -> &'static str {
        match self {
            Self::Sqlite => crate::report::SQLITE,
            Self::MariaDb => crate::report::MARIADB,
        }
    }
}

/// A private MariaDB.
struct MariaDb {
    dir: PathBuf,
    url: String,
    script: PathBuf,
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        // Nothing can be done about one that does not stop; the script reports it.
        Command::new(&self.script)
            .arg("stop")
            .arg(&self.dir)
            .status()
            .ok();
    }
}

impl Stage {
    /// Prepares the environment; MariaDB is started when it is first needed.
    pub(crate) fn new(quick: bool, long: bool) -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("the checkout is gone")?
            .to_owned();
        let binary = std::env::var_os("JCRONTAB_BIN")
            .map_or_else(|| sibling("jcrontab"), |path| Ok(PathBuf::from(path)))?;
        let floor = sibling("floor")?;
        let keep = floor
            .parent()
            .and_then(Path::parent)
            .ok_or("no target folder")?
            .join("bench");
        let folder = keep.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        crate::shared::prepare()?;
        Ok(Self {
            folder,
            keep,
            binary,
            floor,
            root,
            quick,
            long,
            mariadb: None,
        })
    }

    /// A fresh folder below this run's.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Starts the private MariaDB, once.
    pub(crate) fn start_mariadb(&mut self) -> Result<(), Failure> {
        if self.mariadb.is_some() {
            return Ok(());
        }
        let script = self.root.join("scripts/mariadb.sh");
        // The name of its socket must be short.
        let dir = std::env::temp_dir().join(format!("jcb-{}", std::process::id()));
        let started = Command::new(&script)
            .arg("start")
            .arg(&dir)
            .stderr(Stdio::inherit())
            .output()?;
        if !started.status.success() {
            return Err("MariaDB did not start".into());
        }
        self.mariadb = Some(MariaDb {
            dir,
            url: String::from_utf8(started.stdout)?.trim().to_owned(),
            script,
        });
        Ok(())
    }

    /// The URL of MariaDB without a database's name.
    pub(crate) fn mariadb_url(&self) -> Result<&str, Failure> {
        Ok(&self.mariadb.as_ref().ok_or("MariaDB was not started")?.url)
    }

    /// Folder of the running MariaDB: its socket is `db.sock` there.
    pub(crate) fn mariadb_dir(&self) -> Result<&Path, Failure> {
        Ok(&self.mariadb.as_ref().ok_or("MariaDB was not started")?.dir)
    }

    /// Runs SQL as the administrator of the private MariaDB; gives what it prints, tab-separated.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> Result<String, Failure> {
        let mut command = Command::new("mariadb");
        command
            .arg("--no-defaults")
            .arg(format!(
                "--socket={}",
                self.mariadb_dir()?.join("db.sock").display()
            ))
            .args(["--batch", "--skip-column-names", "--user=root"])
            .args(["--execute", sql]);
        if !database.is_empty() {
            command.arg(database);
        }
        let done = command.output()?;
        if done.status.success() {
            Ok(String::from_utf8(done.stdout)?)
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned().into())
        }
    }

    /// Makes an empty database on MariaDB; gives its URL.
    pub(crate) fn fresh_mariadb(&self, name: &str) -> Result<String, Failure> {
        self.sql(
            "",
            &format!("DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}`"),
        )?;
        Ok(format!("{}/{name}", self.mariadb_url()?))
    }

    /// Deletes what belongs to this run.
    pub(crate) fn clear(self) -> Result<(), Failure> {
        if let Some(mariadb) = self.mariadb {
            let dir = mariadb.dir.clone();
            drop(mariadb);
            std::fs::remove_dir_all(dir)?;
        }
        std::fs::remove_dir_all(&self.folder)?;
        crate::shared::clear()
    }
}

/// A program built beside this one.
fn sibling(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is not built; run `make bench`", path.display()).into())
    }
}

/// A process of ours, which ends with this value.
pub(crate) struct Owned(pub(crate) std::process::Child);

impl Owned {
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // It is our own child; if it has already ended there is nothing to do.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
