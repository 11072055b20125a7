//! Circuit breakers as an operator sees them. The state machine itself lives in the reliability layer.

use crate::{id::ConnectionId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// One breaker round one dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Breaker {
    /// Unique within its source, e.g. `ai:anthropic` or `connection:local:read`.
    pub id: String,
    /// What it protects, for a person.
    pub protects: String,
    /// Whose breaker it is.
    pub source: BreakerSource,
    /// The connection that it belongs to or was read from.
    pub connection: Option<ConnectionId>,
    /// Where it stands.
    pub state: BreakerState,
    /// Since when.
    pub since: Timestamp,
    /// Why it last opened.
    pub cause: Option<BreakerCause>,
    /// Failures in a row right now.
    pub consecutive_failures: u32,
    /// Failures in a row that open it.
    pub failure_threshold: u32,
    /// Successful probes in a row that close it.
    pub success_threshold: u32,
    /// When the next call is let through as a probe, while open.
    pub next_probe_at: Option<Timestamp>,
    /// Calls let through since it was made.
    pub calls: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// Calls refused since it was made.
    pub rejections: u64,
    /// How often it has opened.
    pub times_opened: u64,
    /// When a call was last let through.
    pub last_call_at: Option<Timestamp>,
}

/// Whose breaker it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerSource {
    /// This console's own, round a connection.
    Console,
    /// A control plane's, round something that it calls.
    ControlPlane,
}

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// A few calls pass as probes.
    HalfOpen,
    /// Calls are refused.
    Open,
    /// Calls are refused because an operator said so.
    Isolated,
    /// It neither counts nor refuses.
    Disabled,
    /// It counts but never refuses.
    MetricsOnly,
    /// Not observed; never shown as its last known state.
    Unknown,
}

/// Why a breaker opened: a fixed vocabulary, never a provider's own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerCause {
    /// The other side could not be reached.
    Unreachable,
    /// Calls ran into their time limit.
    Timeout,
    /// The other side answered with a server error.
    ServerError,
    /// The other side said that it is overloaded.
    Overloaded,
    /// The other side answered something that is not its protocol.
    Malformed,
    /// An operator opened it.
    Operator,
    /// Calls were too slow.
    Slow,
    /// None of the above.
    Other,
}
