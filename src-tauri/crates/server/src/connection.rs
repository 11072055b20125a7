//! What is known of a request from the connection that it came by.

use axum::http::HeaderMap;
use reliability::rate_limit::client_address;
use std::net::IpAddr;
use tokio_util::sync::CancellationToken;

/// What proxies of ours write down of whoever spoke to them.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Somebody on a network; nothing is known of them.
    Network {
        /// The address of ours that they reached.
        local: IpAddr,
        /// Who holds the connection: the client, or the last proxy in front.
        remote: IpAddr,
        /// The client behind the proxies that are declared; the same as `remote` when none is.
        address: IpAddr,
    },
    /// A process on this machine.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only made where there are Unix sockets"))]
    Local {
        /// The user that it runs as, as the kernel vouches; `None` if the kernel did not say.
        uid: Option<u32>,
        /// The user that this server runs as.
        own: u32,
    },
}

impl Peer {
    /// Where the client is, if it is on a network.
    pub(crate) const fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Network { address, .. } => Some(*address),
            Self::Local { .. } => None,
        }
    }
}

/// A connection, as every request on it sees it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    /// Whether it is encrypted as far as this process.
    pub(crate) encrypted: bool,
    /// Told when live streams must end.
    pub(crate) shutdown: CancellationToken,
}

impl Connection {
    /// The same for one request: behind proxies of ours, each may come from another client.
    pub(crate) fn of_request(&self, headers: &HeaderMap, trusted_proxies: usize) -> Self {
        let Peer::Network { local, remote, .. } = self.peer else { return self.clone() };
        // A line that is no text is kept as one that holds no address: leaving it out would shift the others.
        let lines: Vec<_> =
            headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or_default()).collect();
        let address = client_address(remote, lines, trusted_proxies);
        Self { peer: Peer::Network { local, remote, address }, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, FORWARDED_FOR, Peer};
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn client(lines: &[&[u8]], trusted_proxies: usize) -> String {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let peer = Peer::Network { local: ip("10.0.0.1"), remote: ip("10.0.0.2"), address: ip("10.0.0.2") };
        let connection = Connection { peer, encrypted: false, shutdown: tokio_util::sync::CancellationToken::new() };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).expect("a header"));
        }
        match connection.of_request(&headers, trusted_proxies).peer {
            Peer::Network { address, .. } => address.to_string(),
            Peer::Local { .. } => "local".to_owned(),
        }
    }

    #[test]
    fn the_header_counts_from_the_right_and_only_behind_declared_proxies() {
        let forged: &[&[u8]] = &[b"6.6.6.6, 203.0.113.9", b"203.0.113.7"];
        assert_eq!(client(forged, 0), "10.0.0.2", "with no proxy the header does not count at all");
        assert_eq!(client(forged, 1), "203.0.113.7", "one proxy vouches for the last entry");
        assert_eq!(client(forged, 2), "203.0.113.9", "two for the last but one");
        assert_eq!(client(&[], 2), "10.0.0.2", "without the header the connection counts");
        assert_eq!(client(&[b"6.6.6.6", b"\xff"], 1), "10.0.0.2", "what is no text does not move the others up");
    }
}
