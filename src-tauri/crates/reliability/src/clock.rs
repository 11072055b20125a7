//! Monotonic time, given to the policies that need it.
//!
//! Wall clocks step back and forth; a breaker that waits by the wall clock can stay open for an hour after a correction.
//! So every wait here is measured with `tokio::time::Instant`, which is monotonic and follows tokio's paused test time.
//! A clock turned by hand exists besides, because paused time belongs to one thread and some tests race several.

use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Where a policy reads monotonic time; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    hand: Option<Arc<Hand>>,
}

impl Clock {
    /// Tokio's clock: the system's monotonic clock, or paused time inside a paused runtime.
    pub const fn tokio() -> Self {
        Self { hand: None }
    }

    /// A clock that stands still until its hand is turned; all clones share the hand.
    pub fn by_hand() -> (Self, Arc<Hand>) {
        let hand = Arc::new(Hand { now: Mutex::new(Instant::now()) });
        (Self { hand: Some(Arc::clone(&hand)) }, hand)
    }

    /// This moment.
    #[inline]
    pub fn now(&self) -> Instant {
        self.hand.as_ref().map_or_else(Instant::now, |hand| *hand.now.lock())
    }
}

/// Turns a clock made by [`Clock::by_hand`].
#[derive(Debug)]
pub struct Hand {
    now: Mutex<Instant>,
}

impl Hand {
    /// Moves the clock forward; a step that the platform cannot represent leaves it where it is.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock();
        if let Some(later) = now.checked_add(by) {
            *now = later;
        }
    }
}
