//! The wait between polls, and the loop that polls.

use super::policy::PollPolicy;
use crate::growth::Growth;
use std::{ops::ControlFlow, time::Duration};
use tokio::{sync::watch, time::sleep};

/// What a poll found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Polled {
    /// Something changed.
    Work,
    /// Nothing changed.
    Idle,
    /// The poll failed; the other side may have asked for a wait.
    Failed {
        /// The wait asked for.
        retry_after: Option<Duration>,
    },
}

/// The wait before the next poll.
#[derive(Debug, Clone)]
pub struct AdaptivePoll {
    policy: PollPolicy,
    /// What the next wait grows from.
    grown: Duration,
    wait: Duration,
}

impl AdaptivePoll {
    /// Starts with the shortest wait.
    pub const fn new(policy: PollPolicy) -> Self {
        Self { policy, grown: policy.shortest, wait: policy.shortest }
    }

    /// The wait before the next poll.
    pub const fn wait(&self) -> Duration {
        self.wait
    }

    /// Takes note of what a poll found; returns the wait before the next one. A wait that the other side asked for counts
    /// for this once and does not grow.
    pub fn observe(&mut self, polled: Polled) -> Duration {
        let PollPolicy { shortest, longest, factor } = self.policy;
        self.grown = match polled {
            Polled::Work => shortest,
            Polled::Idle | Polled::Failed { .. } => Growth { factor, cap: longest.max(shortest) }.after(self.grown, 1),
        };
        self.wait = match polled {
            Polled::Failed { retry_after: Some(asked) } => self.grown.max(asked),
            _ => self.grown,
        };
        self.wait
    }

    /// Polls at once, then after each wait, until `poll` breaks or `visible` loses its sender. While `visible` is false it
    /// does not poll; when it becomes true again it polls as soon as the current wait is over. Polls never overlap: the
    /// wait begins when a poll ends.
    pub async fn run<Poll, Polling>(&mut self, mut visible: watch::Receiver<bool>, mut poll: Poll)
    where
        Poll: FnMut() -> Polling,
        Polling: Future<Output = ControlFlow<(), Polled>>,
    {
        loop {
            // A sender that is gone is asked about first: what it sent last would still count.
            if visible.has_changed().is_err() || visible.wait_for(|visible| *visible).await.is_err() {
                return;
            }
            let ControlFlow::Continue(polled) = poll().await else { return };
            let wait = self.observe(polled);
            tokio::select! {
                () = sleep(wait) => {}
                () = gone(&mut visible) => return,
            }
        }
    }
}

/// Ends when the sender is gone.
async fn gone(visible: &mut watch::Receiver<bool>) {
    while visible.changed().await.is_ok() {}
}
