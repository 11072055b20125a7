//! The state machine, pure: from what is stored and what is asked to what is done.

use super::{key::Fingerprint, policy::IdempotencyPolicy};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// What a store keeps for a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<R> {
    /// Changes with every replacement; [`Store::replace`](super::Store::replace) compares it. Fits a signed 64-bit column.
    pub token: u64,
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// How far it is.
    pub phase: Phase<R>,
    /// After this the record counts for nothing and may be purged. Wall-clock time, since it outlives the process.
    pub ends: SystemTime,
}

impl<R> Record<R> {
    /// Whether it still means anything. A claim that ends later than any claim can was made before the wall clock was set
    /// back, and would lock its key until the clock has caught up.
    fn counts(&self, policy: &IdempotencyPolicy, now: SystemTime) -> bool {
        let latest = later(now, policy.lease);
        self.ends > now && (matches!(self.phase, Phase::Done(_)) || self.ends <= latest)
    }
}

/// How far a request is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase<R> {
    /// Somebody claimed it and runs the handler.
    InFlight,
    /// It was carried out, with this response.
    Done(R),
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<R> {
    /// Put this claim in the place of what was found, then run the handler.
    Claim(Record<R>),
    /// Answer with the stored response.
    Replay(R),
    /// Refuse: it is being carried out.
    InFlight {
        /// When to ask again.
        retry_after: Duration,
    },
    /// Refuse: the key was used for another request.
    AnotherRequest,
}

/// What to do with a request for `fingerprint` when `found` is stored for its scope; `token` names the claim if it becomes
/// one, and `now` is the wall clock.
pub fn step<R>(
    policy: &IdempotencyPolicy,
    found: Option<Record<R>>,
    fingerprint: Fingerprint,
    token: u64,
    now: SystemTime,
) -> Step<R> {
    match found {
        Some(record) if record.counts(policy, now) => {
            if record.fingerprint != fingerprint {
                return Step::AnotherRequest;
            }
            match record.phase {
                Phase::Done(response) => Step::Replay(response),
                Phase::InFlight => {
                    let left = record.ends.duration_since(now).unwrap_or_default();
                    Step::InFlight { retry_after: left.min(policy.ask_again) }
                }
            }
        }
        _ => Step::Claim(Record { token, fingerprint, phase: Phase::InFlight, ends: later(now, policy.lease) }),
    }
}

/// `now` and so much more; a length that the clock cannot express counts as a century.
pub(super) fn later(now: SystemTime, by: Duration) -> SystemTime {
    const CENTURY: Duration = Duration::from_hours(24 * 36_525);
    now.checked_add(by.min(CENTURY)).unwrap_or(now)
}
