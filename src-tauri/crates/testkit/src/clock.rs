//! A wall clock that stands still until a test turns it.

use domain::{Clock, Timestamp};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// A wall clock that stands still until a test turns it.
#[derive(Debug)]
pub struct TurnedClock {
    now: AtomicI64,
    /// How far the clock on the wall is ahead of UTC.
    ahead_minutes: AtomicI64,
}

impl TurnedClock {
    /// Starts at this moment.
    pub const fn at(moment: Timestamp) -> Self {
        Self { now: AtomicI64::new(moment.as_millis()), ahead_minutes: AtomicI64::new(0) }
    }

    /// Hangs it on a wall whose clock is so many minutes ahead of UTC.
    pub fn hang_ahead(&self, minutes: i64) {
        self.ahead_minutes.store(minutes, Ordering::SeqCst);
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.now.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Default for TurnedClock {
    /// 2026-08-22T03:14:00Z, a bad hour.
    fn default() -> Self {
        Self::at(Timestamp::from_millis(1_787_368_440_000))
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn local_minute(&self, at: Timestamp) -> u16 {
        let minutes = at.as_millis().div_euclid(60_000) + self.ahead_minutes.load(Ordering::SeqCst);
        u16::try_from(minutes.rem_euclid(24 * 60)).unwrap_or(0)
    }
}
