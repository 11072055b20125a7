//! The sliding window of one key: the moments of its calls, the oldest first.

use std::collections::VecDeque;

/// Calls that share a moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    /// When the first of them was admitted, in ns since the limiter was made.
    first: u64,
    /// When the last was: all of them count until this is a window old.
    last: u64,
    calls: u32,
}

/// What is in the window of one key.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    moments: VecDeque<Moment>,
    used: u32,
}

/// Limits up to this are exact, and no key has more moments (one more at the edge).
pub(super) const EXACT: u32 = 64;

impl Window {
    /// Forgets what is a window old.
    pub(super) fn slide(&mut self, now: u64, window: u64) {
        while let Some(oldest) = self.moments.front() {
            if oldest.last.saturating_add(window) > now {
                return;
            }
            self.used -= oldest.calls;
            self.moments.pop_front();
        }
    }

    /// Counts a call at `now`; calls up to `grain` apart share a moment. Times must not decrease.
    pub(super) fn add(&mut self, now: u64, grain: u64) {
        self.used += 1;
        match self.moments.back_mut() {
            Some(newest) if now - newest.first <= grain => (newest.last, newest.calls) = (now, newest.calls + 1),
            _ => self.moments.push_back(Moment { first: now, last: now, calls: 1 }),
        }
    }

    /// The calls in the window.
    pub(super) const fn used(&self) -> u32 {
        self.used
    }

    /// Until the oldest calls leave.
    pub(super) fn next_free(&self, now: u64, window: u64) -> u64 {
        self.moments.front().map_or(0, |oldest| oldest.last.saturating_add(window).saturating_sub(now))
    }

    /// Until all calls have left.
    pub(super) fn all_free(&self, now: u64, window: u64) -> u64 {
        self.moments.back().map_or(0, |newest| newest.last.saturating_add(window).saturating_sub(now))
    }
}
