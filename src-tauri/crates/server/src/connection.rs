//! What is known of a request from the connection that it came by.

use std::net::IpAddr;
use tokio_util::sync::CancellationToken;

/// The other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Somebody on a network; nothing is known of them.
    Network {
        /// The address of ours that they reached.
        local: IpAddr,
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

/// A connection, as every request on it sees it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    /// Told when live streams must end.
    pub(crate) shutdown: CancellationToken,
}
