//! The numbers of a breaker.

use crate::growth::Growth;
use std::{sync::Arc, time::Duration};

/// When a breaker opens, how long it stays open, and what closes it.
///
/// Fields may be set freely; [`Breaker::new`](super::Breaker::new) clamps what makes no sense, as each field says.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerPolicy {
    /// What opens it.
    pub trip: TripRule,
    /// Successes that close it from half-open, which is also how many probes may be in flight; at least 1.
    pub success_threshold: u32,
    /// How long one call through [`Breaker::call`](super::Breaker::call) may take before it is stopped and counted as a
    /// failure, and the lease of a permit that was taken by hand; at least 1 ms. `Duration::MAX` means no limit.
    pub call_timeout: Duration,
    /// How long it stays open before the first probe.
    pub open_for: Duration,
    /// Whether the open time grows each time a recovery fails; it starts over when the breaker closes.
    pub open_growth: Option<Growth>,
    /// Whether slow calls count; only windows count them, and [`TripRule::Consecutive`] does not.
    pub slow: Option<SlowCalls>,
    /// With [`TripRule::Consecutive`]: the count starts over this often, results across the edge are late. None: never.
    pub interval: Option<Duration>,
    /// A dropped call that had run at least this long counts as a timeout rather than as nothing. For callers that cannot
    /// help giving up before `call_timeout`; otherwise every hang would look like a caller who lost interest.
    pub cancel_fails_after: Option<Duration>,
}

impl BreakerPolicy {
    /// For a call over the network: 5 failures in a row, 2 successes, 30 s per call, 60 s open.
    pub const fn http() -> Self {
        Self {
            trip: TripRule::Consecutive { failures: 5 },
            success_threshold: 2,
            call_timeout: Duration::from_secs(30),
            open_for: Duration::from_mins(1),
            open_growth: None,
            slow: None,
            interval: None,
            cancel_fails_after: None,
        }
    }

    /// For a call to an AI provider, which thinks for longer and recovers more slowly: 60 s per call, 120 s open.
    pub const fn ai() -> Self {
        Self { call_timeout: Duration::from_mins(1), open_for: Duration::from_mins(2), ..Self::http() }
    }

    /// Whether anything depends on how long a call takes.
    pub(super) const fn looks_at_time(&self) -> bool {
        self.slow.is_some() || self.cancel_fails_after.is_some()
    }

    /// Whether a success means nothing but that there is no failure in a row.
    pub(super) const fn only_counts_failures(&self) -> bool {
        matches!(self.trip, TripRule::Consecutive { .. }) && self.interval.is_none() && !self.looks_at_time()
    }

    /// The policy with every clamp applied; the same allocation if there is nothing to clamp.
    pub(super) fn clamp(given: Arc<Self>) -> Arc<Self> {
        let clamped = (*given).clone().clamped();
        if clamped == *given { given } else { Arc::new(clamped) }
    }

    fn clamped(mut self) -> Self {
        self.success_threshold = self.success_threshold.max(1);
        self.call_timeout = self.call_timeout.max(Duration::from_millis(1));
        let counts = matches!(self.trip, TripRule::Consecutive { .. });
        self.interval = self.interval.filter(|interval| counts && !interval.is_zero());
        if let Some(slow) = &mut self.slow {
            slow.rate = slow.rate.clamp(1, 100);
        }
        match &mut self.trip {
            TripRule::Consecutive { failures } => *failures = (*failures).max(1),
            TripRule::CountWindow { calls, minimum, failure_rate } => {
                *calls = (*calls).clamp(1, 100_000);
                *minimum = (*minimum).clamp(1, *calls);
                *failure_rate = (*failure_rate).clamp(1, 100);
            }
            TripRule::TimeWindow { length, minimum, failure_rate } => {
                *length = (*length).max(Duration::from_millis(10));
                *minimum = (*minimum).max(1);
                *failure_rate = (*failure_rate).clamp(1, 100);
            }
        }
        self
    }

    /// How long it stays open the `nth` time in a row, from 1.
    pub(super) fn open_time(&self, nth: u32) -> Duration {
        self.open_growth.map_or(self.open_for, |growth| growth.after(self.open_for, nth.saturating_sub(1)))
    }

    /// The failures in a row that open it, where that is the rule.
    pub const fn failure_threshold(&self) -> Option<u32> {
        match self.trip {
            TripRule::Consecutive { failures } => Some(failures),
            TripRule::CountWindow { .. } | TripRule::TimeWindow { .. } => None,
        }
    }
}

/// What opens a breaker. Rates open it when they are reached, not only when they are exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripRule {
    /// So many failures in a row; a success starts over.
    Consecutive {
        /// At least 1.
        failures: u32,
    },
    /// A share of the last calls.
    CountWindow {
        /// How many calls the window remembers, 1 to 100,000.
        calls: u32,
        /// Calls needed before the rates mean anything; clamped to `calls`.
        minimum: u32,
        /// Failures that open it, in percent of the calls, 1 to 100.
        failure_rate: u8,
    },
    /// A share of the calls of the last while, which is kept in ten slices: a slice leaves as a whole.
    TimeWindow {
        /// At least 10 ms.
        length: Duration,
        /// Calls needed before the rates mean anything, at least 1.
        minimum: u32,
        /// Failures that open it, in percent of the calls, 1 to 100.
        failure_rate: u8,
    },
}

/// When calls are so slow that they count against the dependency, whether they succeed or not. A probe that is slow opens
/// the breaker again, for a dependency that was given up for being slow is not healthy while it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowCalls {
    /// Longer than this is slow.
    pub over: Duration,
    /// Slow calls that open it, in percent of the calls, 1 to 100.
    pub rate: u8,
}
