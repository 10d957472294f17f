//! Which way requests go out: as the server's settings say, directly, or through a proxy.

use app::channel::DIRECT;

use super::proxy::{OutboundProxy, ProxyFault};

/// The way out.
#[derive(Clone, Debug)]
pub enum Egress {
    /// As the settings of the server say.
    Server,
    /// By no proxy, also where the settings name one.
    Direct,
    /// By the channel's own.
    Proxy(OutboundProxy),
}

impl Egress {
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
            let way = Egress::read(text).expect(text);
            assert_eq!(way.shown().as_deref(), shown, "{text}");
            assert!(!format!("{way:?}").contains("s3cret"));
        }
        for text in [
            "Direct",
            "proxy",
            "socks5://proxy.test",
            "http://proxy.test/pac",
        ] {
            assert!(Egress::read(text).is_err(), "{text}");
        }
    }
}
