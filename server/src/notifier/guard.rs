//! The guard of every outgoing request: it must not reach into the private network.
//!
//! A name is resolved once, every address is checked, and the connection goes to the checked
//! addresses only, so that a name cannot change its mind in between (DNS rebinding).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Why a URL may not be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a URL.
    #[error("this is not a URL")]
    NotAUrl,
    /// Neither http nor https.
    #[error("only http and https can be called")]
    Scheme,
    /// User and password in a URL end up in logs.
    #[error("a URL with a user name or password is refused")]
    Credentials,
    /// The address belongs to a private or special network.
    #[error("{0} is a private or special address; JCRONTAB_OUTBOUND_ALLOW can allow its network")]
    Private(IpAddr),
    /// The name has no address.
    #[error("the name {0} has no address")]
    NoAddress(String),
}

/// Which private networks may be called.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
}

impl Guard {
    /// Allows these networks besides all public ones.
    #[must_use]
    pub fn new(allowed: &[IpNet]) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// Whether an address may be called.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if is_public(address) || self.allowed.iter().any(|net| net.contains(&address)) {
            Ok(())
        } else {
            Err(Refusal::Private(address))
        }
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
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(Refusal::NoAddress(host).into());
            }
            for address in &found {
                guard.check(address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is an ordinary one of the public internet (IANA special-purpose address
/// registries, RFC 6890 and its updates).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_multicast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let s = v6.segments();
    // 6to4, NAT64 and Teredo carry an IPv4 address inside, which may be a private one.
    let tunnelled =
        s[0] == 0x2002 || (s[0] == 0x64 && s[1] == 0xff9b) || (s[0] == 0x2001 && s[1] == 0);
    !(v6.is_loopback()
        || v6.is_unspecified()
        || v6.is_multicast()
        || v6.is_unique_local()
        || v6.is_unicast_link_local()
        || tunnelled
        || v6.to_ipv4().is_some()
        || s[0] & 0xffc0 == 0xfec0
        || (s[0] == 0x2001 && s[1] == 0xdb8)
        || (s[0] == 0x100 && s[1] == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_refused() {
        let guard = Guard::default();
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://198.18.0.1/",
            "http://192.0.2.1/",
        ] {
            assert!(
                matches!(guard.parse(text), Err(Refusal::Private(_))),
                "{text}"
            );
        }
        for text in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "",
            "example.com",
            "http://",
        ] {
            assert!(guard.parse(text).is_err(), "{text}");
        }
        assert_eq!(
            guard.parse("https://a:b@example.com/"),
            Err(Refusal::Credentials)
        );
    }

    #[test]
    fn public_addresses_and_allowed_networks_pass() {
        let guard = Guard::default();
        for text in [
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x",
            "http://8.8.8.8/",
            "http://[2606:4700::1111]/",
        ] {
            assert!(guard.parse(text).is_ok(), "{text}");
        }
        let guard = Guard::new(&["127.0.0.0/8".parse().expect("net")]);
        assert!(guard.parse("http://127.0.0.1:9/").is_ok());
        assert!(guard.parse("http://[::ffff:127.0.0.1]:9/").is_ok());
        assert!(guard.parse("http://10.0.0.1/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_refused() {
        let name: Name = "localhost".parse().expect("name");
        assert!(Guard::default().resolve(name).await.is_err());
    }
}
