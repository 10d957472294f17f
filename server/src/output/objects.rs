//! The store of finished output: a folder, or an S3-compatible store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::io::AsyncWriteExt;

use super::OutputError;
use crate::config::Config;

/// Uploads are sent in parts of this size; S3 accepts no less than 5 MiB.
const PART: usize = 5 * 1024 * 1024;
/// Time limit of one request to the store.
const REQUEST: Duration = Duration::from_secs(60);
/// Time limit of all tries of a request together.
const TRIES: Duration = Duration::from_secs(20);

/// An object store.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
}

impl Objects {
    /// Opens the location in the settings; without an address the folder `output` of the data folder.
    ///
    /// # Errors
    /// When the address is invalid, or the folder cannot be created.
    pub(super) fn open(config: &Config, data: &Path) -> Result<Self, OutputError> {
        if let Some(folder) = folder_of(config, data)? {
            return Self::folder(folder);
        }
        let url = address(config)?;
        let bucket = url
            .host_str()
            .ok_or_else(|| fault(config, "names no bucket"))?;
        let store = s3(config, bucket)?;
        let prefix = Name::from(url.path().trim_matches('/'));
        Ok(Self {
            store: Arc::new(PrefixStore::new(store, prefix)),
            folder: None,
        })
    }

    fn folder(path: PathBuf) -> Result<Self, OutputError> {
        std::fs::create_dir_all(&path).map_err(|source| OutputError::file(&path, source))?;
        let store = LocalFileSystem::new_with_prefix(&path)?;
        Ok(Self {
            store: Arc::new(store),
            folder: Some(path),
        })
    }

    /// Moves a file to its place, where that is on the same file system.
    ///
    /// # Errors
    /// When it is on another one, or the folder cannot be written.
    pub(super) fn take_over(&self, file: &Path, name: &str) -> std::io::Result<()> {
        let Some(folder) = &self.folder else {
            return Err(std::io::ErrorKind::Unsupported.into());
        };
        let place = folder.join(name);
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::rename(file, place)
    }

    /// Uploads a file.
    ///
    /// # Errors
    /// When the store refuses it, or the file cannot be read.
    pub(super) async fn send(&self, file: &Path, name: &str) -> Result<(), OutputError> {
        let read = |source| OutputError::file(file, source);
        let mut source = tokio::fs::File::open(file).await.map_err(read)?;
        let name = parse(name)?;
        // A short file is sent in one request, a longer one in parts, one after the other.
        let mut sink =
            object_store::buffered::BufWriter::with_capacity(Arc::clone(&self.store), name, PART)
                .with_max_concurrency(1);
        let sent = tokio::io::copy(&mut source, &mut sink).await;
        let done = match sent {
            Ok(_) => sink.shutdown().await,
            Err(error) => Err(error),
        };
        done.map_err(OutputError::Sending)
    }

    /// Tests whether the store accepts an object.
    ///
    /// # Errors
    /// When it does not.
    pub(super) async fn try_out(&self) -> Result<(), OutputError> {
        let name = parse("jcrontab-check")?;
        self.store.put(&name, "jcrontab".into()).await?;
        if let Err(error) = self.store.delete(&name).await {
            // It may forbid us to delete anything.
            tracing::debug!(%error, "the test object of the output store cannot be removed");
        }
        Ok(())
    }

    /// Fetches an object.
    ///
    /// # Errors
    /// When it does not exist or the store does not answer.
    pub(super) async fn fetch(&self, name: &str) -> Result<Vec<u8>, OutputError> {
        Ok(self.store.get(&parse(name)?).await?.bytes().await?.to_vec())
    }

    /// Deletes an object; false when there is none.
    ///
    /// # Errors
    /// When the store refuses.
    pub(super) async fn delete(&self, name: &str) -> Result<bool, OutputError> {
        match self.store.delete(&parse(name)?).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether an object exists.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) async fn has(&self, name: &str) -> Result<bool, OutputError> {
        match self.store.head(&parse(name)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The folder that the settings name; `None` for an S3-compatible store. Creates nothing.
///
/// # Errors
/// When the address is invalid.
pub(super) fn folder_of(config: &Config, data: &Path) -> Result<Option<PathBuf>, OutputError> {
    if config.output_url.trim().is_empty() {
        return Ok(Some(data.join("output")));
    }
    let url = address(config)?;
    match url.scheme() {
        "file" => match url.to_file_path() {
            Ok(path) => Ok(Some(path)),
            Err(()) => Err(fault(config, "names no folder")),
        },
        "s3" => Ok(None),
        _ => Err(fault(config, "is neither s3:// nor file://")),
    }
}

fn address(config: &Config) -> Result<url::Url, OutputError> {
    url::Url::parse(config.output_url.trim()).map_err(|_| fault(config, "is no address"))
}

fn fault(config: &Config, why: &str) -> OutputError {
    OutputError::Setting(format!("{:?} {why}", config.output_url.trim()))
}

/// Names come from our own rows; one that leaves the folder is refused all the same.
fn parse(name: &str) -> Result<Name, OutputError> {
    Name::parse(name).map_err(|error| OutputError::Store(error.into()))
}

fn s3(config: &Config, bucket: &str) -> Result<impl ObjectStore + use<>, OutputError> {
    let plain = config.output_endpoint.starts_with("http://");
    // The address is the operator's own setting, not user input, so it is not guarded. TLS uses the provider that the
    // process has installed.
    let client = ClientOptions::new()
        .with_allow_http(plain)
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(REQUEST);
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&config.output_region)
        .with_allow_http(plain)
        .with_client_options(client)
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 3,
            retry_timeout: TRIES,
        });
    if !config.output_endpoint.is_empty() {
        builder = builder.with_endpoint(config.output_endpoint.trim_end_matches('/'));
    }
    if !config.output_access_key_id.is_empty() {
        builder = builder
            .with_access_key_id(&config.output_access_key_id)
            .with_secret_access_key(&config.output_secret_access_key);
    }
    Ok(builder.build()?)
}
