//! What is written down of requests that are not let in.
//!
//! Whoever has no token can still send requests as fast as the network allows, so not each of them may cost a line in the
//! log. Deliberately absent: counting by address, which belongs to a rate limit.

use parking_lot::Mutex;
use std::{net::IpAddr, time::Duration};
use tokio::time::Instant;

/// At most one line in this time.
const QUIET: Duration = Duration::from_secs(1);

/// Refusals since the last line about them.
#[derive(Debug, Default)]
pub(crate) struct Door(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    at: Option<Instant>,
    untold: u64,
}

impl Door {
    /// Takes note of a refusal of whoever is at `address`, if that is on a network; says whether a line was written.
    pub(crate) fn refused(&self, code: &'static str, address: Option<IpAddr>) -> bool {
        let mut told = self.0.lock();
        let now = Instant::now();
        if told.at.is_some_and(|at| now.duration_since(at) < QUIET) {
            told.untold += 1;
            return false;
        }
        let address = address.map(tracing::field::display);
        tracing::warn!(code, address, further = told.untold, "a request was refused at the door");
        *told = Told { at: Some(now), untold: 0 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, QUIET};

    #[tokio::test(start_paused = true)]
    async fn a_storm_of_refusals_is_a_line_a_second() {
        let door = Door::default();
        let lines = (0..10_000).filter(|_| door.refused("unauthenticated", None)).count();
        assert_eq!(lines, 1, "the first is told, the rest is counted");
        tokio::time::advance(QUIET).await;
        assert!(door.refused("unauthenticated", None), "a second later it is told again");
    }
}
