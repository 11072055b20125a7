//! Rounds of probes that are under way: how far each has come, and its end before its end.
//!
//! A round that is ended early keeps what was found up to then. Deliberately absent: rounds that are over; what they found is
//! in the cache.

use super::check::Facts;
use crate::view::ReadinessProgress;
use domain::ConnectionId;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Every round that is under way.
#[derive(Debug, Default)]
pub(crate) struct Probing(Mutex<Vec<Arc<Round>>>);

#[derive(Debug)]
struct Round {
    connection: ConnectionId,
    total: usize,
    /// Checks that have not answered yet, in the order of the registry.
    open: Mutex<Vec<&'static Facts>>,
    stop: CancellationToken,
}

/// One round; it is over when this is dropped.
pub(super) struct Under<'a> {
    probing: &'a Probing,
    round: Arc<Round>,
}

impl Probing {
    pub(super) fn begin(&self, connection: ConnectionId, checks: Vec<&'static Facts>) -> Under<'_> {
        let (total, open, stop) = (checks.len(), Mutex::new(checks), CancellationToken::new());
        let round = Arc::new(Round { connection, total, open, stop });
        self.0.lock().push(Arc::clone(&round));
        Under { probing: self, round }
    }

    /// The round of a connection that has the most before it.
    pub(super) fn progress(&self, connection: &ConnectionId) -> Option<ReadinessProgress> {
        let rounds = self.0.lock();
        let rounds = rounds.iter().filter(|round| round.connection == *connection);
        rounds.map(|round| round.progress()).max_by_key(|progress| progress.total.saturating_sub(progress.done))
    }

    /// Ends every round of a connection; answers how far they had come.
    pub(super) fn cancel(&self, connection: &ConnectionId) -> Option<ReadinessProgress> {
        let progress = self.progress(connection);
        for round in self.0.lock().iter().filter(|round| round.connection == *connection) {
            round.stop.cancel();
        }
        progress
    }
}

impl Round {
    fn progress(&self) -> ReadinessProgress {
        let open = self.open.lock();
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        ReadinessProgress {
            connection: self.connection.clone(),
            done: count(self.total.saturating_sub(open.len())),
            total: count(self.total),
            current: open.first().map(|facts| facts.title.to_owned()),
        }
    }
}

impl Under<'_> {
    /// A check has answered.
    pub(super) fn done(&self, id: &str) {
        self.round.open.lock().retain(|facts| facts.id != id);
    }

    /// Until somebody ends the round.
    pub(super) async fn cancelled(&self) {
        self.round.stop.cancelled().await;
    }
}

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.probing.0.lock().retain(|round| !Arc::ptr_eq(round, &self.round));
    }
}
