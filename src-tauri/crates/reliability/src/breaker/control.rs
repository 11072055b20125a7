//! What an operator can do to a breaker: reset, open, probe, isolate, switch its mode. Every act has an actor and a reason.

use super::{
    core::Phase,
    error::ControlError,
    event::{EventKind, Operator},
    handle::Breaker,
    rare::Held,
    state::{Cause, Mode, State},
};
use std::time::Duration;
use tokio::time::Instant;

/// Names one isolation of one breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IsolationId(pub(super) u64);

/// An isolation in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolated {
    /// Which one.
    pub id: IsolationId,
    /// Who and why.
    pub by: Operator,
    /// When it ends by itself, on the breaker's clock; none if never.
    pub ends: Option<Instant>,
}

/// Keeps a breaker isolated; dropped, it releases its share. The breaker stays isolated while anybody isolates it.
#[derive(Debug)]
#[must_use = "dropping the handle ends the isolation at once"]
pub struct Isolation {
    breaker: Breaker,
    id: IsolationId,
    detached: bool,
}

impl Isolation {
    /// Ends this isolation.
    pub fn release(self) {}

    /// Leaves the isolation in force without the handle: it ends by [`Breaker::release_isolation`] or by its expiry.
    pub fn detach(mut self) -> IsolationId {
        self.detached = true;
        self.id
    }
}

impl Drop for Isolation {
    fn drop(&mut self) {
        if !self.detached {
            // It may have expired meanwhile.
            let _ = self.breaker.end_isolation(self.id, None);
        }
    }
}

impl Breaker {
    /// Closes it and sets its counts to zero; the tallies stay. Calls in flight no longer matter to it. Isolations stay in
    /// force, since they belong to whoever asked for them. Returns where it stands now.
    pub fn reset(&self, actor: &str, reason: &str) -> State {
        let by = Operator::new(actor, reason);
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            let from = core.recorded_state();
            core.clear(now);
            core.emit(&inner.setting, now, from, EventKind::Reset { by });
            core.recorded_state()
        })
    }

    /// Opens it for `open_for`, whatever its state; then it probes as after any opening. An inactive breaker becomes active.
    pub fn open(&self, open_for: Duration, actor: &str, reason: &str) {
        let by = Operator::new(actor, reason);
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            let from = core.recorded_state();
            if core.mode != Mode::Active {
                core.mode = Mode::Active;
                core.clear(now);
                core.emit(&inner.setting, now, from, EventKind::ModeChanged { mode: Mode::Active, by: by.clone() });
            }
            core.open(&inner.setting, now, Cause::Operator, open_for, Some(by));
        });
    }

    /// Lets probes through before the open time is over.
    ///
    /// # Errors
    /// [`ControlError::NotOpen`] in any other state.
    pub fn half_open(&self, actor: &str, reason: &str) -> Result<(), ControlError> {
        let by = Operator::new(actor, reason);
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            match core.recorded_state() {
                State::Open => {
                    core.half_open(&inner.setting, now, Some(by));
                    Ok(())
                }
                state => Err(ControlError::NotOpen { state }),
            }
        })
    }

    /// Refuses every call until the handle, and every other isolation, is released or expires. When the last one ends, the
    /// breaker is where its own rules left it: open for what is left of its time, or closed.
    pub fn isolate(&self, actor: &str, reason: &str, expires_in: Option<Duration>) -> Isolation {
        let by = Operator::new(actor, reason);
        let inner = &self.inner;
        let id = inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            core.isolate(&inner.setting, now, by, expires_in)
        });
        Isolation { breaker: self.clone(), id, detached: false }
    }

    /// Ends one isolation by its id.
    ///
    /// # Errors
    /// [`ControlError::NoSuchIsolation`] if it was released or has expired.
    pub fn release_isolation(&self, id: IsolationId, actor: &str, reason: &str) -> Result<(), ControlError> {
        self.end_isolation(id, Some(Operator::new(actor, reason)))
    }

    fn end_isolation(&self, id: IsolationId, by: Option<Operator>) -> Result<(), ControlError> {
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            let found = core.end_isolation(&inner.setting, now, id, EventKind::IsolationReleased { id, by });
            if found { Ok(()) } else { Err(ControlError::NoSuchIsolation) }
        })
    }

    /// The isolations in force. Reads only.
    pub fn isolations(&self) -> Vec<Isolated> {
        let inner = &self.inner;
        let now = inner.setting.time.now();
        let shown =
            |held: &Held| Isolated { id: held.id, by: held.by.clone(), ends: inner.setting.time.instant(held.ends) };
        inner.core.lock().isolations().iter().filter(|held| now < held.ends).map(shown).collect()
    }

    /// Switches how far it may act; its counts start over and calls in flight no longer matter to it.
    pub fn set_mode(&self, mode: Mode, actor: &str, reason: &str) {
        let by = Operator::new(actor, reason);
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            let from = core.recorded_state();
            core.mode = mode;
            core.clear(now);
            debug_assert!(matches!(core.phase, Phase::Closed), "a cleared breaker is closed underneath");
            core.emit(&inner.setting, now, from, EventKind::ModeChanged { mode, by });
        });
    }
}
