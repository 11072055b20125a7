//! What a server is given besides its engine and its listeners.

use crate::limits::TierPolicies;
use domain::Clock;
use std::{sync::Arc, time::Duration};

/// Who can reach a TCP listener.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Only this machine; a listener on any other address is refused.
    #[default]
    Loopback,
    /// Whoever the network lets through: by TLS, or by plain HTTP from proxies in front that speak TLS.
    Network,
}

/// Bounds and manners of a server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Gives the time of every answer.
    pub clock: Arc<dyn Clock>,
    /// Who can reach a TCP listener.
    pub reach: Reach,
    /// What the user that this process runs as is called in events; nobody else comes in by the local socket.
    pub user: String,
    /// Names besides the loopback ones by which this machine may be called in a `Host` header, without port.
    pub hosts: Vec<String>,
    /// How many proxies of ours stand in front, one behind the other, each of which appends to `X-Forwarded-For` who spoke
    /// to it. With 0 that header does not count, and plain HTTP is served on loopback alone. Clients must have no way
    /// round the proxies.
    pub trusted_proxies: usize,
    /// How often somebody may ask who comes by TCP.
    pub limits: TierPolicies,
    /// Longest silence on a live stream.
    pub heartbeat: Duration,
    /// Most live streams at once: so many for all tokens together, and so many for the local socket.
    pub max_streams: usize,
    /// Most connections at once per listener; further ones wait to be accepted.
    pub max_connections: usize,
    /// Most bytes of a request body.
    pub body_limit: usize,
    /// How long a TLS handshake, then the head of a request, and then its body, may take to arrive.
    pub patience: Duration,
    /// How long requests may take to finish after the end was asked for.
    pub drain: Duration,
}

impl ServerConfig {
    /// The number of the user as its name, loopback only, no proxies, heartbeats every 10 s, 64 streams, 512 connections, bodies of 1 MiB within 30 s, 10 s to finish.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            reach: Reach::Loopback,
            user: own_id(),
            hosts: Vec::new(),
            trusted_proxies: 0,
            limits: TierPolicies::default(),
            heartbeat: Duration::from_secs(10),
            max_streams: 64,
            max_connections: 512,
            body_limit: 1024 * 1024,
            patience: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

#[cfg(unix)]
fn own_id() -> String {
    format!("local:{}", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn own_id() -> String {
    "local".to_owned()
}
