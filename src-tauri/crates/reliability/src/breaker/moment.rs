//! Moments: the time since a breaker was made, as one number.
//!
//! Seconds in the upper half, nanoseconds of the second in the lower: so a moment fits an atomic, moments compare as they
//! are, the end of time has a value, and reading the clock needs neither a multiplication nor a division.

use crate::clock::Clock;
use std::time::Duration;
use tokio::time::Instant;

/// A moment on the clock of one breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

impl Moment {
    /// When the breaker was made.
    pub(super) const ORIGIN: Self = Self(0);

    /// Later than every moment that a clock can show.
    pub(super) const NEVER: Self = Self(u64::MAX);

    /// So long after the breaker was made; never, from 136 years on.
    #[inline]
    const fn after_origin(time: Duration) -> Self {
        if time.as_secs() > u32::MAX as u64 {
            return Self::NEVER;
        }
        Self(time.as_secs() << 32 | time.subsec_nanos() as u64)
    }

    /// The time since the breaker was made.
    #[inline]
    pub(super) const fn since_origin(self) -> Duration {
        Duration::new(self.0 >> 32, (self.0 & 0xffff_ffff) as u32)
    }

    /// So much later.
    pub(super) fn plus(self, time: Duration) -> Self {
        if self == Self::NEVER { self } else { Self::after_origin(self.since_origin().saturating_add(time)) }
    }

    /// The time from `earlier` to here; zero if that is later.
    #[inline]
    pub(super) const fn since(self, earlier: Self) -> Duration {
        self.since_origin().saturating_sub(earlier.since_origin())
    }

    /// The time left at `now` until here; none if here is never.
    #[inline]
    pub(super) fn left(self, now: Self) -> Option<Duration> {
        (self != Self::NEVER).then(|| self.since(now))
    }

    /// As a number that an atomic can hold, and that compares in the same way.
    #[inline]
    pub(super) const fn to_bits(self) -> u64 {
        self.0
    }

    /// From such a number.
    #[inline]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
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
        Moment::after_origin(self.clock.now().saturating_duration_since(self.origin))
    }

    /// Whether `moment` is still ahead.
    #[inline]
    pub(super) fn is_before(&self, moment: Moment) -> bool {
        // Not as moments: what is worked out from a reading of the clock delays the next reading, and this is not.
        let instant = self.instant(moment);
        let now = self.clock.now();
        instant.is_none_or(|instant| now < instant)
    }

    /// The moment as others see it; none for never, and for what the platform cannot express.
    #[inline]
    pub(super) fn instant(&self, moment: Moment) -> Option<Instant> {
        if moment == Moment::NEVER { None } else { self.origin.checked_add(moment.since_origin()) }
    }

    /// A moment that was read here, as others see it.
    pub(super) fn seen(&self, moment: Moment) -> Instant {
        self.instant(moment).unwrap_or(self.origin)
    }
}
