//! Why a server could not serve.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a listener is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines, which nobody allowed.
    #[error(
        "{address} can be reached from other machines; listen on 127.0.0.1 or [::1], or allow the network explicitly"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The address can be reached from other machines, and what is said there could be read on the way.
    #[error(
        "{address} can be reached from other machines, and plain HTTP would show every token to whoever is on the way"
    )]
    InClear {
        /// The address.
        address: SocketAddr,
    },
    /// The listener does not know its own address.
    #[error("the listener cannot be used: {source}")]
    Listener {
        /// What the system said.
        source: io::Error,
    },
    /// Somebody answers on the socket.
    #[error("{} is served by another process already", path.display())]
    SocketInUse {
        /// The socket.
        path: PathBuf,
    },
    /// The path is taken by something that is no socket and is therefore left alone.
    #[error("{} is there and is no socket; move it away", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// The socket cannot be made.
    #[error("{} cannot be made: {source}", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system said; paths of more than about 100 bytes are too long for a socket.
        source: io::Error,
    },
}
