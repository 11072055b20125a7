//! What a caller gets when a call through the pipeline does not succeed.

use crate::{breaker::CallError, bulkhead::Full, rate_limit::Limited, retry::Stopped};
use std::fmt;

/// A call through the pipeline did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PipelineError<E> {
    /// The rate limit refused it; nothing was called.
    Limited(Limited),
    /// The bulkhead was full; nothing was called.
    Full(Full),
    /// The deadline cut the first attempt before it had an outcome.
    DeadlinePassed,
    /// It failed, and no further attempt is made.
    Failed {
        /// The last error there was: the breaker's refusal, its time limit, or the call's own error. If the deadline cut an
        /// attempt ([`Stopped::Deadline`]) it is the error of the attempt before.
        error: CallError<E>,
        /// Attempts begun.
        attempts: u32,
        /// Why no further one is made.
        stopped: Stopped,
    },
}

impl<E: fmt::Display> fmt::Display for PipelineError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limited(limited) => limited.fmt(f),
            Self::Full(full) => full.fmt(f),
            Self::DeadlinePassed => f.write_str("the deadline passed before the first attempt had ended"),
            Self::Failed { error, attempts: 1, .. } => error.fmt(f),
            Self::Failed { error, attempts, .. } => write!(f, "gave up in attempt {attempts}: {error}"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for PipelineError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Limited(_) | Self::Full(_) | Self::DeadlinePassed => None,
            Self::Failed { error, .. } => error.source(),
        }
    }
}
