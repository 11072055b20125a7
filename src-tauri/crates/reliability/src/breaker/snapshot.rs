//! A breaker's state across a restart: the time that was left is what is left, less the time that passed meanwhile.
//!
//! A monotonic clock does not survive a restart, so a snapshot holds durations and the wall-clock moment when it was taken.
//! A wall clock that stepped back meanwhile can at worst leave the full remaining time, never more.

use super::{
    core::Phase,
    error::SnapshotError,
    event::{EventKind, Operator},
    handle::Breaker,
    moment::Moment,
    rare::Held,
    state::{Cause, Mode, State},
    stats::Tallies,
};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

const VERSION: u32 = 1;

/// What a breaker needs to go on after a restart. Store it as [`Snapshot::encode`] gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    version: u32,
    taken_at: SystemTime,
    mode: Mode,
    /// None while closed; the time left while open; zero while half-open, which goes on as open and ready to probe.
    open_remaining: Option<Duration>,
    open_count: u32,
    consecutive_failures: u32,
    cause: Option<Cause>,
    isolations: Vec<StoredIsolation>,
    tallies: Tallies,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StoredIsolation {
    actor: String,
    reason: String,
    remaining: Option<Duration>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Snapshot {
    /// As text (JSON).
    pub fn encode(&self) -> String {
        // Serialising numbers, strings and enums of unit variants into memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From text.
    ///
    /// # Errors
    /// [`SnapshotError`] if it is no snapshot or one of another version.
    pub fn decode(text: &str) -> Result<Self, SnapshotError> {
        let Versioned { version } = serde_json::from_str(text).map_err(|_| SnapshotError::Unreadable)?;
        if version != VERSION {
            return Err(SnapshotError::UnknownVersion { found: version, known: VERSION });
        }
        serde_json::from_str(text).map_err(|_| SnapshotError::Unreadable)
    }
}

/// What became of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// The breaker goes on where the snapshot left off.
    Applied(State),
    /// The breaker stays as it was, and an event says so.
    Refused(SnapshotError),
}

impl Breaker {
    /// What to store so that the breaker survives a restart; `wall` is the wall clock now.
    pub fn snapshot(&self, wall: SystemTime) -> Snapshot {
        let inner = &self.inner;
        inner.locked(|core| {
            let now = inner.setting.time.now();
            core.expire_isolations(&inner.setting, now);
            let open_remaining = match &core.phase {
                Phase::Closed => None,
                Phase::Open { until } => Some(until.left(now).unwrap_or(Duration::MAX)),
                Phase::HalfOpen(_) => Some(Duration::ZERO),
            };
            let stored = |held: &Held| StoredIsolation {
                actor: held.by.actor.to_string(),
                reason: held.by.reason.to_string(),
                remaining: held.ends.left(now),
            };
            Snapshot {
                version: VERSION,
                // What lies before cannot be written down; a clock that wrong is of no use either way.
                taken_at: wall.max(SystemTime::UNIX_EPOCH),
                mode: core.mode,
                open_remaining,
                open_count: core.open_count,
                consecutive_failures: core.consecutive_failures,
                cause: core.cause,
                isolations: core.isolations().iter().map(stored).collect(),
                tallies: inner.tallies(core),
            }
        })
    }

    /// Takes over a stored snapshot; `wall` is the wall clock now. Never fails: what cannot be used leaves the breaker as
    /// it is, with a warning event. Isolations come back detached; find them with [`Breaker::isolations`].
    pub fn restore(&self, stored: &str, wall: SystemTime) -> Restored {
        let inner = &self.inner;
        let decoded = Snapshot::decode(stored);
        inner.locked(|core| {
            let now = inner.setting.time.now();
            let from = core.recorded_state();
            let snapshot = match decoded {
                Ok(snapshot) => snapshot,
                Err(error) => {
                    core.emit(&inner.setting, now, from, EventKind::SnapshotRefused { error: error.clone() });
                    return Restored::Refused(error);
                }
            };
            let passed = wall.duration_since(snapshot.taken_at).unwrap_or_default();
            core.rare().isolations.clear();
            core.clear(now);
            core.mode = snapshot.mode;
            core.open_count = snapshot.open_count;
            core.cause = snapshot.cause;
            inner.set_tallies(core, &snapshot.tallies);
            if let Some(remaining) = snapshot.open_remaining {
                let until = match remaining {
                    Duration::MAX => Moment::NEVER,
                    remaining => now.plus(remaining.saturating_sub(passed)),
                };
                core.turn(Phase::Open { until }, now);
            } else {
                core.consecutive_failures = snapshot.consecutive_failures;
            }
            core.emit(&inner.setting, now, from, EventKind::Restored);
            for isolation in snapshot.isolations {
                let remaining = isolation.remaining.map(|remaining| remaining.saturating_sub(passed));
                if remaining != Some(Duration::ZERO) {
                    core.isolate(&inner.setting, now, Operator::new(&isolation.actor, &isolation.reason), remaining);
                }
            }
            Restored::Applied(core.recorded_state())
        })
    }
}
