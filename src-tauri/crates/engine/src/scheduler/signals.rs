//! What committed changes set in motion: the queue grows, due times come nearer, attempts are told to stop, watchers see.

use crate::store::{Consequences, Queue, Work};
use domain::{FeedItem, StepId, Timestamp};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// Items that a reader of the feed may be behind before it is told to read everything again.
const FEED_ROOM: usize = 8 * 1024;

/// An item of the feed, and the team of its run; without one it is about the plane itself.
pub(crate) type Published = (Option<Arc<str>>, FeedItem);

/// Tells one attempt to stop.
#[derive(Debug, Default)]
pub(crate) struct Halt {
    /// Cancelled when it must stop.
    pub(crate) token: CancellationToken,
    /// Whether it must stop because the plane itself does.
    parking: AtomicBool,
}

impl Halt {
    /// Stops the attempt because the plane stops.
    pub(crate) fn park(&self) {
        self.parking.store(true, Ordering::Release);
        self.token.cancel();
    }

    /// Whether the plane's own stop is the reason.
    pub(crate) fn is_parking(&self) -> bool {
        self.parking.load(Ordering::Acquire)
    }
}

/// Joins the store to the scheduler.
#[derive(Debug)]
pub(crate) struct Signals {
    queue: Arc<dyn Queue>,
    attempts: Mutex<HashMap<StepId, Arc<Halt>>>,
    idle: Notify,
    /// The next due time in milliseconds; `i64::MAX` if nothing is due.
    due: AtomicI64,
    due_moved: Notify,
    feed: broadcast::Sender<Published>,
}

impl Signals {
    pub(crate) fn new(queue: Arc<dyn Queue>) -> Self {
        Self {
            queue,
            attempts: Mutex::default(),
            idle: Notify::new(),
            due: AtomicI64::new(i64::MAX),
            due_moved: Notify::new(),
            feed: broadcast::Sender::new(FEED_ROOM),
        }
    }

    /// Watches everything from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Published> {
        self.feed.subscribe()
    }

    /// Tells watchers that something happened to a breaker.
    pub(crate) fn tell_of_breaker(&self, breaker: &str) {
        // Without watchers there is nobody to tell.
        let _ = self.feed.send((None, FeedItem::Breaker { breaker: breaker.to_owned() }));
    }

    /// Registers an attempt before it is claimed, so that no request to stop it can miss it.
    pub(crate) fn register(&self, step: &StepId) -> Arc<Halt> {
        let halt = Arc::new(Halt::default());
        self.attempts.lock().insert(step.clone(), Arc::clone(&halt));
        halt
    }

    /// Forgets an attempt that is over. The next attempt at the same step may already be registered in its place.
    pub(crate) fn forget(&self, step: &StepId, over: &Arc<Halt>) {
        let mut attempts = self.attempts.lock();
        if attempts.get(step).is_some_and(|halt| Arc::ptr_eq(halt, over)) {
            attempts.remove(step);
        }
        if attempts.is_empty() {
            self.idle.notify_waiters();
        }
    }

    /// Attempts under way.
    pub(crate) fn executing(&self) -> usize {
        self.attempts.lock().len()
    }

    /// Stops every attempt because the plane stops.
    pub(crate) fn park_all(&self) {
        self.attempts.lock().values().for_each(|halt| halt.park());
    }

    /// Waits until no attempt is under way.
    pub(crate) async fn idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.executing() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Takes the due time if it has come.
    pub(crate) fn take_due(&self, now: Timestamp) -> bool {
        let due = self.due.load(Ordering::Acquire);
        due <= now.as_millis() && self.due.compare_exchange(due, i64::MAX, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Milliseconds until something is due; `None` if nothing is.
    pub(crate) fn until_due(&self, now: Timestamp) -> Option<u64> {
        let due = self.due.load(Ordering::Acquire);
        (due < i64::MAX).then(|| u64::try_from(due.saturating_sub(now.as_millis())).unwrap_or(0))
    }

    /// Waits until a due time came nearer.
    pub(crate) async fn due_moved(&self) {
        self.due_moved.notified().await;
    }
}

impl Consequences for Signals {
    fn ready(&self, work: Work) {
        self.queue.push(work);
    }

    fn due(&self, at: Timestamp) {
        if self.due.fetch_min(at.as_millis(), Ordering::AcqRel) > at.as_millis() {
            self.due_moved.notify_one();
        }
    }

    fn stop(&self, step: &StepId) {
        if let Some(halt) = self.attempts.lock().get(step) {
            halt.token.cancel();
        }
    }

    fn publish(&self, team: &Arc<str>, item: FeedItem) {
        // Without watchers there is nobody to tell.
        let _ = self.feed.send((Some(Arc::clone(team)), item));
    }
}

#[cfg(test)]
mod tests {
    use super::Signals;
    use crate::store::{Consequences, memory_queue::MemoryQueue};
    use domain::Timestamp;
    use std::sync::Arc;

    #[test]
    fn the_nearest_due_time_wins_and_is_taken_once() {
        let signals = Signals::new(Arc::new(MemoryQueue::default()));
        let at = Timestamp::from_millis;
        assert_eq!(signals.until_due(at(0)), None, "nothing is due");
        signals.due(at(500));
        signals.due(at(900));
        assert_eq!(signals.until_due(at(100)), Some(400), "the nearest counts");
        assert!(!signals.take_due(at(499)), "it is not yet due");
        assert!(signals.take_due(at(500)), "it is due");
        assert!(!signals.take_due(at(500)), "it was taken");
    }
}
