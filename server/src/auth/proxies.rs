//! The client's address, behind proxies that are trusted to report it.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// Proxies whose headers about a client's address are trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    /// Whether this address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address: the last one on the path that is not a trusted proxy.
    ///
    /// `forwarded_for` and `forwarded` are the lines of the headers `X-Forwarded-For` and
    /// `Forwarded` (RFC 7239) in their order. Each proxy appends the address that it was called from, so they are
    /// read from the end, and only as long as trusted proxies wrote them: anything before that may be forged.
    /// `Forwarded` is read where there is no `X-Forwarded-For`.
    #[must_use]
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let mut listed = forwarded_for
            .rev()
            .flat_map(|line| line.rsplit(','))
            .map(address)
            .peekable();
        if listed.peek().is_some() {
            return self.walk(peer, listed);
        }
        self.walk(
            peer,
            forwarded
                .rev()
                .flat_map(|line| elements(line).into_iter().rev()),
        )
    }

    fn walk(&self, peer: IpAddr, listed: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut client = peer;
        for address in listed {
            // "unknown", a made-up name, nothing: the sender of that entry is the last known address.
            let Some(address) = address else { break };
            client = address;
            if !self.contains(address) {
                break;
            }
        }
        client
    }
}

/// Reads a setting: a network, or one address.
///
/// # Errors
/// The parser's sentence, for text that is neither.
pub fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .map(|network| network.trunc())
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text:?} is neither an address nor a network such as 10.0.0.0/8"))
}

/// An address, with or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text)
        .parse::<IpAddr>()
        .ok()
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
        .map(|address| address.to_canonical())
}

/// The addresses after `for=` in a line of `Forwarded`; `None` for an element without one.
fn elements(line: &str) -> Vec<Option<IpAddr>> {
    split(line, ',')
        .map(|element| {
            split(element, ';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("for")
                    .then(|| address(value))
                    .flatten()
            })
        })
        .collect()
}

/// Splits at the sign where it is not quoted.
fn split(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        if c == '"' {
            quoted = !quoted;
        }
        c == sign && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> TrustedProxies {
        let networks = ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"];
        TrustedProxies::new(&networks.map(|text| network(text).expect("a network")))
    }

    fn client(peer: &str, forwarded_for: &[&str], forwarded: &[&str]) -> String {
        let peer = peer.parse().expect("an address");
        trusted()
            .client(
                peer,
                forwarded_for.iter().copied(),
                forwarded.iter().copied(),
            )
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let table: [(&str, &[&str], &str); 16] = [
            // No proxy in between, or one that is not trusted.
            ("203.0.113.9", &[], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            // One proxy, and several.
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1", "10.1.2.3"], "198.51.100.1"),
            // What the client itself sent is in front of what the proxy added.
            ("127.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (
                "127.0.0.1",
                &["10.0.0.1, 198.51.100.1, 10.1.2.3"],
                "198.51.100.1",
            ),
            // All of them proxies: the first one.
            ("127.0.0.1", &["10.0.0.1,10.0.0.2"], "10.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            // An entry that is no address ends the path.
            ("127.0.0.1", &["1.1.1.1, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
            ("127.0.0.1", &[""], "127.0.0.1"),
            // Spellings.
            ("::ffff:127.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("2001:db8:1::5", &[" 2001:db8::7 "], "2001:db8::7"),
        ];
        for (peer, lines, expected) in table {
            assert_eq!(client(peer, lines, &[]), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_where_it_stands_alone() {
        let table = [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "for=1.1.1.1, for=198.51.100.1;proto=https, for=10.0.0.2",
                "198.51.100.1",
            ),
            ("proto=https;For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=\"1.1.1.1, 2.2.2.2\"", "127.0.0.1"),
            ("for=_hidden", "127.0.0.1"),
            ("by=10.0.0.1", "127.0.0.1"),
        ];
        for (line, expected) in table {
            assert_eq!(client("127.0.0.1", &[], &[line]), expected, "{line}");
        }
        let both = client("127.0.0.1", &["198.51.100.1"], &["for=1.1.1.1"]);
        assert_eq!(both, "198.51.100.1");
    }

    #[test]
    fn a_setting_is_a_network_or_an_address() {
        assert_eq!(
            network(" 10.1.2.3/8").expect("a network").to_string(),
            "10.0.0.0/8"
        );
        assert_eq!(network("::1").expect("an address").to_string(), "::1/128");
        assert!(network("proxy.example").is_err());
    }
}
