//! What happens to the console's own breakers, in the words of the domain.

use super::shown::{cause, state};
use domain::{BreakerEvent, BreakerHappening, CorrelationId, Timestamp};
use reliability::breaker::{Cause, Event, EventKind, Operator};
use std::time::Duration;

/// What happened, now; `None` if it changed nothing.
pub(super) fn told(event: &Event, now: Timestamp) -> Option<BreakerEvent> {
    let of = |what, by: Option<&Operator>, why: Option<Cause>, lasts: Option<Duration>| BreakerEvent {
        seq: 0,
        breaker: event.breaker.to_string(),
        at: now,
        what,
        from: state(event.from),
        to: state(event.to),
        cause: why.map(cause),
        until: lasts.map(|lasts| now.plus(lasts)),
        actor: by.map(|by| by.actor.to_string()),
        reason: by.map(|by| by.reason.to_string()),
        correlation_id: event.trace.as_ref().map(|trace| CorrelationId::new(trace.id.as_str())),
    };
    Some(match &event.kind {
        EventKind::Opened { cause, open_for, by, .. } => {
            of(BreakerHappening::Opened, by.as_ref(), Some(*cause), Some(*open_for))
        }
        EventKind::HalfOpened { by } => of(BreakerHappening::HalfOpened, by.as_ref(), None, None),
        EventKind::Closed => of(BreakerHappening::Closed, None, None, None),
        EventKind::Reset { by } => of(BreakerHappening::Reset, Some(by), None, None),
        EventKind::Isolated { by, expires_in, .. } => of(BreakerHappening::Isolated, Some(by), None, *expires_in),
        EventKind::IsolationReleased { by, .. } => of(BreakerHappening::Released, by.as_ref(), None, None),
        EventKind::IsolationExpired { .. } => of(BreakerHappening::IsolationExpired, None, None, None),
        EventKind::ModeChanged { by, .. } => of(BreakerHappening::ModeChanged, Some(by), None, None),
        EventKind::ThresholdReached { cause } => of(BreakerHappening::ThresholdReached, None, Some(*cause), None),
        EventKind::LeaseExpired => of(BreakerHappening::ProbeLost, None, None, None),
        EventKind::Restored => of(BreakerHappening::Restored, None, None, None),
        EventKind::SnapshotRefused { .. } => return None,
    })
}
