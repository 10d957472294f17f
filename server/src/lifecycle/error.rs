//! Why a server cannot start.

use runner::{ContainmentError, IdentityError};

use super::data_dir::DataDirError;
use crate::auth::seal::SealError;
use crate::config::SettingFault;
use crate::outbound::proxy::ProxyFault;
use crate::store::StoreError;

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used, or another server holds it.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The key file cannot be used.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The user for commands cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The users of tasks cannot be used.
    #[error(transparent)]
    Pool(#[from] crate::config::PoolError),
    /// Commands cannot be contained.
    #[error(transparent)]
    Containment(#[from] ContainmentError),
    /// A setting cannot be right.
    #[error(transparent)]
    Setting(#[from] SettingFault),
    /// The zone for tasks that name none is unknown.
    #[error("JCRONTAB_ZONE names no time zone: {0:?}; write an IANA name such as Asia/Shanghai")]
    Zone(String),
    /// The key file does not belong to the database.
    #[error(transparent)]
    Key(#[from] crate::service::KeyError),
    /// A copy of the data folder is in use elsewhere.
    #[error(
        "a server with a copy of this data folder is up at {0}; give this one a data folder of its own (only secret.key is shared)"
    )]
    DuplicateInstance(String),
    /// Results that waited on disk cannot be replayed.
    #[error("spooled results cannot be replayed")]
    Replay(#[from] crate::recorder::ReplayError),
    /// The place for output cannot be used.
    #[error(transparent)]
    Output(#[from] crate::output::OutputError),
    /// The proxy for outgoing requests cannot be used.
    #[error("JCRONTAB_OUTBOUND_PROXY cannot be used: {0}")]
    Proxy(#[from] ProxyFault),
    /// The certificates for outgoing connections cannot be used.
    #[error("JCRONTAB_OUTBOUND_CA: {path} cannot be used: {why}")]
    OutboundCa {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
    /// The API cannot be described.
    #[error(transparent)]
    Undescribed(#[from] crate::api::OpenApiError),
    /// The certificate cannot be used.
    #[error("the certificate of JCRONTAB_TLS_CERT cannot be used: {0}")]
    Certificate(String),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address or path.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
