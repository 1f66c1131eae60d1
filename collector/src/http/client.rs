//! What counts as one client.

use std::net::IpAddr;

/// The client behind an address: an IPv4 address, or the /64 that one IPv6 subscriber holds.
///
/// Not the /24 of an IPv4 address: behind it are as many households as addresses. A reverse proxy
/// is one client, as nothing here believes `X-Forwarded-For`, which anybody can write.
pub(super) fn client(address: IpAddr) -> IpAddr {
    // A socket that listens on `[::]` shows IPv4 clients as `::ffff:a.b.c.d`, all in one /64.
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: &str) {
        assert_eq!(client(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn an_ipv4_address_or_an_ipv6_subscriber() {
        check("203.0.113.7", "203.0.113.7");
        check("::ffff:203.0.113.7", "203.0.113.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    }
}
