//! Moments: nanoseconds since a breaker was made.
//!
//! A moment is one number: it fits an atomic, the end of time has a value, and no sum can overflow.

use crate::clock::Clock;
use std::time::Duration;
use tokio::time::Instant;

/// A moment on the clock of one breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    /// Later than every moment that a clock can show.
    pub(super) const NEVER: Self = Self(u64::MAX);

    /// So much later; never, if the sum cannot be told apart from it (which takes 584 years).
    pub(super) fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanos(time)))
    }

    /// The time from `earlier` to here; zero if that is later.
    pub(super) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The time left at `now` until here; none if here is never.
    #[inline]
    pub(super) fn left(self, now: Self) -> Option<Duration> {
        (self != Self::NEVER).then(|| self.since(now))
    }
}

/// Where moments come from: a clock, and when it was first read.
#[derive(Debug)]
pub(super) struct Timeline {
    clock: Clock,
    origin: Instant,
}

impl Timeline {
    pub(super) fn new(clock: Clock) -> Self {
        let origin = clock.now();
        Self { clock, origin }
    }

    #[inline]
    pub(super) fn now(&self) -> Moment {
        Moment(nanos(self.clock.now().saturating_duration_since(self.origin)))
    }

    /// The moment as others see it; none for never, and for what the platform cannot express.
    pub(super) fn instant(&self, moment: Moment) -> Option<Instant> {
        if moment == Moment::NEVER { None } else { self.origin.checked_add(Duration::from_nanos(moment.0)) }
    }

    /// A moment that was read here, as others see it.
    pub(super) fn seen(&self, moment: Moment) -> Instant {
        self.instant(moment).unwrap_or(self.origin)
    }
}

/// In nanoseconds, saturating.
fn nanos(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000_000).saturating_add(u64::from(time.subsec_nanos()))
}
