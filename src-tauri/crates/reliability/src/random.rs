//! Randomness for jitter, given rather than taken, so that a test can repeat what it saw.
//!
//! Not for secrets: the generator is small and fast, not cryptographic.

use parking_lot::Mutex;
use rand::{SeedableRng, rngs::SmallRng};
use std::sync::Arc;

/// A shared source of randomness; clones draw from the same sequence.
#[derive(Debug, Clone)]
pub struct Random(Arc<Mutex<SmallRng>>);

impl Random {
    /// Seeded from the operating system: what the composition root gives.
    pub fn from_os() -> Self {
        Self(Arc::new(Mutex::new(SmallRng::from_os_rng())))
    }

    /// The same sequence for the same seed: what a test gives.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(SmallRng::seed_from_u64(seed))))
    }

    /// Draws with the generator held; `draw` must not call back into anything that uses this source.
    pub(crate) fn with<T>(&self, draw: impl FnOnce(&mut SmallRng) -> T) -> T {
        draw(&mut self.0.lock())
    }
}
