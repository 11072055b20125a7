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
    /// How many run and wait. A waiter that was handed its slot and has not noticed is one of them, once.
    inside: Arc<AtomicU32>,
    refused: AtomicU64,
}

/// A slot, held until it is dropped.
#[derive(Debug)]
#[must_use = "dropping the slot frees it"]
pub struct Slot {
    // In this order: the next waiter has the slot before another may come in.
    _permit: OwnedSemaphorePermit,
    _place: Place,
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

/// A place inside; given back however it ends.
#[derive(Debug)]
struct Place(Arc<AtomicU32>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Bulkhead {
    /// An empty bulkhead.
    pub fn new(policy: BulkheadPolicy) -> Self {
        let policy = BulkheadPolicy { concurrent: policy.concurrent.clamp(1, 1 << 29), ..policy };
        let slots = Arc::new(Semaphore::new(usize::try_from(policy.concurrent).unwrap_or(Semaphore::MAX_PERMITS)));
        let shared = Shared { policy, slots, inside: Arc::default(), refused: AtomicU64::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// Takes a slot, waiting in the queue if there is a place. Dropping the future gives the place up.
    ///
    /// # Errors
    /// [`Full`], at once, if there is neither.
    pub async fn acquire(&self) -> Result<Slot, Full> {
        let Shared { policy, slots, inside, refused } = &*self.shared;
        let full = Full { concurrent: policy.concurrent, queue: policy.queue };
        let most = policy.concurrent.saturating_add(policy.queue);
        let enter = |inside: u32| (inside < most).then_some(inside + 1);
        if inside.fetch_update(Ordering::AcqRel, Ordering::Acquire, enter).is_err() {
            refused.fetch_add(1, Ordering::Relaxed);
            return Err(full);
        }
        let place = Place(Arc::clone(inside));
        // First come, first served: a slot that is free while others wait belongs to them.
        match Arc::clone(slots).acquire_owned().await {
            Ok(permit) => Ok(Slot { _permit: permit, _place: place }),
            // The semaphore is never closed, so there always is a permit.
            Err(_) => Err(full),
        }
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
        let Shared { policy, inside, refused, .. } = &*self.shared;
        let inside = inside.load(Ordering::Acquire);
        Occupancy {
            running: inside.min(policy.concurrent),
            queued: inside.saturating_sub(policy.concurrent),
            refused: refused.load(Ordering::Relaxed),
        }
    }
}
