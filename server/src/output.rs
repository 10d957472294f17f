//! Where output is kept: short output in the run's row, long output in a file outside the
//! database.

use std::path::{Path, PathBuf};

use app::id::RunId;
use chrono::{DateTime, Utc};

/// Output of up to this many bytes is kept in the row whole; of longer output, the end.
const INLINE_MAX: usize = 4 * 1024;

/// Why output could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[error("the output file {name} cannot be used")]
pub struct OutputError {
    name: String,
    #[source]
    source: std::io::Error,
}

/// A folder of output files.
#[derive(Clone, Debug)]
pub struct OutputStore {
    root: PathBuf,
}

impl OutputStore {
    /// Keeps output under a folder, which is made when it is first needed.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The end of the output as it fits into the row.
    #[must_use]
    pub fn tail(bytes: &[u8]) -> &[u8] {
        &bytes[bytes.len().saturating_sub(INLINE_MAX)..]
    }

    /// Keeps output; gives what goes into the row, and the file's name when there is one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn keep(
        &self,
        run: RunId,
        started_at: DateTime<Utc>,
        bytes: &[u8],
    ) -> Result<(Vec<u8>, Option<String>), OutputError> {
        if bytes.len() <= INLINE_MAX {
            return Ok((bytes.to_vec(), None));
        }
        // By day, so that no folder grows without end and retention can drop whole ones.
        let name = format!("{}/{run}.log", started_at.format("%Y/%m/%d"));
        let path = self.root.join(&name);
        let write = async {
            tokio::fs::create_dir_all(path.parent().unwrap_or(&self.root)).await?;
            tokio::fs::write(&path, bytes).await
        };
        write.await.map_err(|source| OutputError {
            name: name.clone(),
            source,
        })?;
        Ok((Self::tail(bytes).to_vec(), Some(name)))
    }

    /// Reads a file back.
    ///
    /// # Errors
    /// When it is gone or cannot be read.
    pub async fn read(&self, name: &str) -> Result<Vec<u8>, OutputError> {
        let failed = |source| OutputError {
            name: name.to_owned(),
            source,
        };
        // Names come from our own rows; one that leads out of the folder is refused all the same.
        if Path::new(name)
            .components()
            .any(|part| !matches!(part, std::path::Component::Normal(_)))
        {
            return Err(failed(std::io::ErrorKind::InvalidInput.into()));
        }
        tokio::fs::read(self.root.join(name)).await.map_err(failed)
    }
}
