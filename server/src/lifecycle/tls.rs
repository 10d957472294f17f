//! TLS by the server itself: the certificate, which is read again when its files change.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use super::StartError;
use crate::config::TlsSettings;

/// Certificates that a chain may have.
const CHAIN_MAX: usize = 16;

/// The certificate in use.
#[derive(Debug)]
pub(super) struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    in_use: RwLock<Arc<CertifiedKey>>,
    /// The state of the files that were last read.
    seen: Mutex<[Stamp; 2]>,
}

/// What changes when a file is written or replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        let about = std::fs::metadata(path)?;
        Ok(Self {
            inode: about.ino(),
            length: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
        })
    }
}

impl Certificate {
    /// Reads the certificate of the settings; `None` for plain HTTP.
    ///
    /// # Errors
    /// When it cannot be used.
    pub(super) fn open(settings: &TlsSettings) -> Result<Option<Arc<Self>>, StartError> {
        let Some((cert, key)) = settings.files()? else {
            return Ok(None);
        };
        let (cert, key) = (PathBuf::from(cert), PathBuf::from(key));
        let read = stamps(&cert, &key).and_then(|seen| Ok((seen, load(&cert, &key)?)));
        let (seen, loaded) = read.map_err(StartError::Certificate)?;
        Ok(Some(Arc::new(Self {
            cert,
            key,
            in_use: RwLock::new(Arc::new(loaded)),
            seen: Mutex::new(seen),
        })))
    }

    /// Accepts connections with it. HTTP/1.1 is all that the server speaks.
    ///
    /// # Errors
    /// When the crypto provider has no usable protocol.
    pub(super) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, StartError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::Certificate(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again if they have changed. Certificate and key are two files, which a renewal writes one after
    /// the other: while they do not match, the one in use stays, and it is tried again at the next change.
    pub(super) fn refresh(&self) {
        let path = self.cert.display();
        let stamps = match stamps(&self.cert, &self.key) {
            Ok(stamps) => stamps,
            Err(error) => {
                tracing::warn!(%path, error, "the certificate cannot be read again; the one in use stays");
                return;
            }
        };
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == stamps {
                return;
            }
            *seen = stamps;
        }
        match load(&self.cert, &self.key) {
            Ok(loaded) => {
                let mut in_use = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
                *in_use = Arc::new(loaded);
                tracing::info!(%path, "the certificate was read again");
            }
            Err(error) => {
                tracing::warn!(%path, error, "the certificate has changed and cannot be used; the one in use stays");
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let in_use = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&in_use))
    }
}

fn stamps(cert: &Path, key: &Path) -> Result<[Stamp; 2], String> {
    let stamp =
        |path: &Path| Stamp::of(path).map_err(|error| format!("{}: {error}", path.display()));
    Ok([stamp(cert)?, stamp(key)?])
}

fn load(cert: &Path, key: &Path) -> Result<CertifiedKey, String> {
    let of_cert = |error: &dyn std::fmt::Display| format!("{}: {error}", cert.display());
    let of_key = |error: &dyn std::fmt::Display| format!("{}: {error}", key.display());
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(|found| found.take(CHAIN_MAX).collect::<Result<Vec<_>, _>>())
        .map_err(|error| of_cert(&error))?;
    if chain.is_empty() {
        return Err(of_cert(&"it has no certificate in PEM"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| of_key(&error))?;
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, private, &provider).map_err(|error| of_key(&error))
}
