//! The numbers of a poll.

use std::time::Duration;

/// How long to wait between polls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PollPolicy {
    /// The wait after a poll that found work; no wait is shorter. Zero does not grow: then it polls without a pause.
    pub shortest: Duration,
    /// No wait is longer, except where the other side asked for more.
    pub longest: Duration,
    /// What the wait is multiplied by after each poll that found nothing or failed; below 1, or not a number,
    /// counts as 1.
    pub factor: f64,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self { shortest: Duration::from_secs(5), longest: Duration::from_secs(30), factor: 1.5 }
    }
}
