//! The numbers of idempotency.

use std::time::Duration;

/// How long claims and responses last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyPolicy {
    /// How long a claim lasts if its process dies; longer than the longest handler takes. Zero claims nothing: then every
    /// concurrent repetition runs.
    pub lease: Duration,
    /// How long a response is replayed; zero means never.
    pub retention: Duration,
    /// What somebody who comes while the handler runs is told to wait; never more than is left of the lease.
    pub ask_again: Duration,
}

impl Default for IdempotencyPolicy {
    fn default() -> Self {
        Self { lease: Duration::from_mins(5), retention: Duration::from_hours(24), ask_again: Duration::from_secs(1) }
    }
}
