//! The limiter: a window per key, and one for the keys that are too many.

use super::{
    error::Limited,
    key::Key,
    policy::RatePolicy,
    window::{EXACT, Window},
};
use crate::clock::Clock;
use parking_lot::Mutex;
use std::{collections::HashMap, hash::Hash, time::Duration};
use tokio::time::Instant;

/// A limit and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Calls in any window.
    pub limit: u32,
    /// Calls that would be admitted right now.
    pub remaining: u32,
    /// Until the whole limit is free again, if nobody calls meanwhile.
    pub reset: Duration,
}

/// Admits at most so many calls per key in any window.
#[derive(Debug)]
pub struct RateLimit<K = Key> {
    policy: RatePolicy,
    clock: Clock,
    window: u64,
    grain: u64,
    shared: Mutex<Shared<K>>,
}

#[derive(Debug)]
struct Shared<K> {
    epoch: Instant,
    windows: HashMap<K, Window>,
    /// The window of all keys that came when there was no room.
    crowd: Window,
    next_sweep: u64,
}

impl<K: Eq + Hash + Clone> RateLimit<K> {
    /// A limiter that reads tokio's clock.
    pub fn new(policy: RatePolicy) -> Self {
        Self::with_clock(policy, Clock::tokio())
    }

    /// A limiter that reads the given clock.
    pub fn with_clock(policy: RatePolicy, clock: Clock) -> Self {
        let policy = RatePolicy { limit: policy.limit.max(1), ..policy };
        let window = nanos(policy.window).max(1);
        let grain = if policy.limit <= EXACT { 0 } else { window / u64::from(EXACT) };
        let shared =
            Shared { epoch: clock.now(), windows: HashMap::new(), crowd: Window::default(), next_sweep: window };
        Self { policy, clock, window, grain, shared: Mutex::new(shared) }
    }

    /// Its policy.
    pub const fn policy(&self) -> &RatePolicy {
        &self.policy
    }

    /// Counts one call of `key`, if it is within the limit.
    ///
    /// # Errors
    /// [`Limited`] if it is not; the call was not counted.
    pub fn check(&self, key: &K) -> Result<Quota, Limited> {
        let mut shared = self.shared.lock();
        // Read under the lock, so that the times of the windows never decrease.
        let now = nanos(self.clock.now().saturating_duration_since(shared.epoch));
        if now >= shared.next_sweep {
            // But not the key itself, which would begin anew as one of the crowd.
            self.sweep_at(&mut shared, now, Some(key));
        }
        let Shared { windows, crowd, .. } = &mut *shared;
        let room = windows.len() < self.policy.max_keys;
        let calls = match windows.get_mut(key) {
            Some(calls) => calls,
            // A new key may have called as one of the crowd: it starts with the calls of the crowd.
            None if room => windows.entry(key.clone()).or_insert_with(|| {
                crowd.slide(now, self.window);
                crowd.clone()
            }),
            None => crowd,
        };
        calls.slide(now, self.window);
        let admitted = calls.used() < self.policy.limit;
        if admitted {
            calls.add(now, self.grain);
        }
        let quota = self.quota_of(calls, now);
        if admitted {
            Ok(quota)
        } else {
            Err(Limited { quota, retry_after: Duration::from_nanos(calls.next_free(now, self.window)) })
        }
    }

    /// What `key` has left, without counting a call.
    pub fn quota(&self, key: &K) -> Quota {
        let mut shared = self.shared.lock();
        let now = nanos(self.clock.now().saturating_duration_since(shared.epoch));
        let Shared { windows, crowd, .. } = &mut *shared;
        let calls = windows.get_mut(key).unwrap_or(crowd);
        calls.slide(now, self.window);
        self.quota_of(calls, now)
    }

    /// Keys that have a window right now.
    pub fn keys(&self) -> usize {
        self.shared.lock().windows.len()
    }

    /// Forgets every key with nothing in its window and gives the memory back. Calls do this by themselves once a window;
    /// call it where calls may cease altogether.
    pub fn sweep(&self) {
        let mut shared = self.shared.lock();
        let now = nanos(self.clock.now().saturating_duration_since(shared.epoch));
        self.sweep_at(&mut shared, now, None);
    }

    fn sweep_at(&self, shared: &mut Shared<K>, now: u64, keep: Option<&K>) {
        shared.windows.retain(|key, calls| {
            calls.slide(now, self.window);
            calls.used() > 0 || Some(key) == keep
        });
        if shared.windows.len() < shared.windows.capacity() / 4 {
            shared.windows.shrink_to_fit();
        }
        // At most once a second, so that a short window does not mean a sweep for every call.
        shared.next_sweep = now.saturating_add(self.window.max(1_000_000_000));
    }

    fn quota_of(&self, calls: &Window, now: u64) -> Quota {
        Quota {
            limit: self.policy.limit,
            remaining: self.policy.limit.saturating_sub(calls.used()),
            reset: Duration::from_nanos(calls.all_free(now, self.window)),
        }
    }
}

/// In nanoseconds, saturating after 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
