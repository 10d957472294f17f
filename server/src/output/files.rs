//! Finished outputs as files of this server, for backups. What an S3-compatible store holds is not among them; what waits
//! to be sent to it is.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use super::OutputError;
use super::objects::folder_of;
use crate::config::Config;

/// Bytes that are compared or copied at once.
const PIECE: usize = 64 * 1024;

/// The files of finished outputs.
#[derive(Clone, Debug)]
pub struct OutputFiles {
    /// The output store, if it is a folder.
    folder: Option<PathBuf>,
    /// Where outputs wait that the store has not accepted yet.
    ready: PathBuf,
}

impl OutputFiles {
    /// The places in the settings; creates nothing.
    ///
    /// # Errors
    /// When the address of the output store is invalid.
    pub fn of(config: &Config, data: &Path) -> Result<Self, OutputError> {
        Ok(Self {
            folder: folder_of(config, data)?,
            ready: data.join("spool").join("ready"),
        })
    }

    /// Whether the output store is not a folder.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        self.folder.is_none()
    }

    /// Where an output is stored. In front of a remote store it waits, and the server sends it there.
    #[must_use]
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.as_ref().unwrap_or(&self.ready).join(name)
    }

    /// Opens an output, and states its size; `None` when it is not here.
    ///
    /// # Errors
    /// When the name leads out of the folder, or the file cannot be read.
    pub fn open(&self, name: &str) -> Result<Option<(File, u64)>, OutputError> {
        check(name)?;
        for path in [self.ready.join(name), self.place(name)] {
            let opened = File::open(&path).and_then(|file| {
                let size = file.metadata()?.len();
                Ok((file, size))
            });
            match opened {
                Ok(found) => return Ok(Some(found)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(OutputError::file(&path, error)),
            }
        }
        Ok(None)
    }

    /// Stores an output. Returns false when another one is in its place, which stays.
    ///
    /// # Errors
    /// When the name leads out of the folder, or a file cannot be read or written.
    pub fn put(&self, name: &str, content: &mut dyn Read) -> Result<bool, OutputError> {
        check(name)?;
        let path = self.place(name);
        let failed = |error| OutputError::file(&path, error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = File::options();
        options.write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Ok(mut file) => {
                std::io::copy(content, &mut file)
                    .and_then(|_| file.flush())
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let file = File::open(&path).map_err(failed)?;
                same(file, content).map_err(failed)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// Names come from rows and from backups; one that leaves the folder is refused.
fn check(name: &str) -> Result<(), OutputError> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !name.is_empty() && Path::new(name).components().all(is_plain) {
        return Ok(());
    }
    Err(OutputError::Name(name.to_owned()))
}

/// Whether two readers have the same content.
fn same(mut one: impl Read, other: &mut dyn Read) -> std::io::Result<bool> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        (&mut one).take(PIECE as u64).read_to_end(&mut left)?;
        Read::take(&mut *other, PIECE as u64).read_to_end(&mut right)?;
        if left != right || left.is_empty() {
            return Ok(left == right);
        }
    }
}
