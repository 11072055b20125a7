//! Slots and queue.

use super::{error::Full, policy::BulkheadPolicy};
use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bounds what runs and waits at once; clones are the same bulkhead.
#[derive(Debug, Clone)]
pub struct Bulkhead {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: BulkheadPolicy,
    slots: Arc<Semaphore>,
    queued: AtomicU32,
    refused: AtomicU64,
}

/// A slot, held until it is dropped.
#[derive(Debug)]
#[must_use = "dropping the slot frees it"]
pub struct Slot {
    _permit: OwnedSemaphorePermit,
}

/// How full a bulkhead is; the answer is old when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    /// How many run.
    pub running: u32,
    /// How many wait.
    pub queued: u32,
    /// How many were refused since it was made.
    pub refused: u64,
}

/// A place in the queue; given back however the wait ends.
struct Place<'a>(&'a AtomicU32);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Bulkhead {
    /// An empty bulkhead.
    pub fn new(policy: BulkheadPolicy) -> Self {
        let policy = BulkheadPolicy { concurrent: policy.concurrent.clamp(1, 1 << 29), ..policy };
        let slots = Arc::new(Semaphore::new(usize::try_from(policy.concurrent).unwrap_or(Semaphore::MAX_PERMITS)));
        let shared = Shared { policy, slots, queued: AtomicU32::new(0), refused: AtomicU64::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// Takes a slot, waiting in the queue if there is a place. Dropping the future gives the place up.
    ///
    /// # Errors
    /// [`Full`], at once, if there is neither.
    pub async fn acquire(&self) -> Result<Slot, Full> {
        let Shared { policy, slots, queued, refused } = &*self.shared;
        // A slot that is free while others wait belongs to them: the semaphore does not let anybody jump its queue.
        if let Ok(permit) = Arc::clone(slots).try_acquire_owned() {
            return Ok(Slot { _permit: permit });
        }
        let full = Full { concurrent: policy.concurrent, queue: policy.queue };
        let join = |waiting: u32| (waiting < policy.queue).then_some(waiting + 1);
        if queued.fetch_update(Ordering::AcqRel, Ordering::Acquire, join).is_err() {
            refused.fetch_add(1, Ordering::Relaxed);
            return Err(full);
        }
        let place = Place(queued);
        let permit = Arc::clone(slots).acquire_owned().await;
        drop(place);
        // The semaphore is never closed, so there always is a permit.
        permit.map(|permit| Slot { _permit: permit }).map_err(|_| full)
    }

    /// Runs `work` in a slot.
    ///
    /// # Errors
    /// [`Full`], and the work was not begun.
    pub async fn run<Work, Running>(&self, work: Work) -> Result<Running::Output, Full>
    where
        Work: FnOnce() -> Running,
        Running: Future,
    {
        let _slot = self.acquire().await?;
        Ok(work().await)
    }

    /// How full it is.
    pub fn occupancy(&self) -> Occupancy {
        let Shared { policy, slots, queued, refused } = &*self.shared;
        let free = u32::try_from(slots.available_permits()).unwrap_or(u32::MAX);
        Occupancy {
            running: policy.concurrent.saturating_sub(free),
            queued: queued.load(Ordering::Acquire),
            refused: refused.load(Ordering::Relaxed),
        }
    }
}
