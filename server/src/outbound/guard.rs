//! The guard of every outgoing request (SSRF protection): it must not reach into the private
//! network.
//!
//! A name is resolved once, every address is checked, and the connection goes to the checked
//! addresses only, so that a second DNS answer cannot redirect it (DNS rebinding).

mod ranges;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use app::message::{NoAnswer, NoAnswerReason};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// How long a name may take to be looked up before a request goes to a proxy.
const LOOK_UP: Duration = Duration::from_secs(5);
/// The same while a person waits for a form to be saved.
const LOOK_UP_TO_SAVE: Duration = Duration::from_secs(2);

/// Why a URL may not be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", NoAnswer::from(self.clone()))]
pub enum Refusal {
    /// Not a URL.
    NotAUrl,
    /// Neither http nor https.
    Scheme,
    /// User and password in a URL end up in logs.
    Credentials,
    /// The address belongs to a private or special network.
    Private(IpAddr),
    /// The address is this server's own.
    Own(String),
    /// The name belongs to a private network.
    LocalName(String),
    /// The name has no address.
    NoAddress(String),
}

impl From<Refusal> for NoAnswer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAUrl => NoAnswerReason::NotAUrl.into(),
            Refusal::Scheme => NoAnswerReason::Scheme.into(),
            Refusal::Credentials => NoAnswerReason::Credentials.into(),
            Refusal::Private(address) => Self::of(NoAnswerReason::PrivateAddress, address),
            Refusal::Own(host) => Self::of(NoAnswerReason::OwnAddress, host),
            Refusal::LocalName(host) => Self::of(NoAnswerReason::LocalName, host),
            Refusal::NoAddress(host) => Self::of(NoAnswerReason::NoAddress, host),
        }
    }
}

/// Which private networks may be called, and what is never called without being allowed.
#[derive(Clone, Debug)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
    /// The origin that people reach this server under.
    own: Option<Arc<Url>>,
    /// The host of the proxy that requests go through, when they do.
    proxy: Option<Arc<str>>,
    /// Whether that proxy is a setting of the server, and may be anywhere.
    proxy_is_setting: bool,
    /// The addresses of this machine.
    here: fn() -> Vec<IpAddr>,
}

impl Default for Guard {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Guard {
    /// Allows these networks besides all public ones.
    #[must_use]
    pub fn new(allowed: &[IpNet]) -> Self {
        Self {
            allowed: allowed.into(),
            own: None,
            proxy: None,
            proxy_is_setting: false,
            here: addresses_here,
        }
    }

    /// Refuses the address that people reach this server under, unless it is allowed: what is
    /// closed to the world, a reverse proxy may open to its own machine.
    #[must_use]
    pub fn behind(mut self, public_url: &str) -> Self {
        self.own = Url::parse(public_url).ok().map(Arc::new);
        self
    }

    /// For requests that go through a proxy on a host, which may be called itself.
    #[must_use]
    pub fn through(mut self, proxy_host: &str) -> Self {
        self.proxy = Some(proxy_host.into());
        self.proxy_is_setting = true;
        self
    }

    /// For requests that go through a proxy that somebody entered: its own address is checked like
    /// any other one, or it would be a way into the private network.
    #[must_use]
    pub fn through_entered(mut self, proxy_host: &str) -> Self {
        self.proxy = Some(proxy_host.into());
        self.proxy_is_setting = false;
        self
    }

    /// For requests that go through no proxy.
    #[must_use]
    pub fn directly(mut self) -> Self {
        self.proxy = None;
        self
    }

    /// The host of the proxy that requests go through, when they do.
    #[must_use]
    pub fn proxy_host(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// Whether an address may be called.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if self.is_allowed(address) {
            return Ok(());
        }
        if !ranges::is_public(address) {
            return Err(Refusal::Private(address));
        }
        let own = self.own.as_ref().and_then(|own| own.host());
        let is_own = match own {
            Some(Host::Ipv4(own)) => address == IpAddr::V4(own),
            Some(Host::Ipv6(own)) => address == IpAddr::V6(own).to_canonical(),
            _ => false,
        };
        if is_own
            || (self.here)()
                .iter()
                .any(|here| here.to_canonical() == address)
        {
            return Err(Refusal::Own(address.to_string()));
        }
        Ok(())
    }

