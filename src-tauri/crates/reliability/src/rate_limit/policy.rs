//! The numbers of a rate limit.

use std::time::Duration;

const QUARTER: Duration = Duration::from_mins(15);

/// So many calls per window, for so many keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatePolicy {
    /// Calls in any window; 0 counts as 1.
    pub limit: u32,
    /// How long the window is; zero counts as 1 ns.
    pub window: Duration,
    /// Keys with a window of their own at any time; further keys share one. 0 is allowed: then all share.
    pub max_keys: usize,
}

impl RatePolicy {
    const fn tier(limit: u32, window: Duration) -> Self {
        Self { limit, window, max_keys: 100_000 }
    }

    /// Everything without a tier of its own: 1000 in 15 minutes.
    pub const fn general() -> Self {
        Self::tier(1000, QUARTER)
    }

    /// Logging in and refreshing tokens: 10 in 15 minutes.
    pub const fn auth() -> Self {
        Self::tier(10, QUARTER)
    }

    /// What costs money or minutes: 100 in 15 minutes.
    pub const fn expensive() -> Self {
        Self::tier(100, QUARTER)
    }

    /// Acts of administrators: 50 in 15 minutes, per principal, else per address.
    pub const fn admin() -> Self {
        Self::tier(50, QUARTER)
    }

    /// Calls from other machines: 10 a second.
    pub const fn webhooks() -> Self {
        Self::tier(10, Duration::from_secs(1))
    }

    /// The flood guard per address: 100 a minute.
    pub const fn flood() -> Self {
        Self::tier(100, Duration::from_mins(1))
    }
}
