//! The data folder and the stored outputs of a server.

use std::path::{Path, PathBuf};

use super::ArchiveError;
use crate::config::Config;
use crate::output::OutputFiles;

/// What a backup contains besides the database: where it is, or is to be.
#[derive(Clone, Debug)]
pub struct Place {
    /// The data folder.
    pub(super) folder: PathBuf,
    /// The stored outputs.
    pub(super) files: OutputFiles,
}

impl Place {
    /// The places in the settings; creates nothing.
    ///
    /// # Errors
    /// When the address of the output store is invalid.
    pub fn of(config: &Config, folder: &Path) -> Result<Self, ArchiveError> {
        Ok(Self {
            folder: folder.to_owned(),
            files: OutputFiles::of(config, folder)?,
        })
    }

    /// Whether outputs are stored in an S3-compatible store, which no backup contains.
    #[must_use]
    pub const fn outputs_are_remote(&self) -> bool {
        self.files.is_remote()
    }
}
