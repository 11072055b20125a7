//! What happens to the breakers, told in the words of the domain and handed to whoever keeps it.
//!
//! Nothing waits here: a call through a breaker must not be slow because a disk is. What finds no room is counted.

use super::{cause, state};
use domain::{BreakerEvent, BreakerHappening, Clock, CorrelationId};
use reliability::breaker::{Cause, Event, EventKind, Operator};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// Most things that wait to be kept.
const WAITING: usize = 4_096;

/// Where the breakers of a set tell what happens to them.
#[derive(Debug, Clone)]
pub(super) struct Teller {
    clock: Arc<dyn Clock>,
    waiting: mpsc::Sender<BreakerEvent>,
    lost: Arc<AtomicU64>,
}

/// What happened and is not kept yet.
#[derive(Debug)]
pub(crate) struct Happenings {
    waiting: mpsc::Receiver<BreakerEvent>,
    lost: Arc<AtomicU64>,
}

pub(super) fn channel(clock: Arc<dyn Clock>) -> (Teller, Happenings) {
    let ((waiting, taken), lost) = (mpsc::channel(WAITING), Arc::<AtomicU64>::default());
    (Teller { clock, waiting, lost: Arc::clone(&lost) }, Happenings { waiting: taken, lost })
}

impl Teller {
    pub(super) fn tell(&self, event: &Event) {
        let Some(told) = told(event, &*self.clock) else { return };
        if self.waiting.try_send(told).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Happenings {
    /// The next ones, at least one and at most `most`; none when the breakers are gone. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self, most: usize) -> Vec<BreakerEvent> {
        let mut events = Vec::new();
        self.waiting.recv_many(&mut events, most).await;
        events
    }

    /// What waits now, without waiting for more.
    pub(crate) fn rest(&mut self) -> Vec<BreakerEvent> {
        std::iter::from_fn(|| self.waiting.try_recv().ok()).collect()
    }

    /// How many found no room since this was asked last.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }
}

fn told(event: &Event, clock: &dyn Clock) -> Option<BreakerEvent> {
    let now = clock.now();
    let mut told = BreakerEvent {
        seq: 0,
        breaker: event.breaker.to_string(),
        at: now,
        what: BreakerHappening::Opened,
        from: state(event.from),
        to: state(event.to),
        cause: None,
        until: None,
        actor: None,
        reason: None,
        correlation_id: event.trace.as_ref().map(|trace| CorrelationId::new(trace.id.as_str())),
    };
    let mut done = |what, by: Option<&Operator>, of: Option<Cause>, lasts: Option<Duration>| {
        told.what = what;
        told.cause = of.map(cause);
        told.until = lasts.map(|lasts| now.plus(lasts));
        told.actor = by.map(|by| by.actor.to_string());
        told.reason = by.map(|by| by.reason.to_string());
    };
    match &event.kind {
        EventKind::Opened { cause, open_for, by, .. } => {
            done(BreakerHappening::Opened, by.as_ref(), Some(*cause), Some(*open_for));
        }
        EventKind::HalfOpened { by } => done(BreakerHappening::HalfOpened, by.as_ref(), None, None),
        EventKind::Closed => done(BreakerHappening::Closed, None, None, None),
        EventKind::Reset { by } => done(BreakerHappening::Reset, Some(by), None, None),
        EventKind::Isolated { by, expires_in, .. } => {
            done(BreakerHappening::Isolated, Some(by), None, *expires_in);
        }
        EventKind::IsolationReleased { by, .. } => done(BreakerHappening::Released, by.as_ref(), None, None),
        EventKind::IsolationExpired { .. } => done(BreakerHappening::IsolationExpired, None, None, None),
        EventKind::ModeChanged { by, .. } => done(BreakerHappening::ModeChanged, Some(by), None, None),
        EventKind::ThresholdReached { cause } => {
            done(BreakerHappening::ThresholdReached, None, Some(*cause), None);
        }
        EventKind::LeaseExpired => done(BreakerHappening::ProbeLost, None, None, None),
        EventKind::Restored => done(BreakerHappening::Restored, None, None, None),
        // It changed nothing.
        EventKind::SnapshotRefused { .. } => return None,
    }
    Some(told)
}
