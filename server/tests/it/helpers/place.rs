//! One installation: its folders, its database, and what commands have written.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use runner::strays::kill_strays;
use server::auth::token::random_id;
use server::lifecycle::DataDir;

use super::database::Database;

/// Folders and database of one installation; they outlive the processes that use them.
pub(crate) struct Place {
    root: PathBuf,
    /// Taken by the first process inside the test and kept: a released lock stays held for an instant by children
    /// that other tests are just starting.
    pub(super) folder: OnceLock<DataDir>,
    pub(crate) database: Database,
}

impl Place {
    pub(crate) async fn new() -> Arc<Self> {
        let (root, data) = Self::folders();
        Self::with(root, Database::fresh(&data).await)
    }

    /// One with the embedded database, whatever the suite runs on.
    pub(crate) fn embedded() -> Arc<Self> {
        let (root, data) = Self::folders();
        Self::with(root, Database::embedded(&data))
    }

    fn folders() -> (PathBuf, PathBuf) {
        crypto();
        let root = std::env::temp_dir().join(format!("jcrontab-it-{}", random_id(8)));
        let open = |path: &Path, mode| {
            std::fs::create_dir_all(path).expect("a folder");
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
                .expect("its mode");
        };
        open(&root, 0o755);
        // Commands may run as another user than the tests.
        open(&root.join("work"), 0o777);
        open(&root.join("data"), 0o700);
        let data = root.join("data");
        (root, data)
    }

    fn with(root: PathBuf, database: Database) -> Arc<Self> {
        Arc::new(Self {
            root,
            folder: OnceLock::new(),
            database,
        })
    }

    /// The server's own folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Where commands of a root server get their scratch folders: inside, so that they go with the
    /// rest.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.root.join("scratch")
    }

    /// A folder that commands may write to.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// A file that commands append a line to, and what they have written there.
    pub(crate) fn ledger(&self) -> Ledger {
        let file = self.work().join("ledger");
        // Each task has a user of its own, and all of them write to it.
        let opened = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&file)
            .expect("a ledger");
        opened
            .set_permissions(std::fs::Permissions::from_mode(0o666))
            .expect("its mode");
        Ledger(file)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(key) = std::fs::read_to_string(self.data().join("host.key")) {
            // Only what carries this folder's random key, so only commands of this test.
            kill_strays(key.trim()).ok();
        }
        std::fs::remove_dir_all(&self.root).ok();
    }
}

/// What commands have written, line by line.
pub(crate) struct Ledger(PathBuf);

impl Ledger {
    /// A command that adds a line.
    pub(crate) fn command(&self, line: &str) -> String {
        format!("echo \"{line}\" >> {}", self.0.display())
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// reqwest is built without a crypto provider; the binary installs one, and so do tests.
fn crypto() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .expect("installed once");
    });
}
