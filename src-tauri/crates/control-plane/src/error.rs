//! What a call to a control plane can end in, named by what it means for the caller.

use domain::{Action, Capabilities, Fault};
use std::time::Duration;

/// Why a call to a control plane did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection could be made, or it broke before an answer came.
    #[error("the control plane cannot be reached: {detail}")]
    Unreachable {
        /// What failed, e.g. `connection refused`; never holds a credential.
        detail: String,
    },
    /// The answer did not come in time.
    #[error("the control plane did not answer in time")]
    TimedOut,
    /// It is there but cannot do its work now (5xx).
    #[error("the control plane failed with status {status}")]
    Unavailable {
        /// HTTP status, 500 to 599.
        status: u16,
        /// Correlation id of the answer.
        correlation_id: Option<String>,
    },
    /// It asks for fewer calls (429).
    #[error("the control plane asks for fewer calls")]
    Throttled {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It does not accept the credential (401).
    #[error("the control plane does not accept the credential")]
    Unauthorised,
    /// The credential cannot be read or kept here, so nothing was sent.
    #[error("{reason}")]
    CredentialUnavailable {
        /// Why, one sentence for a person.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// It accepts the credential but not this act (403).
    #[error("{message}")]
    Forbidden {
        /// What it takes, as far as the plane says.
        message: String,
        /// Whom to ask, where the plane says so.
        remedy: Option<String>,
    },
    /// There is no such thing (404).
    #[error("{what} is not there")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The state of the thing does not allow this (409).
    #[error("{message}")]
    Conflict {
        /// Stable code of the plane, e.g. `run_is_terminal`.
        code: String,
        /// One sentence for a person.
        message: String,
    },
    /// The input is refused (400, 413, 422).
    #[error("{message}")]
    Invalid {
        /// One sentence for a person.
        message: String,
        /// Every fault.
        faults: Vec<Fault>,
    },
    /// The plane cannot do this at all; the reason is the one in its capabilities.
    #[error("{reason}")]
    Unsupported {
        /// Why not.
        reason: String,
    },
    /// The answer is not what this kind of control plane says.
    #[error("the answer cannot be understood: {detail}")]
    Incompatible {
        /// What was expected and what came, without the body.
        detail: String,
    },
}

/// Whether trying again makes sense, as the reliability layer needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retryability {
    /// It may pass by itself; counts against the breaker.
    Transient,
    /// Asked for fewer calls; proves that the plane is alive, so it is neutral for the breaker.
    Throttled {
        /// How long to wait at least.
        retry_after: Option<Duration>,
    },
    /// Trying again gives the same answer; proves that the plane is alive.
    Permanent,
    /// The credential is not accepted.
    Unauthorised,
    /// Not the protocol that we speak; counts against the breaker.
    Incompatible,
}

impl Error {
    /// What a plane answers that cannot do this, with the reason that it gives in its capabilities.
    pub fn unsupported(capabilities: &Capabilities, action: Action) -> Self {
        let reason = capabilities.reason(action).unwrap_or("this kind of control plane does not offer it");
        Self::Unsupported { reason: reason.to_owned() }
    }

    /// Classifies the error for retry and breaker.
    pub const fn retryability(&self) -> Retryability {
        match self {
            Self::Unreachable { .. } | Self::TimedOut | Self::Unavailable { .. } => Retryability::Transient,
            Self::Throttled { retry_after } => Retryability::Throttled { retry_after: *retry_after },
            Self::Unauthorised => Retryability::Unauthorised,
            Self::CredentialUnavailable { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Invalid { .. }
            | Self::Unsupported { .. } => Retryability::Permanent,
            Self::Incompatible { .. } => Retryability::Incompatible,
        }
    }
}
