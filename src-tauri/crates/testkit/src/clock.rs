//! A wall clock that stands still until a test turns it.

use domain::{Clock, Timestamp};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// A wall clock that stands still until a test turns it.
#[derive(Debug)]
pub struct TurnedClock(AtomicI64);

impl TurnedClock {
    /// Starts at this moment.
    pub const fn at(moment: Timestamp) -> Self {
        Self(AtomicI64::new(moment.as_millis()))
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
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
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
