//! A temporary folder for unit tests.

use std::path::PathBuf;

/// A new folder in the system's temporary folder, which is removed with this value.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let name = format!("jcrontab-test-{}", crate::auth::token::random_id(8));
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
