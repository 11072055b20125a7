//! Whose calls are counted together.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

/// Whose calls are counted together; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Somebody who is known.
    Principal(Arc<str>),
    /// An IPv4 address, or an IPv6 network of 64 bits, which is what one household or server gets.
    Address(IpAddr),
}

impl Key {
    /// The key of somebody who is known.
    pub fn principal(id: &str) -> Self {
        Self::Principal(id.into())
    }

    /// The key of an address: IPv6 by its first 64 bits, an IPv4 address in IPv6 clothes as itself.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The address of the client behind `trusted_proxies` proxies of ours. `peer` is who holds the connection;
/// `forwarded_for` are the `X-Forwarded-For` lines in the order received.
///
/// Each proxy appends who spoke to it, so the client is so many places from the right. What is further left was written by
/// the client and may be anything. With no proxy the header does not count at all. If an entry is missing or is no
/// address (`unknown`, or one with a zone), the nearest hop to its right counts. This is sound only if clients cannot go round the proxies.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded_for: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    trusted_proxies: usize,
) -> IpAddr {
    let hops = forwarded_for.into_iter().rev().flat_map(|line| line.rsplit(','));
    hops.take(trusted_proxies).map_while(address).last().unwrap_or(peer).to_canonical()
}

/// An address as proxies write it: bare, with a port, in brackets.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    entry.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip())).or_else(bare)
}
