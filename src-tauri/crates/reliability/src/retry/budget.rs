//! The retry budget: retries and hedges may add a bounded share to the load, whatever fails.
//!
//! Without it, three retries per call turn an outage into four times the load. Every first attempt pays in a share of a retry (a
//! fifth, usually); every retry and every hedge takes out a whole one, when it is decided and whether or not it comes to be. Counted in integer hundredths, so that no share rounds up to all of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

const ONE: u64 = 100;

/// A shared store of retries; clones are the same budget.
#[derive(Debug, Clone)]
pub struct Budget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    deposit: u64,
    capacity: u64,
    balance: AtomicU64,
    refused: AtomicU64,
}

impl Budget {
    /// `percent` of the calls (at most 1000) may be retried, and `reserve` retries more. A long healthy time saves up
    /// to `capacity` retries (at least the reserve), which bounds the burst at the start of an outage.
    pub fn new(percent: u32, reserve: u32, capacity: u32) -> Self {
        let shared = Shared {
            deposit: u64::from(percent.min(1000)),
            capacity: u64::from(capacity.max(reserve)) * ONE,
            balance: AtomicU64::new(u64::from(reserve) * ONE),
            refused: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// 20 % of the calls and 10 more, saving up to 100. The share is Finagle's; its reserve renews every second, this one is
    /// given once, so that a dependency that is down for long is left alone.
    pub fn standard() -> Self {
        Self::new(20, 10, 100)
    }

    /// Pays in the share of one first attempt.
    pub fn deposit(&self) {
        let Shared { deposit, capacity, .. } = *self.shared;
        // The closure never declines, so the update cannot fail.
        let _ = self
            .shared
            .balance
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |balance| Some((balance + deposit).min(capacity)));
    }

    /// Takes out one retry, if there is one.
    pub fn withdraw(&self) -> bool {
        let taken =
            self.shared.balance.fetch_update(Ordering::AcqRel, Ordering::Acquire, |balance| balance.checked_sub(ONE));
        if taken.is_err() {
            self.shared.refused.fetch_add(1, Ordering::Relaxed);
        }
        taken.is_ok()
    }

    /// Whole retries left right now.
    pub fn available(&self) -> u64 {
        self.shared.balance.load(Ordering::Acquire) / ONE
    }

    /// How often a retry or hedge was refused.
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }
}
