//! Which addresses an outgoing webhook may be sent to: public ones, and what the operator allows. Whoever registers an
//! endpoint must not reach through this server what only this server can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::config::Network;

/// Networks of IPv4 that are not the public internet, or that no stranger serves webhooks from.
const CLOSED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),            // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // behind a carrier's NAT; metadata of one cloud
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // this machine
    (Ipv4Addr::new(168, 63, 129, 16), 32), // a cloud's own services, on a public number
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local; metadata of most clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and broadcast
];

/// The one block of IPv6 that public addresses are given out of. Mapped IPv4, NAT64, local and multicast addresses are
/// not in it.
const OPEN_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is closed of that.
const CLOSED_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo among them
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which leads to any IPv4 address
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Who is let through.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    allowed: Arc<[Network]>,
    /// Whether public addresses are open; without encryption only those are that the operator allows.
    public: bool,
}

impl Gate {
    /// The gate of a scheme, with what the operator allows.
    pub(super) fn new(allowed: &[Network], is_encrypted: bool) -> Self {
        Self {
            allowed: allowed.into(),
            public: is_encrypted,
        }
    }

    /// Whether anything may be sent to this address.
    pub(super) fn admits(&self, address: IpAddr) -> bool {
        (self.public && is_public(address)) || self.allowed.iter().any(|network| network.contains(address))
    }

    /// Whether nobody is let through.
    pub(super) fn is_closed(&self) -> bool {
        !self.public && self.allowed.is_empty()
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4.iter().any(|(network, prefix)| {
            let mask = u32::MAX << (32 - prefix);
            address.to_bits() & mask == network.to_bits()
        }),
        IpAddr::V6(address) => {
            let inside = |(network, prefix): &(Ipv6Addr, u32)| {
                let mask = u128::MAX << (128 - prefix);
                address.to_bits() & mask == network.to_bits()
            };
            inside(&OPEN_V6) && !CLOSED_V6.iter().any(inside)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for closed in [
            "0.0.0.0",
            "10.255.255.255",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::808:808",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fec0::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn the_operator_opens_networks_and_plain_http_only_those() {
        let allowed = ["10.1.0.0/16".parse().unwrap()];
        let (secure, plain) = (Gate::new(&allowed, true), Gate::new(&allowed, false));
        for (address, by_https, by_http) in [
            ("10.1.2.3", true, true),
            ("10.2.0.1", false, false),
            ("1.1.1.1", true, false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(
                (secure.admits(address), plain.admits(address)),
                (by_https, by_http),
                "{address}"
            );
        }
        assert!(Gate::new(&[], false).is_closed() && !Gate::new(&[], true).is_closed() && !plain.is_closed());
    }
}
