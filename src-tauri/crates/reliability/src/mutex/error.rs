//! What a waiter gets when its patience ends.

use std::time::Duration;

/// The lock was not free in time; the waiter has left the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the lock was not free within {waited:?}")]
pub struct StillLocked {
    /// How long the waiter waited.
    pub waited: Duration,
}
