//! The words of a breaker: its states, and what a call can mean to it.

use serde::{Deserialize, Serialize};

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Calls pass and are counted.
    Closed,
    /// Calls are refused until the open time is over.
    Open,
    /// As many probes pass as successes are missing.
    HalfOpen,
    /// Calls are refused because an operator said so.
    Isolated,
    /// Calls pass; nothing is counted.
    Disabled,
    /// Calls pass and are counted; it never opens.
    MetricsOnly,
}

/// How far a breaker may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It counts and opens.
    #[default]
    Active,
    /// It neither counts nor opens.
    Disabled,
    /// It counts, says once when it would have opened, and never opens.
    MetricsOnly,
}

/// What one call means to the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The dependency works.
    Success,
    /// The dependency does not work.
    Failure(Cause),
    /// Says nothing about the dependency: neither counts nor resets, and returns its probe slot.
    Ignored,
}

impl Outcome {
    /// The outcome of an error that an ignore rule and a failure rule were asked about: ignoring wins, and an error that
    /// matches neither counts as success, since the dependency answered.
    pub const fn of_error(ignored: bool, failure: Option<Cause>) -> Self {
        match (ignored, failure) {
            (true, _) => Self::Ignored,
            (false, Some(cause)) => Self::Failure(cause),
            (false, None) => Self::Success,
        }
    }
}

/// Why a call failed, and so why a breaker opened: a fixed vocabulary, never a provider's own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The other side could not be reached.
    Unreachable,
    /// The call ran into its time limit.
    Timeout,
    /// The other side answered with a server error.
    ServerError,
    /// The other side said that it is overloaded.
    Overloaded,
    /// The other side answered something that is not its protocol.
    Malformed,
    /// An operator opened the breaker.
    Operator,
    /// Calls were too slow.
    Slow,
    /// None of the above, a panic in the call included.
    Other,
}
