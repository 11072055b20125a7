//! The event feed: what happened to a breaker, in order, delivered outside its lock.
//!
//! Events get their number inside the lock and wait in an outbox; whoever released the lock delivers them, one deliverer
//! at a time, so that a listener may call the breaker (even reset it) and still sees events in order. Nothing waits for a
//! slow reader: outbox and feed are bounded, and a reader learns from the numbers how many events it lost.

use super::{
    control::IsolationId,
    error::SnapshotError,
    state::{Cause, Mode, State},
};
use crate::{correlation::Trace, name::Name};
use std::{sync::Arc, time::Duration};
use tokio::{sync::broadcast, time::Instant};

/// How many events a feed keeps for a slow reader.
pub(super) const FEED: usize = 256;

/// One thing that happened to a breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose event it is.
    pub breaker: Name,
    /// 1 for the first event of this breaker, then without a gap.
    pub seq: u64,
    /// When, on the breaker's clock.
    pub at: Instant,
    /// The generation that began with it, or in which it happened.
    pub generation: u64,
    /// The state before; the same as the `to` of the event before.
    pub from: State,
    /// The state after; the same as `from` if it was no transition.
    pub to: State,
    /// The request whose call caused it, if there was one.
    pub trace: Option<Trace>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    /// One log line; a warning if a stored state was lost.
    pub(super) fn log(&self) {
        let correlation_id = self.trace.as_ref().map(|trace| trace.id.as_str());
        let Self { breaker, seq, from, to, kind, .. } = self;
        if let EventKind::SnapshotRefused { error } = kind {
            tracing::warn!(%breaker, seq, %error, "a stored breaker state was not used");
        } else {
            tracing::info!(%breaker, seq, ?from, ?to, ?kind, correlation_id, "breaker event");
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// It opened.
    Opened {
        /// Why.
        cause: Cause,
        /// For how long.
        open_for: Duration,
        /// How often it has opened since it was last closed, this time included.
        open_count: u32,
        /// Who opened it, if somebody did.
        by: Option<Operator>,
    },
    /// Its open time was over and a probe was admitted, or an operator asked for probes.
    HalfOpened {
        /// Who asked, if somebody did.
        by: Option<Operator>,
    },
    /// Its probes succeeded.
    Closed,
    /// An operator reset it.
    Reset {
        /// Who and why.
        by: Operator,
    },
    /// An operator isolated it; it may have been isolated already.
    Isolated {
        /// Which isolation.
        id: IsolationId,
        /// Who and why.
        by: Operator,
        /// When it ends by itself.
        expires_in: Option<Duration>,
    },
    /// An isolation was released; others may remain.
    IsolationReleased {
        /// Which isolation.
        id: IsolationId,
        /// Who and why; `None` when its handle was dropped.
        by: Option<Operator>,
    },
    /// An isolation ended by itself; others may remain.
    IsolationExpired {
        /// Which isolation.
        id: IsolationId,
    },
    /// An operator changed its mode.
    ModeChanged {
        /// The mode now.
        mode: Mode,
        /// Who and why.
        by: Operator,
    },
    /// It only counts, and would have opened; said once until its counts have recovered.
    ThresholdReached {
        /// Why it would have opened.
        cause: Cause,
    },
    /// A probe was never reported and its slot was taken back.
    LeaseExpired,
    /// It took over a snapshot.
    Restored,
    /// It was given a snapshot that it could not use, and kept its state.
    SnapshotRefused {
        /// Why.
        error: SnapshotError,
    },
}

/// Who did something to a breaker, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    /// Who, as the caller names people.
    pub actor: Arc<str>,
    /// Why, in the operator's words.
    pub reason: Arc<str>,
}

impl Operator {
    /// Who and why.
    pub fn new(actor: &str, reason: &str) -> Self {
        Self { actor: actor.into(), reason: reason.into() }
    }
}

/// What a reader of the feed gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedItem {
    /// The next event.
    Event(Event),
    /// The reader was too slow: so many events are gone, and the next item is the oldest that is left.
    Lost(u64),
}

/// A reader of a breaker's events, from the moment it was made.
#[derive(Debug)]
pub struct Feed {
    receiver: broadcast::Receiver<Event>,
    next: u64,
    held: Option<Event>,
}

impl Feed {
    pub(super) const fn new(receiver: broadcast::Receiver<Event>, next: u64) -> Self {
        Self { receiver, next, held: None }
    }

    /// The next item; none when the breaker is gone. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<FeedItem> {
        loop {
            if let Some(event) = self.held.take() {
                self.next = event.seq + 1;
                return Some(FeedItem::Event(event));
            }
            match self.receiver.recv().await {
                Ok(event) => {
                    if let Some(item) = self.take(event) {
                        return Some(item);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// The next item if there is one now.
    pub fn try_next(&mut self) -> Option<FeedItem> {
        loop {
            if let Some(event) = self.held.take() {
                self.next = event.seq + 1;
                return Some(FeedItem::Event(event));
            }
            match self.receiver.try_recv() {
                Ok(event) => {
                    if let Some(item) = self.take(event) {
                        return Some(item);
                    }
                }
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => return None,
            }
        }
    }

    /// Delivers, or first reports the gap before it; none for an event from before the reader was made.
    fn take(&mut self, event: Event) -> Option<FeedItem> {
        if event.seq < self.next {
            return None;
        }
        let lost = event.seq - self.next;
        if lost > 0 {
            self.held = Some(event);
            return Some(FeedItem::Lost(lost));
        }
        self.next = event.seq + 1;
        Some(FeedItem::Event(event))
    }
}
