//! What a breaker can tell about itself.

use super::state::{Cause, State};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Counts since the breaker was made; they only grow (a reset does not touch them), so they serve as metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tallies {
    /// Calls that succeeded in the generation that admitted them.
    pub successes: u64,
    /// Calls that failed in the generation that admitted them, timeouts included.
    pub failures: u64,
    /// Of the failures, those that ran into a time limit.
    pub timeouts: u64,
    /// Calls whose outcome says nothing about the dependency.
    pub ignored: u64,
    /// Calls that were dropped before they had an outcome.
    pub dropped: u64,
    /// Calls that were slow, whatever came of them.
    pub slow: u64,
    /// Results of an earlier generation, or after the end of their lease; they decided nothing.
    pub late: u64,
    /// Calls refused.
    pub rejections: u64,
    /// Probe slots taken back because their lease ended.
    pub leases_expired: u64,
    /// How often it opened.
    pub times_opened: u64,
}

impl Tallies {
    /// Calls that were let through and have ended, one way or another.
    pub const fn calls(&self) -> u64 {
        let counted = self.successes.saturating_add(self.failures);
        counted.saturating_add(self.ignored).saturating_add(self.dropped).saturating_add(self.late)
    }
}

/// One consistent reading of a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Where it stands, as [`Breaker::state`](super::Breaker::state) says.
    pub state: State,
    /// How long it has stood there.
    pub state_age: Duration,
    /// Grows with every transition, reset, isolation and change of mode.
    pub generation: u64,
    /// Failures in a row right now.
    pub consecutive_failures: u32,
    /// Failures in a row that open it; none if a window decides.
    pub failure_threshold: Option<u32>,
    /// Successful probes so far, while half-open.
    pub probe_successes: u32,
    /// Probes in flight, while half-open.
    pub probes_in_flight: u32,
    /// Successful probes that close it.
    pub success_threshold: u32,
    /// How often it has opened since it was last closed.
    pub open_count: u32,
    /// While open: until the first probe may pass; zero once it may, and in every other state. `Duration::MAX` if never.
    pub remaining: Duration,
    /// Why it last opened.
    pub cause: Option<Cause>,
    /// Counts since it was made.
    pub tallies: Tallies,
}
