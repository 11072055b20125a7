//! What a caller over the limit gets.

use super::state::Quota;
use std::time::Duration;

/// The call is over the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {} calls is used up; the next is free in {retry_after:?}", quota.limit)]
pub struct Limited {
    /// The limit and what is left of it.
    pub quota: Quota,
    /// When one call is free again.
    pub retry_after: Duration,
}

impl Limited {
    /// The wait in whole seconds, rounded up, as `Retry-After` wants it; at least 1.
    pub fn retry_after_seconds(&self) -> u64 {
        let whole = self.retry_after.as_secs();
        if self.retry_after.subsec_nanos() > 0 { whole.saturating_add(1) } else { whole.max(1) }
    }
}
