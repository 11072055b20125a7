//! What happened to breakers, kept in the cache: of the console's own as it happens, of a plane's as the plane tells it or,
//! where it does not, as its state was seen to change.
//!
//! A call through a breaker never waits for the cache. Deliberately absent: the breakers of a command of the terminal, which
//! live as long as the command.

use crate::{core::Core, error::Error, guard::Guarded, link::Link};
use cache::CachedBreaker;
use control_plane::{CallContext, Error as PlaneError};
use domain::{Breaker, BreakerEvent, BreakerHappening, BreakerSource, BreakerState, ConnectionId, PageRequest};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::mpsc;

/// Most things that wait to be kept.
const WAITING: usize = 1_024;
/// Most that is written at once.
const BATCH: usize = 64;
/// Breakers whose history is read in one go.
const READ_MAX: usize = 20;
/// What happened to a breaker, as far back as it is read in one go.
const READ: usize = 200;

/// Where the console's own breakers put what happens to them.
#[derive(Debug, Clone)]
pub(crate) struct Post(mpsc::Sender<(ConnectionId, BreakerEvent)>);

/// What was put there and is not kept yet.
pub(crate) type Waiting = mpsc::Receiver<(ConnectionId, BreakerEvent)>;

pub(crate) fn post() -> (Post, Waiting) {
    let (sender, waiting) = mpsc::channel(WAITING);
    (Post(sender), waiting)
}

impl Post {
    pub(crate) fn put(&self, connection: &ConnectionId, event: BreakerEvent) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.0.try_send((connection.clone(), event)) {
            tracing::warn!(%connection, "something that happened to a breaker is not in its history");
        }
    }
}

/// Starts keeping what happens to the console's own breakers.
pub(crate) fn spawn(core: &Arc<Core>, mut waiting: Waiting) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        loop {
            let mut taken = Vec::new();
            tokio::select! {
                _ = waiting.recv_many(&mut taken, BATCH) => {}
                () = core.stop.cancelled() => return,
            }
            for (connection, event) in taken {
                let kept = core.write.append_breaker_events(Some(&connection), BreakerSource::Console, &[event]).await;
                match kept {
                    // One that was removed meanwhile has no history.
                    Ok(_) | Err(cache::Error::NoSuchConnection) => {}
                    Err(error) => tracing::warn!(%connection, %error, "what happened to a breaker is not kept"),
                }
            }
        }
    });
}

/// Reads the breakers of a plane, and what happened to those that were told of or have changed.
pub(crate) async fn read(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    told_of: &BTreeSet<String>,
) -> Result<Vec<Breaker>, Error> {
    let (source, connection) = (BreakerSource::ControlPlane, Some(&link.id));
    let of_plane = |breaker| Breaker { source, connection: connection.cloned(), ..breaker };
    let breakers: Vec<Breaker> = port.breakers(context).await?.into_iter().map(of_plane).collect();
    let known = core.read.breakers().await?;
    let moved = breakers.iter().filter(|breaker| told_of.contains(&breaker.id) || has_moved(breaker, &known));
    for breaker in moved.take(READ_MAX) {
        let events = happened(core, link, port, context, breaker).await?;
        core.write.append_breaker_events(connection, source, &events).await?;
    }
    core.write.put_breakers(connection, source, &breakers, core.now()).await?;
    Ok(breakers)
}

/// What a plane tells of a breaker, newest first, at most so much.
pub(super) async fn told(
    port: &Guarded,
    context: &CallContext,
    breaker: &str,
    most: usize,
) -> Result<Vec<BreakerEvent>, Error> {
    let (mut events, mut after) = (Vec::new(), None);
    while events.len() < most {
        let page = PageRequest { after, limit: PageRequest::MAX_LIMIT };
        let page = port.breaker_events(context, breaker.to_owned(), &page).await?;
        events.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    events.truncate(most);
    Ok(events)
}

/// What a plane tells of a breaker, and what is to be seen beyond it.
async fn happened(
    core: &Core,
    link: &Link,
    port: &Guarded,
    context: &CallContext,
    breaker: &Breaker,
) -> Result<Vec<BreakerEvent>, Error> {
    let mut events = match told(port, context, &breaker.id, READ).await {
        Ok(events) => events,
        Err(Error::Plane(PlaneError::Unsupported { .. } | PlaneError::NotFound { .. })) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut newest = events.first().map(|event| event.to);
    if newest.is_none() {
        let kept = core.read.breaker_events(Some(&link.id), BreakerSource::ControlPlane, &breaker.id, 1).await?;
        newest = kept.first().map(|event| event.to);
    }
    events.extend(seen(breaker, newest.unwrap_or(BreakerState::Closed)));
    Ok(events)
}

/// Whether it is not as it was read last; one that was never read has moved unless it is as new.
fn has_moved(breaker: &Breaker, known: &[CachedBreaker]) -> bool {
    let same = |known: &&CachedBreaker| {
        (known.breaker.source, &known.breaker.connection, &known.breaker.id)
            == (breaker.source, &breaker.connection, &breaker.id)
    };
    known.iter().find(same).map_or(breaker.times_opened > 0 || breaker.state != BreakerState::Closed, |known| {
        (known.breaker.state, known.breaker.times_opened) != (breaker.state, breaker.times_opened)
    })
}

/// The change of state that is to be seen but was not told.
fn seen(breaker: &Breaker, before: BreakerState) -> Option<BreakerEvent> {
    let what = match breaker.state {
        BreakerState::Open => BreakerHappening::Opened,
        BreakerState::HalfOpen => BreakerHappening::HalfOpened,
        BreakerState::Closed => BreakerHappening::Closed,
        BreakerState::Isolated => BreakerHappening::Isolated,
        BreakerState::Disabled | BreakerState::MetricsOnly | BreakerState::Unknown => return None,
    };
    (before != breaker.state).then(|| BreakerEvent {
        seq: 0,
        breaker: breaker.id.clone(),
        at: breaker.since,
        what,
        from: before,
        to: breaker.state,
        cause: breaker.cause.filter(|_| breaker.state == BreakerState::Open),
        until: breaker.next_probe_at,
        actor: breaker.isolation.as_ref().map(|isolation| isolation.actor.clone()),
        reason: breaker.isolation.as_ref().map(|isolation| isolation.reason.clone()),
        correlation_id: None,
    })
}
