//! Probing because something happened that earlier evidence does not know of: a connection came back, one of its breakers
//! changed its state, or its settings or credential became others.
//!
//! Only probes that look at that connection, and cost it little, run. A change is left to settle, and the next round of the same connection
//! waits for its turn, so that what keeps changing is probed at a steady pace and never in a storm. Deliberately absent:
//! probing because a connection was lost, which the next call to it would say anyway.

use super::check::{Manner, Subject};
use crate::{call::Call, core::Core, link::Link, view::Tag};
use cache::Change;
use domain::{BreakerState, ConnectionId, ConnectionState};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    time::Instant,
};

/// Connections that something happened to since they were last probed.
#[derive(Debug, Default)]
pub(crate) struct Occasions {
    noted: Mutex<HashSet<ConnectionId>>,
    nudge: Notify,
}

impl Occasions {
    pub(crate) fn note(&self, connection: &ConnectionId) {
        self.noted.lock().insert(connection.clone());
        self.nudge.notify_one();
    }

    fn take(&self) -> HashSet<ConnectionId> {
        std::mem::take(&mut *self.noted.lock())
    }
}

/// Starts probing on change.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        let stop = core.stop.clone();
        tokio::select! {
            () = watch(&core) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn watch(core: &Core) {
    let mut changes = core.cache.changes();
    let (mut seen, mut turns) = (Seen::default(), Turns::default());
    loop {
        let due = turns.next();
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) => seen.compare(core, &change).await,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            () = core.occasions.nudge.notified() => {
                for connection in core.occasions.take() {
                    turns.add(core, connection);
                }
            }
            () = sleep_until(due) => {
                for connection in turns.take_due() {
                    if let Ok(link) = core.link(&connection) {
                        probe(core, &link).await;
                    }
                }
            }
        }
    }
}

/// Never, if there is no moment.
async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

async fn probe(core: &Core, link: &Link) {
    let call = Call::new("readiness.change");
    let probed = super::round(core, &call, link, |check| {
        check.facts().subject != Subject::Console && check.manner() == Manner::Looks
    })
    .await;
    if call.finish(probed).is_ok() {
        core.announcer.stale(vec![Tag::Readiness]);
    }
}

/// How things were when they were last looked at.
#[derive(Debug, Default)]
struct Seen {
    heard: HashMap<ConnectionId, bool>,
    breakers: HashMap<ConnectionId, Vec<(String, BreakerState)>>,
}

impl Seen {
    /// Notes what became otherwise. What is seen for the first time has not changed.
    async fn compare(&mut self, core: &Core, change: &Change) {
        for link in core.links() {
            if link.take_replaced() {
                core.occasions.note(&link.id);
            }
        }
        match change {
            Change::ConnectionStatus { connection } => {
                let Ok(link) = core.link(connection) else { return };
                let is_heard = matches!(link.status().state, ConnectionState::Live | ConnectionState::Polled);
                if self.heard.insert(connection.clone(), is_heard) == Some(false) && is_heard {
                    core.occasions.note(connection);
                }
            }
            Change::Breakers { connection: Some(connection) } => {
                let Ok(all) = core.read.breakers().await else { return };
                let own = all.into_iter().map(|known| known.breaker);
                let own = own.filter(|breaker| breaker.connection.as_ref() == Some(connection));
                let states: Vec<_> = own.map(|breaker| (breaker.id, breaker.state)).collect();
                let before = self.breakers.insert(connection.clone(), states.clone());
                if before.is_some_and(|before| before != states) {
                    core.occasions.note(connection);
                }
            }
            _ => {}
        }
    }
}

/// When each connection is probed next, and when it was last.
#[derive(Debug, Default)]
struct Turns {
    due: HashMap<ConnectionId, Instant>,
    last: HashMap<ConnectionId, Instant>,
}

impl Turns {
    fn add(&mut self, core: &Core, connection: ConnectionId) {
        self.add_at(Instant::now(), &core.pace, connection);
    }

    fn add_at(&mut self, now: Instant, pace: &crate::pace::Pace, connection: ConnectionId) {
        let settled = now + pace.readiness_settle;
        let turn = self.last.get(&connection).map_or(settled, |last| settled.max(*last + pace.readiness_gap));
        self.due.entry(connection).or_insert(turn);
    }

    fn next(&self) -> Option<Instant> {
        self.due.values().min().copied()
    }

    fn take_due(&mut self) -> Vec<ConnectionId> {
        let now = Instant::now();
        let due: Vec<_> =
            self.due.iter().filter(|(_, at)| **at <= now).map(|(connection, _)| connection.clone()).collect();
        for connection in &due {
            self.due.remove(connection);
            self.last.insert(connection.clone(), now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;
    use crate::pace::Pace;
    use tokio::time::{Duration, Instant};

    #[tokio::test(start_paused = true)]
    async fn what_keeps_changing_is_probed_at_a_steady_pace() {
        let (pace, mut turns, mut rounds) = (Pace::default(), Turns::default(), 0);
        let start = Instant::now();
        while start.elapsed() < Duration::from_mins(2) {
            turns.add_at(Instant::now(), &pace, "flow-eu".into());
            tokio::time::advance(Duration::from_millis(100)).await;
            rounds += turns.take_due().len();
        }
        assert_eq!(rounds, 4, "one after a second, then one each half minute, however often it changed");
    }
}
