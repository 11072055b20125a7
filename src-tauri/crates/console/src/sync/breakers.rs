//! When the breakers of a plane are read: at once when the plane says that something happened to one, and now and then
//! in any case, because not every plane says so.

use crate::pace::Pace;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// What is to be read of them.
#[derive(Debug)]
pub(super) struct Breakers {
    told_of: BTreeSet<String>,
    reading: bool,
    due: Instant,
}

impl Breakers {
    /// They are read when the session begins.
    pub(super) fn new() -> Self {
        Self { told_of: BTreeSet::new(), reading: false, due: Instant::now() }
    }

    /// Something happened to one.
    pub(super) fn told_of(&mut self, breaker: String) {
        self.told_of.insert(breaker);
        self.due = self.due.min(Instant::now());
    }

    /// Those that were told of, if they are to be read now.
    pub(super) fn take(&mut self, now: Instant) -> Option<BTreeSet<String>> {
        if self.reading || self.due > now {
            return None;
        }
        self.reading = true;
        Some(std::mem::take(&mut self.told_of))
    }

    /// They have been read, or could not be.
    pub(super) fn done(&mut self, pace: &Pace) {
        self.reading = false;
        self.due = if self.told_of.is_empty() { Instant::now() + pace.breakers_every } else { Instant::now() };
    }

    /// When to look again; `None` while they are being read.
    pub(super) fn next_due(&self) -> Option<Instant> {
        (!self.reading).then_some(self.due)
    }
}
