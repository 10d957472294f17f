//! What unit tests need: a temporary folder, and an order.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::DateTime;

use crate::order::{Limits, Order, OutputTexts, RunId, TaskId, Work};
use crate::random::random_id;

/// A new folder in the system's temporary folder, which is removed with this value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("jcrontab-test-{}", random_id(8));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Anything that stays is in the system's temporary folder.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Run 7, with this command.
pub(crate) fn order(command: &str) -> Order {
    Order {
        run: RunId(7),
        epoch: 1,
        task: TaskId(1),
        started_at: DateTime::UNIX_EPOCH,
        work: Work::Command(command.to_owned()),
        vars: BTreeMap::new(),
        secret_files: Vec::new(),
        masked: Vec::new(),
        limits: Limits::default(),
        hard_limit_seconds: None,
        soft_limit_seconds: None,
        grace_seconds: 10,
        run_as: String::new(),
        cwd: String::new(),
        shell: String::new(),
        merge_output: false,
        success: OutputTexts::default(),
        outlives: false,
        ends_when_isolated: false,
    }
}
