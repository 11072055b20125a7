//! What the caller of a breaker gets instead of a result.

use super::{handle::Breaker, moment::Moment, state::State};
use crate::retry::Verdict;
use std::time::Duration;

/// The call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E> {
    /// The breaker refused the call; it never ran.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The call took longer than the breaker allows and was stopped.
    #[error("the call was stopped after {after:?}")]
    TimedOut {
        /// The limit that it ran into.
        after: Duration,
    },
    /// The call ran and failed.
    #[error(transparent)]
    Inner(E),
}

impl<E> CallError<E> {
    /// What a retry round this breaker makes of the error: a refusal is worth a retry once its time is over, or soon if
    /// probes are under way, and not at all when nobody can say when; a timeout is worth a retry; `inner` judges the rest.
    pub fn verdict(&self, inner: impl FnOnce(&E) -> Verdict) -> Verdict {
        match self {
            Self::Rejected(rejection) => match (rejection.retry_after(), rejection.reason) {
                (Some(wait), _) => Verdict::RetryAfter(wait),
                (None, RejectionReason::HalfOpenFull) => Verdict::Retryable,
                (None, _) => Verdict::NonRetryable,
            },
            Self::TimedOut { .. } => Verdict::Retryable,
            Self::Inner(error) => inner(error),
        }
    }
}

/// A call that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the breaker `{}` is {}; the call was not made", breaker.name(), reason.phrase())]
pub struct Rejection {
    /// Whose refusal it is.
    pub breaker: Breaker,
    /// Why it refused.
    pub reason: RejectionReason,
    /// When a call may pass again; none or never if nobody can say.
    pub(super) until: Option<Moment>,
}

impl Rejection {
    /// In how long, from now, a call may pass; none if nobody can say.
    pub fn retry_after(&self) -> Option<Duration> {
        // Asked for only here, since most who are refused do not ask, and reading the clock is most of what a refusal costs.
        self.until?.left(self.breaker.inner.setting.time.now())
    }

    /// Where the breaker stood.
    pub const fn state(&self) -> State {
        match self.reason {
            RejectionReason::Open => State::Open,
            RejectionReason::HalfOpenFull => State::HalfOpen,
            RejectionReason::Isolated => State::Isolated,
        }
    }
}

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionReason {
    /// The open time is not over.
    Open,
    /// As many probes are in flight as are needed.
    HalfOpenFull,
    /// An operator isolated it.
    Isolated,
}

impl RejectionReason {
    const fn phrase(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::HalfOpenFull => "half-open and its probes are under way",
            Self::Isolated => "isolated by an operator",
        }
    }
}

/// An act of an operator that the breaker's state does not allow; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// Only an open breaker can be made half-open.
    #[error("only an open breaker can be made half-open; this one is {state:?}")]
    NotOpen {
        /// Where it stands.
        state: State,
    },
    /// There is no such isolation; it was released or has expired.
    #[error("there is no such isolation; it was released or has expired")]
    NoSuchIsolation,
}

/// A stored snapshot that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// It is not a snapshot at all.
    #[error("the stored breaker state cannot be read")]
    Unreadable,
    /// It was written by a version that this one does not know.
    #[error("the stored breaker state has version {found}, and this program knows {known}")]
    UnknownVersion {
        /// The version found.
        found: u32,
        /// The version known.
        known: u32,
    },
}
