//! What a breaker remembers of calls besides the failures in a row: the last N calls, the calls of the last while, or when
//! counting starts over.
//!
//! All forget: a count window subtracts the call that it overwrites, a time window clears every slice that has aged out,
//! however long nobody called. All answer in constant time.

use super::{
    moment::{Moment, Timeline},
    policy::{BreakerPolicy, TripRule},
};
use std::time::Duration;

/// Sums over a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
}

impl Sums {
    fn add(&mut self, failed: bool, slow: bool) {
        self.calls += 1;
        self.failures += u64::from(failed);
        self.slow += u64::from(slow);
    }

    fn subtract(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failures -= other.failures;
        self.slow -= other.slow;
    }
}

/// Whether `part` of `whole` is at least `percent`.
pub(super) const fn reaches(part: u64, whole: u64, percent: u8) -> bool {
    part.saturating_mul(100) >= whole.saturating_mul(percent as u64)
}

const SLICES: usize = 10;
const FAILED: u8 = 1;
const SLOW: u8 = 2;

#[derive(Debug)]
pub(super) enum Window {
    /// A ring of outcomes.
    Count { ring: Box<[u8]>, next: usize, sums: Sums },
    /// A ring of time slices; `newest` is the number of the newest.
    Time { slice: Duration, newest: u64, slices: Box<[Sums; SLICES]>, sums: Sums },
    /// Nothing but the edge at which the failures in a row start over.
    Interval { length: Duration, ends: Moment },
}

impl Window {
    /// The empty window that the policy needs, if it needs one.
    pub(super) fn new(policy: &BreakerPolicy, now: Moment) -> Option<Self> {
        match policy.trip {
            TripRule::Consecutive { .. } => {
                policy.interval.map(|length| Self::Interval { length, ends: now.plus(length) })
            }
            TripRule::CountWindow { calls, .. } => {
                let ring = vec![0; usize::try_from(calls).unwrap_or(1)].into_boxed_slice();
                Some(Self::Count { ring, next: 0, sums: Sums::default() })
            }
            TripRule::TimeWindow { length, .. } => {
                let slice = (length / 10).max(Duration::from_nanos(1));
                Some(Self::Time { slice, newest: 0, slices: Box::default(), sums: Sums::default() })
            }
        }
    }

    /// Forgets everything without giving memory back.
    pub(super) fn clear(&mut self, now: Moment) {
        match self {
            Self::Count { next, sums, .. } => (*next, *sums) = (0, Sums::default()),
            Self::Time { slices, sums, .. } => (**slices, *sums) = ([Sums::default(); SLICES], Sums::default()),
            Self::Interval { length, ends } => *ends = now.plus(*length),
        }
    }

    /// Whether the edge of a counting interval has passed since it was last asked.
    pub(super) fn rolls(&mut self, time: &Timeline) -> bool {
        let Self::Interval { length, ends } = self else { return false };
        let now = time.now();
        if now < *ends {
            return false;
        }
        let over = now.since(*ends).as_nanos() % length.as_nanos().max(1);
        let into = Duration::from_nanos(u64::try_from(over).unwrap_or(0));
        *ends = now.plus(length.saturating_sub(into));
        true
    }

    /// Records one call and returns the sums over the window, which includes it.
    pub(super) fn record(&mut self, time: &Timeline, failed: bool, slow: bool) -> Sums {
        match self {
            Self::Count { ring, next, sums } => {
                let size = ring.len() as u64;
                let Some(cell) = ring.get_mut(*next) else { return *sums };
                if sums.calls == size {
                    let old =
                        Sums { calls: 1, failures: u64::from(*cell & FAILED != 0), slow: u64::from(*cell & SLOW != 0) };
                    sums.subtract(old);
                }
                *cell = u8::from(failed) * FAILED + u8::from(slow) * SLOW;
                *next = if *next + 1 == ring.len() { 0 } else { *next + 1 };
                sums.add(failed, slow);
                *sums
            }
            Self::Time { slice, newest, slices, sums } => {
                let number = time.now().since_origin().as_nanos() / slice.as_nanos();
                let number = u64::try_from(number).unwrap_or(u64::MAX);
                let aged = number.saturating_sub(*newest).min(SLICES as u64);
                *newest = number.max(*newest);
                for back in 0..aged {
                    let old = &mut slices[index(*newest - back)];
                    sums.subtract(*old);
                    *old = Sums::default();
                }
                slices[index(*newest)].add(failed, slow);
                sums.add(failed, slow);
                *sums
            }
            Self::Interval { .. } => Sums::default(),
        }
    }
}

/// Where a slice lies in the ring.
fn index(number: u64) -> usize {
    usize::try_from(number % SLICES as u64).unwrap_or(0)
}
