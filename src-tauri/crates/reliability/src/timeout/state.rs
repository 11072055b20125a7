//! The moment itself.

use super::error::DeadlinePassed;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A moment by which work must be done; copies are the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// None if it is further off than the clock can express.
    at: Option<Instant>,
}

impl Deadline {
    /// So long from now.
    pub fn after(time: Duration) -> Self {
        Self { at: Instant::now().checked_add(time) }
    }

    /// The earlier of this moment and so long from now: an inner limit never exceeds the outer one.
    #[must_use]
    pub fn but_at_most(self, time: Duration) -> Self {
        let other = Self::after(time);
        match (self.at, other.at) {
            (Some(one), Some(two)) => Self { at: Some(one.min(two)) },
            (one, two) => Self { at: one.or(two) },
        }
    }

    /// The time left; zero once it has passed, `Duration::MAX` if it never does.
    pub fn remaining(self) -> Duration {
        self.at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
    }

    /// Runs `work` until it is done or the moment comes. Work that is done at once is done, even late.
    ///
    /// # Errors
    /// [`DeadlinePassed`], and `work` has been dropped.
    pub async fn run<F: Future>(self, work: F) -> Result<F::Output, DeadlinePassed> {
        match self.at {
            None => Ok(work.await),
            Some(at) => timeout_at(at, work).await.map_err(|_| DeadlinePassed),
        }
    }
}
