//! Which addresses may be reached. Whoever may configure a webhook makes this machine send
//! requests; without this, also to what only this machine can reach: its own services, its
//! neighbours, the credentials that clouds hand out on link-local addresses.
//!
//! Asked for every address of every delivery, after the name was looked up, for a name may lead
//! elsewhere a second later; [`super::deliver`] then connects to that very address. `corpus.tsv`
//! has what attackers write, and `tests` shows that nothing of it gets through, and that it would
//! without this.

mod ranges;

use ranges::{Class, class};
use std::net::IpAddr;

/// How far webhooks reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Addresses of the public internet.
    Public,
    /// Private and loopback ones as well: for tests and labs.
    Private,
    /// Everything: what the guard is compared with.
    #[cfg(test)]
    Unguarded,
}

/// Lets addresses pass, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard(pub(crate) Reach);

/// An address that may not be reached. It does not say which one: answers to that would tell
/// whoever configures webhooks what stands in the network around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("leads to an address that is not public")]
pub(crate) struct Forbidden;

impl Guard {
    /// The address to connect to, if it may be reached.
    pub(crate) fn admit(self, address: IpAddr) -> Result<IpAddr, Forbidden> {
        let address = embedded(address);
        match (self.0, class(address)) {
            (_, Class::Public) | (Reach::Private, Class::Private) => Ok(address),
            (Reach::Public, Class::Private) | (Reach::Public | Reach::Private, Class::Never) => {
                Err(Forbidden)
            }
            #[cfg(test)]
            (Reach::Unguarded, Class::Private | Class::Never) => Ok(address),
        }
    }
}

/// An IPv4 address in the dress of an IPv6 one is what it would be without. NAT64 (RFC 6052) keeps
/// its dress: networks of IPv6 alone reach the rest of the world by it.
fn embedded(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

#[cfg(test)]
mod tests;
