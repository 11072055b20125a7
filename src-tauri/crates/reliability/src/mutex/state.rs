//! The lock and its guard.

use super::error::StillLocked;
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::OwnedMutexGuard, time::timeout};

/// A first-come, first-served lock round a value; clones are the same lock.
#[derive(Debug, Default)]
pub struct Mutex<T> {
    inner: Arc<tokio::sync::Mutex<T>>,
}

impl<T> Clone for Mutex<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// Holds the lock until it is dropped.
#[derive(Debug)]
#[must_use = "dropping the guard releases the lock"]
pub struct Guard<T> {
    inner: OwnedMutexGuard<T>,
}

impl<T> Mutex<T> {
    /// An unlocked lock.
    pub fn new(value: T) -> Self {
        Self { inner: Arc::new(tokio::sync::Mutex::new(value)) }
    }

    /// Waits its turn. Dropping the future gives up the place in the queue.
    pub async fn acquire(&self) -> Guard<T> {
        Guard { inner: Arc::clone(&self.inner).lock_owned().await }
    }

    /// Waits its turn for at most `patience`.
    ///
    /// # Errors
    /// [`StillLocked`] if the turn did not come.
    pub async fn acquire_within(&self, patience: Duration) -> Result<Guard<T>, StillLocked> {
        timeout(patience, self.acquire()).await.map_err(|_| StillLocked { waited: patience })
    }

    /// The lock, if it is free and nobody is waiting for it.
    pub fn try_acquire(&self) -> Option<Guard<T>> {
        Arc::clone(&self.inner).try_lock_owned().ok().map(|inner| Guard { inner })
    }

    /// Runs `work` with the lock held; it is released when the work ends, panics or is dropped.
    pub async fn run_exclusive<R>(&self, work: impl AsyncFnOnce(&mut T) -> R) -> R {
        let mut guard = self.acquire().await;
        work(&mut guard).await
    }

    /// Whether somebody holds it right now; the answer is old when it arrives. Asking takes the lock for an instant, in which
    /// [`Mutex::try_acquire`] elsewhere finds it taken.
    pub fn is_locked(&self) -> bool {
        self.inner.try_lock().is_err()
    }
}

impl<T> Guard<T> {
    /// Releases the lock now.
    pub fn release(self) {}
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for Guard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}
