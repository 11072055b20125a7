//! What a breaker rarely has: isolations, events on their way, listeners. Kept apart so that a healthy breaker that nobody
//! watches is small.

use super::{
    control::IsolationId,
    event::{Event, FEED, Operator},
    moment::Moment,
};
use std::{
    collections::VecDeque,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use tokio::sync::broadcast;

/// How many undelivered events wait in the outbox; only a listener that is slow beyond reason ever fills it.
const OUTBOX: usize = 4096;

pub(super) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// An isolation in force.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: IsolationId,
    pub(super) by: Operator,
    pub(super) ends: Moment,
}

#[derive(Default)]
pub(super) struct Rare {
    pub(super) isolations: Vec<Held>,
    outbox: VecDeque<Event>,
    listeners: Arc<[Listener]>,
    feed: Option<broadcast::Sender<Event>>,
    /// Whether somebody is at delivering; that somebody goes on until the outbox is empty.
    delivering: bool,
}

impl Rare {
    /// Puts an event into the outbox, where the oldest gives way; its number tells readers what is gone.
    pub(super) fn post(&mut self, event: Event) {
        if self.outbox.len() >= OUTBOX {
            self.outbox.pop_front();
        }
        self.outbox.push_back(event);
    }

    pub(super) fn listen(&mut self, listener: Listener) {
        self.listeners = self.listeners.iter().cloned().chain([listener]).collect();
    }

    /// A reader of the feed, and the number of the next event that it can get, if one waits already.
    pub(super) fn subscribe(&mut self) -> (broadcast::Receiver<Event>, Option<u64>) {
        let receiver = self.feed.get_or_insert_with(|| broadcast::Sender::new(FEED)).subscribe();
        (receiver, self.outbox.front().map(|oldest| oldest.seq))
    }

    /// Whether the caller has to deliver: there is something, and nobody is at it.
    pub(super) fn begin_delivery(&mut self) -> bool {
        let begins = !self.delivering && !self.outbox.is_empty();
        self.delivering |= begins;
        begins
    }

    /// The next event with those who want it; with none the delivery has ended.
    pub(super) fn next_parcel(&mut self) -> Option<Parcel> {
        let Some(event) = self.outbox.pop_front() else {
            self.delivering = false;
            self.outbox = VecDeque::new();
            return None;
        };
        Some(Parcel { event, listeners: Arc::clone(&self.listeners), feed: self.feed.clone() })
    }

    /// Whether nothing would be lost without it.
    pub(super) fn is_idle(&self) -> bool {
        !self.delivering
            && self.outbox.is_empty()
            && self.isolations.is_empty()
            && self.listeners.is_empty()
            && self.feed.is_none()
    }
}

/// An event on its way, outside the lock.
pub(super) struct Parcel {
    event: Event,
    listeners: Arc<[Listener]>,
    feed: Option<broadcast::Sender<Event>>,
}

impl Parcel {
    pub(super) fn deliver(self) {
        let Self { event, listeners, feed } = self;
        // Whatever happens here, the next event is delivered too.
        let logged = catch_unwind(AssertUnwindSafe(|| event.log())).is_ok();
        for listener in listeners.iter() {
            if catch_unwind(AssertUnwindSafe(|| listener(&event))).is_err() && logged {
                tracing::error!(breaker = %event.breaker, seq = event.seq, "a listener of the breaker panicked");
            }
        }
        if let Some(feed) = feed {
            // An error means that nobody is subscribed right now.
            let _ = feed.send(event);
        }
    }
}

impl fmt::Debug for Rare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { isolations, outbox, listeners, .. } = self;
        f.debug_struct("Rare")
            .field("isolations", isolations)
            .field("waiting", &outbox.len())
            .field("listeners", &listeners.len())
            .finish_non_exhaustive()
    }
}