    /// Whether an address is in a network that the settings allow besides all public ones.
    #[must_use]
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        self.allowed
            .iter()
            .any(|net| net.contains(&address.to_canonical()))
    }

    /// Checks what [`Guard::parse`] and the look-up of a connection leave open: this server under
    /// its public name, and names that a proxy will look up instead of us. A name that has no
    /// address here is left to the proxy, unless its form says that it is one of a private
    /// network.
    ///
    /// # Errors
    /// When it may not be called.
    pub async fn admit(&self, url: &Url) -> Result<(), Refusal> {
        let Some(Host::Domain(host)) = url.host() else {
            return Ok(());
        };
        let is_own = self.own.as_ref().is_some_and(|own| {
            own.domain().is_some_and(|own| same_name(own, host))
                && own.port_or_known_default() == url.port_or_known_default()
        });
        if !is_own && self.proxy.is_none() {
            return Ok(());
        }
        let found = tokio::time::timeout(LOOK_UP, look_up(host)).await;
        let found = found.ok().and_then(Result::ok).unwrap_or_default();
        if is_own {
            let allowed = found.iter().all(|found| self.is_allowed(found.ip()));
            return if allowed && !found.is_empty() {
                Ok(())
            } else {
                Err(Refusal::Own(host.to_owned()))
            };
        }
        if found.is_empty() && ranges::is_local_name(host) {
            return Err(Refusal::LocalName(host.to_owned()));
        }
        found.iter().try_for_each(|found| self.check(found.ip()))
    }

    /// What would be refused of a URL if it were called now, for who saves it: the address, or the
    /// addresses of its name. A name that cannot be looked up in time is no fault yet; each
    /// request looks it up again.
    ///
    /// # Errors
    /// When it may not be called.
    pub async fn foresee(&self, text: &str) -> Result<(), Refusal> {
        let url = self.parse(text)?;
        self.admit(&url).await?;
        let (Some(Host::Domain(host)), None) = (url.host(), &self.proxy) else {
            return Ok(());
        };
        match tokio::time::timeout(LOOK_UP_TO_SAVE, look_up(host)).await {
            Ok(Ok(found)) => found.iter().try_for_each(|found| self.check(found.ip())),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// As [`Guard::foresee`], for a URL of another scheme than the web's, which goes through no proxy.
    ///
    /// # Errors
    /// When its host may not be called.
    pub async fn foresee_host(&self, text: &str) -> Result<(), Refusal> {
        let url = Url::parse(text).map_err(|_| Refusal::NotAUrl)?;
        let host = url.host_str().ok_or(Refusal::NotAUrl)?;
        let host = host.trim_matches(['[', ']']);
        match tokio::time::timeout(LOOK_UP_TO_SAVE, self.addresses(host, 0)).await {
            Ok(Err(Ok(refusal))) => Err(refusal),
            // A name that cannot be looked up in time is no fault yet.
            Ok(Ok(_) | Err(Err(_))) | Err(_) => Ok(()),
        }
    }

    /// The checked addresses of a host, for a connection that goes to these and looks nothing up again.
    ///
    /// # Errors
    /// The refusal when one of them may not be called, or why the name cannot be looked up.
    pub async fn addresses(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, Result<Refusal, std::io::Error>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
            .await
            .map_err(Err)?
            .collect();
        if found.is_empty() {
            return Err(Ok(Refusal::NoAddress(host.to_owned())));
        }
        for address in &found {
            self.check(address.ip()).map_err(Ok)?;
        }
        Ok(found)
    }

    /// Reads a URL and checks what can be checked without asking the network.
    ///
    /// # Errors
    /// When it is none, or may not be called.
    pub fn parse(&self, text: &str) -> Result<Url, Refusal> {
        let url = Url::parse(text.trim()).map_err(|_| Refusal::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        match url.host() {
            Some(Host::Ipv4(address)) => self.check(address.into())?,
            Some(Host::Ipv6(address)) => self.check(address.into())?,
            Some(Host::Domain(_)) => {}
            None => return Err(Refusal::NotAUrl),
        }
        Ok(url)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = look_up(&host).await?;
            if found.is_empty() {
                return Err(Refusal::NoAddress(host).into());
            }
            // The proxy is a setting, and mostly inside. As a target it is checked before.
            let is_proxy = guard.proxy_is_setting
                && guard
                    .proxy
                    .as_ref()
                    .is_some_and(|proxy| same_name(proxy, &host));
            for address in found.iter().filter(|_| !is_proxy) {
                guard.check(address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of this machine's network interfaces.
fn addresses_here() -> Vec<IpAddr> {
    let interfaces = match nix::ifaddrs::getifaddrs() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            tracing::warn!(%error, "the addresses of this machine cannot be listed");
            return Vec::new();
        }
    };
    let address = |one: nix::ifaddrs::InterfaceAddress| {
        let address = one.address?;
        let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        v4.or_else(|| Some(IpAddr::V6(address.as_sockaddr_in6()?.ip())))
    };
    interfaces.filter_map(address).collect()
}

async fn look_up(host: &str) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, 0)).await?.collect())
}

fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    plain(one) == plain(other)
}
