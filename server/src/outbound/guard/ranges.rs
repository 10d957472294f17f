//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// The blocks of the IANA IPv4 Special-Purpose Address Registry (as of 2025-10), and multicast.
/// Blocks that the registry calls globally reachable are services of the network itself (AS112,
/// AMT); no chat group or calendar is there.
const SPECIAL_V4: [Ipv4Net; 20] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([192, 175, 48, 0], 24),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([233, 252, 0, 0], 24),
    v4([240, 0, 0, 0], 4),
    v4([255, 255, 255, 255], 32),
];

/// The only block that global unicast addresses are assigned from (RFC 4291, section 2.4; IANA
/// IPv6 Address Space). Everything outside is special: loopback, mapped and translated IPv4
/// (`::ffff:0:0/96`, `::ffff:0:0:0/96`), NAT64, discard, segment routing (`5f00::/16`), unique
/// and link-local, multicast.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// The blocks within it that the IANA IPv6 Special-Purpose Address Registry names.
const SPECIAL_V6: [Ipv6Net; 5] = [
    // Protocol assignments, with Teredo, benchmarking, ORCHID and drone identifiers.
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0xdb8, 0], 32),
    // 6to4 carries an IPv4 address inside, which may be a private one.
    v6([0x2002, 0, 0], 16),
    v6([0x2620, 0x4f, 0x8000], 48),
    v6([0x3fff, 0, 0], 20),
];

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b, c]: [u16; 3], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// Whether an address is an ordinary one of the public internet. A mapped IPv4 address is to be
/// given as the IPv4 address that it is.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => {
            GLOBAL_V6.contains(&v6) && !SPECIAL_V6.iter().any(|net| net.contains(&v6))
        }
    }
}

/// Whether a name is one of a private network by its form: a single label, or a suffix that is
/// reserved for such networks (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`).
pub(super) fn is_local_name(name: &str) -> bool {
    const SUFFIXES: [&str; 10] = [
        "localhost",
        "local",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "localdomain",
        "home.arpa",
    ];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let within = |suffix: &&str| {
        name.strip_suffix(*suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || SUFFIXES.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        let address: IpAddr = text.parse().expect("an address");
        is_public(address.to_canonical())
    }

    #[test]
    fn each_block_is_special_from_end_to_end() {
        let first_and_last = SPECIAL_V4
            .iter()
            .map(|net| (net.network(), net.broadcast()));
        for (first, last) in first_and_last {
            assert!(
                !is_public(first.into()) && !is_public(last.into()),
                "{first}"
            );
        }
        for net in SPECIAL_V6 {
            let (first, last) = (net.network(), net.broadcast());
            assert!(
                !is_public(first.into()) && !is_public(last.into()),
                "{first}"
            );
        }
    }

    #[test]
    fn what_carries_or_replaces_ipv4_is_special() {
        for text in [
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "::ffff:0:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:2::1",
            "2001:20::1",
            "2001:30::1",
            "2001:1ff::1",
            "100::1",
            "100:0:0:1::1",
            "3fff::1",
            "3fff:fff:ffff::1",
            "5f00::1",
            "5f00:ffff::1",
            "2001:db8::1",
            "2620:4f:8000::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "1::1",
            "8000::1",
        ] {
            assert!(!public(text), "{text}");
        }
        for text in [
            "2606:4700::1111",
            "2400:3200::1",
            "2001:4860:4860::8888",
            "2001:200::1",
            "240e::1",
            "3ffe::1",
            "2620:4f:8001::1",
            "::ffff:8.8.8.8",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn names_of_private_networks_are_known_by_their_form() {
        for name in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "nas",
            "printer.local",
            "db.internal",
            "metadata.google.internal",
            "x.home.arpa",
            "gitlab.corp",
            "router.lan.",
        ] {
            assert!(is_local_name(name), "{name}");
        }
        for name in [
            "example.com",
            "qyapi.weixin.qq.com",
            "local.example.com",
            "mylocal.cn",
        ] {
            assert!(!is_local_name(name), "{name}");
        }
    }
}
