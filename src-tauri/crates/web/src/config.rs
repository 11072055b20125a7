//! What a server is given besides its listener and its console.

use domain::Secret;
use std::time::Duration;

/// The secrets of one start, and its bounds.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Printed once in the address; good for one entrance.
    pub entrance: Secret,
    /// What the cookie holds after the entrance; unknown to anybody before.
    pub session: Secret,
    /// Longest silence on the event stream.
    pub heartbeat: Duration,
    /// Most event streams at once.
    pub max_streams: usize,
    /// How long requests may take to finish after the end was asked for.
    pub drain: Duration,
}

impl WebConfig {
    /// Heartbeats every 10 s, 32 streams, 5 s to finish. Both secrets are random and at least 32 bytes long.
    pub const fn new(entrance: Secret, session: Secret) -> Self {
        Self { entrance, session, heartbeat: Duration::from_secs(10), max_streams: 32, drain: Duration::from_secs(5) }
    }
}
