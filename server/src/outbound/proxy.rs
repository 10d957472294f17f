//! The proxy that outgoing requests go through, where the way out is only through one.

use reqwest::{NoProxy, Proxy};
use url::Url;

/// A proxy and what is called without it.
#[derive(Clone)]
pub struct OutboundProxy {
    url: Url,
    except: String,
}

/// Why a setting of the proxy cannot be used. The address is not repeated: it may hold a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProxyFault {
    /// Not a URL.
    #[error("it is not a URL such as http://proxy.example:3128")]
    NotAUrl,
    /// Neither http nor https.
    #[error("it must begin with http:// or https://")]
    Scheme,
    /// It names more than a proxy.
    #[error("it must end with the host or the port")]
    Path,
}

impl std::fmt::Debug for OutboundProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A password may be in it.
        write!(f, "OutboundProxy({})", self.host())
    }
}

impl OutboundProxy {
    /// Reads the settings; `None` without a proxy. `except` is a list as in `NO_PROXY`: names with
    /// all below them, addresses and networks, `*` for everything.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn read(url: &str, except: &str) -> Result<Option<Self>, ProxyFault> {
        let url = url.trim();
        if url.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(url).map_err(|_| ProxyFault::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ProxyFault::Scheme);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyFault::Path);
        }
        let except = except.to_owned();
        Ok(Some(Self { url, except }))
    }

    /// The host of the proxy.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Scheme, host and port, without user and password.
    #[must_use]
    pub fn address(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The whole of it, with user and password.
    pub(super) fn whole(&self) -> &str {
        self.url.as_str()
    }

    /// For the client that sends.
    pub(super) fn for_client(&self) -> Result<Proxy, reqwest::Error> {
        let proxy = Proxy::all(self.url.clone())?;
        Ok(proxy.no_proxy(NoProxy::from_string(&self.except)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_or_refused() {
        let read = |url: &str| {
            OutboundProxy::read(url, "").map(|proxy| proxy.map(|p| p.host().to_owned()))
        };
        assert_eq!(read(" "), Ok(None));
        assert_eq!(
            read("http://proxy.test:3128"),
            Ok(Some("proxy.test".to_owned()))
        );
        assert_eq!(
            read("https://u:p@10.0.0.1:8443/"),
            Ok(Some("10.0.0.1".to_owned()))
        );
        assert_eq!(read("proxy.test:3128"), Err(ProxyFault::Scheme));
        assert_eq!(read("proxy"), Err(ProxyFault::NotAUrl));
        assert_eq!(read("socks5://proxy.test"), Err(ProxyFault::Scheme));
        assert_eq!(read("http://proxy.test/pac"), Err(ProxyFault::Path));
        let proxy = OutboundProxy::read("http://u:SECRET@proxy.test", "").expect("a proxy");
        assert!(!format!("{proxy:?}").contains("SECRET"));
    }
}
