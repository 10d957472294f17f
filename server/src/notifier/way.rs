//! Which way a channel's messages go out, and what is kept of it.

use app::channel::DIRECT;
use app::id::ChannelId;

use super::proxy::{OutboundProxy, ProxyFault};
use super::seal_name;
use crate::auth::seal::{SealError, Sealer};
use crate::store::ChannelTarget;

/// The way out.
#[derive(Clone, Debug)]
pub enum Way {
    /// As the settings of the server say.
    Server,
    /// By no proxy, also where the settings name one.
    Direct,
    /// By the channel's own.
    Proxy(OutboundProxy),
}

impl Way {
    /// Reads what was entered: empty for the server's way, `direct`, or the address of a proxy.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn read(text: &str) -> Result<Self, ProxyFault> {
        match text.trim() {
            DIRECT => Ok(Self::Direct),
            text => Ok(OutboundProxy::read(text, "")?.map_or(Self::Server, Self::Proxy)),
        }
    }

    /// What people see of it: no user and no password; `None` for the server's way.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Server => None,
            Self::Direct => Some(DIRECT.to_owned()),
            Self::Proxy(proxy) => Some(proxy.address()),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_read_and_shown_without_passwords() {
        for (text, shown) in [
            ("", None),
            (" ", None),
            ("direct", Some("direct")),
            ("http://proxy.test:3128", Some("http://proxy.test:3128")),
            (
                "https://u:s3cret@10.0.0.1:8443/",
                Some("https://10.0.0.1:8443"),
            ),
        ] {
            let way = Way::read(text).expect(text);
            assert_eq!(way.shown().as_deref(), shown, "{text}");
            assert!(!format!("{way:?}").contains("s3cret"));
        }
        for text in [
            "Direct",
            "proxy",
            "socks5://proxy.test",
            "http://proxy.test/pac",
        ] {
            assert!(Way::read(text).is_err(), "{text}");
        }
    }
}
