//! The special addresses: IANA's registries for IPv4 and IPv6 as of 2026, and what clouds keep for
//! themselves beside them.
//! <https://www.iana.org/assignments/iana-ipv4-special-registry/>
//! <https://www.iana.org/assignments/iana-ipv6-special-registry/>
//!
//! Not `IpAddr::is_global`: it is unstable, and a change of what it says would be silent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who can be at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Anybody on the internet.
    Public,
    /// This machine and its network.
    Private,
    /// Nobody a webhook could be for, whatever is allowed.
    Never,
}

/// A network of IPv4 and its class.
const V4: [([u8; 4], u32, Class); 19] = [
    ([0, 0, 0, 0], 8, Class::Never),
    ([10, 0, 0, 0], 8, Class::Private),
    ([100, 64, 0, 0], 10, Class::Private),
    // Alibaba's metadata service, within the one above.
    ([100, 100, 100, 200], 32, Class::Never),
    ([127, 0, 0, 0], 8, Class::Private),
    // Link-local, and with it the metadata services of most clouds.
    ([169, 254, 0, 0], 16, Class::Never),
    // Azure's host.
    ([168, 63, 129, 16], 32, Class::Never),
    ([172, 16, 0, 0], 12, Class::Private),
    ([192, 0, 0, 0], 24, Class::Never),
    ([192, 0, 2, 0], 24, Class::Never),
    ([192, 31, 196, 0], 24, Class::Never),
    ([192, 52, 193, 0], 24, Class::Never),
    ([192, 88, 99, 0], 24, Class::Never),
    ([192, 168, 0, 0], 16, Class::Private),
    ([198, 18, 0, 0], 15, Class::Private),
    ([198, 51, 100, 0], 24, Class::Never),
    ([203, 0, 113, 0], 24, Class::Never),
    ([224, 0, 0, 0], 4, Class::Never),
    ([240, 0, 0, 0], 4, Class::Never),
];

/// The networks of IPv6 that are not public within `2000::/3`, and the private ones beyond it.
/// Everything else beyond is nobody's.
const V6: [(Ipv6Addr, u32, Class); 9] = [
    (Ipv6Addr::LOCALHOST, 128, Class::Private),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Class::Private),
    // Amazon's metadata service.
    (Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0), 32, Class::Never),
    // IETF protocols, with Teredo and ORCHID among them.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Class::Never),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32, Class::Never),
    // 6to4: an IPv4 address in it would be reached by whoever relays.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Class::Never),
    (Ipv6Addr::new(0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0), 48, Class::Never),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Class::Never),
    // Segment routing.
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, Class::Never),
];

/// Where the public addresses of IPv6 are.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// NAT64: the last 32 bits are an IPv4 address.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// The class of an address.
pub(super) fn class(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(address) => class_v4(address),
        IpAddr::V6(address) => class_v6(address),
    }
}

/// The narrowest network that an address is in decides.
fn class_v4(address: Ipv4Addr) -> Class {
    let bits = u64::from(address.to_bits());
    let holds = |network: [u8; 4], length: u32| {
        (bits ^ u64::from(u32::from_be_bytes(network))) >> (32 - length) == 0
    };
    let networks = V4.iter().filter(|(network, length, _)| holds(*network, *length));
    networks.max_by_key(|(_, length, _)| *length).map_or(Class::Public, |(.., class)| *class)
}

fn class_v6(address: Ipv6Addr) -> Class {
    if holds_v6(NAT64, address) {
        let [.., a, b, c, d] = address.octets();
        return match class_v4(Ipv4Addr::new(a, b, c, d)) {
            Class::Public => Class::Public,
            // Through the translator, which is not this machine.
            Class::Private | Class::Never => Class::Never,
        };
    }
    let networks = V6.iter().filter(|(network, length, _)| holds_v6((*network, *length), address));
    match networks.max_by_key(|(_, length, _)| *length) {
        Some((.., class)) => *class,
        None if holds_v6(GLOBAL_V6, address) => Class::Public,
        None => Class::Never,
    }
}

fn holds_v6((network, length): (Ipv6Addr, u32), address: Ipv6Addr) -> bool {
    (address.to_bits() ^ network.to_bits()).unbounded_shr(128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: Class) {
        assert_eq!(class(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn addresses_of_the_internet() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "64:ff9b::808:808",
        ] {
            check(address, Class::Public);
        }
    }

    #[test]
    fn addresses_around_this_machine() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fc00::1",
            "fd12:3456::1",
        ] {
            check(address, Class::Private);
        }
    }

    #[test]
    fn addresses_of_nobody_a_webhook_is_for() {
        for address in [
            "0.0.0.0",
            "169.254.169.254",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2001::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::127.0.0.1",
            "100::1",
            "4000::1",
        ] {
            check(address, Class::Never);
        }
    }
}
