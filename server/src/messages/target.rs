//! Where a channel's messages go: its address and the way to it, as they are stored.

use app::channel::DIRECT;
use app::id::ChannelId;

use crate::auth::seal::{SealError, Sealer};
use crate::outbound::Way;
use crate::outbound::proxy::ProxyFault;
use crate::store::ChannelTarget;

/// The name a channel's URL is sealed under.
#[must_use]
pub fn seal_name(channel: ChannelId) -> String {
    format!("channel:{channel}")
}

/// What the proxy of a channel is sealed for.
#[must_use]
pub fn proxy_seal_name(channel: ChannelId) -> String {
    format!("channel-proxy:{channel}")
}

/// Why what is kept of a channel cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetFault {
    /// It does not open with the key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was kept is no proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyFault),
}

/// The URL of a channel and the way to it.
///
/// # Errors
/// When what is kept does not open with the key, or is no proxy.
pub fn open_target(
    sealer: &Sealer,
    channel: ChannelId,
    target: &ChannelTarget,
) -> Result<(String, Way), TargetFault> {
    let url = sealer.open(&seal_name(channel), &target.url_sealed)?;
    let way = match (target.proxy.as_deref(), &target.proxy_sealed) {
        (None, _) => Way::Server,
        (Some(DIRECT), _) => Way::Direct,
        (Some(_), sealed) => {
            let sealed = sealed.as_deref().unwrap_or_default();
            Way::read(&sealer.open(&proxy_seal_name(channel), sealed)?)?
        }
    };
    Ok((url, way))
}
