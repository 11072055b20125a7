//! Every request that came, and how it was answered.

use domain::DrillRequest;
use parking_lot::Mutex;

/// Most requests that are kept one by one: a drill makes far fewer, and a loop that went wild must not fill the memory.
const MOST: usize = 100_000;

/// The requests of one drill, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<DrillRequest>>);

impl Ledger {
    pub(crate) fn note(&self, request: DrillRequest) {
        let mut requests = self.0.lock();
        if requests.len() < MOST {
            requests.push(request);
        } else {
            tracing::warn!("a provider of a drill counts no more requests");
        }
    }

    pub(crate) fn all(&self) -> Vec<DrillRequest> {
        self.0.lock().clone()
    }
}
