//! Circuit breakers as an operator sees them. The state machine itself lives in the reliability layer.

use crate::{
    id::{ConnectionId, CorrelationId},
    time::Timestamp,
};
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
    /// Who keeps it isolated, if somebody does: of several the one that ends last.
    #[serde(default)]
    pub isolation: Option<BreakerIsolation>,
}

/// Somebody's word that no call shall pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct BreakerIsolation {
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When it ends by itself; `None` if it does not.
    pub ends_at: Option<Timestamp>,
}

/// What an operator does to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum BreakerAct {
    /// Closes it and forgets its failures. Isolations stay.
    Reset,
    /// Lets the next call through as a probe, while it is open.
    Probe,
    /// Refuses every call for a time.
    Isolate {
        /// For how many minutes: 1 to 1,440.
        minutes: u32,
    },
    /// Ends every isolation.
    Release,
}

impl BreakerAct {
    /// Longest isolation, in minutes.
    pub const LONGEST_MINUTES: u32 = 1_440;
}

/// One thing that happened to a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct BreakerEvent {
    /// Its place in the history of its source; grows, with gaps.
    pub seq: u64,
    /// Which breaker.
    pub breaker: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: BreakerHappening,
    /// The state before.
    pub from: BreakerState,
    /// The state after; the same where it was no transition.
    pub to: BreakerState,
    /// Why it opened, or would have.
    pub cause: Option<BreakerCause>,
    /// Until when it stays so if nothing else happens.
    pub until: Option<Timestamp>,
    /// Who did it, if somebody did.
    pub actor: Option<String>,
    /// Why somebody did.
    pub reason: Option<String>,
    /// The request whose call it came of.
    pub correlation_id: Option<CorrelationId>,
}

/// What can happen to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerHappening {
    /// It opened; from half-open because a probe failed.
    Opened,
    /// It lets probes through.
    HalfOpened,
    /// Its probes succeeded.
    Closed,
    /// Somebody closed it.
    Reset,
    /// Somebody isolated it.
    Isolated,
    /// Somebody ended an isolation.
    Released,
    /// An isolation ended by itself.
    IsolationExpired,
    /// Somebody changed how far it may act.
    ModeChanged,
    /// It only counts, and would have opened.
    ThresholdReached,
    /// A probe was never reported on.
    ProbeLost,
    /// It went on as an earlier process left it.
    Restored,
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

/// What a breaker made of an attempt that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerVerdict {
    /// The other side answered as a healthy one does, whatever it said.
    Success,
    /// The other side failed, at least once, and the breaker counted it.
    Failure,
    /// Nothing that says how the other side is, such as a limit of ours or a cancel.
    Ignored,
    /// The breaker let no call through.
    Refused,
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
