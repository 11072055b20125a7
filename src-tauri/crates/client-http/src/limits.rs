//! How long and how much is waited for, and why a way to a plane cannot be made at all.

use std::time::Duration;

/// How long and how much is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection is there.
    pub connect: Duration,
    /// Until the next bytes of an answer are there.
    pub read: Duration,
    /// Until an answer is complete, however steadily it drips.
    pub call: Duration,
    /// Until anything is heard on a live feed, heartbeats included.
    pub silence: Duration,
    /// Most bytes of an answer, and of one item of a feed.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            call: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            body: 16 * 1024 * 1024,
        }
    }
}

/// Why a client cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The address is not an `http://` or `https://` URL without credentials, query or fragment.
    #[error("the address is not usable: {reason}")]
    Address {
        /// What is wrong with it; never holds the address, which may contain a password.
        reason: &'static str,
    },
    /// The token holds characters that no header can carry.
    #[error("the token holds characters that cannot be sent")]
    Token,
    /// The certificates of this machine cannot be read, or the like.
    #[error("no secure connection can be set up: {detail}")]
    Tls {
        /// What failed.
        detail: String,
    },
}
