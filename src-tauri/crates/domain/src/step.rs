//! A step of a run and the attempts at it.

use crate::{
    breaker::{BreakerState, BreakerVerdict},
    failure::Failure,
    gate::Gate,
    id::StepId,
    plan::{OnRestart, RetryPolicy, Severity},
    run::Usage,
    status::StepStatus,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One step of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Step {
    /// Unique on the control plane.
    pub id: StepId,
    /// Unique within the run.
    pub name: String,
    /// What it calls.
    pub tool: String,
    /// The breaker that its calls meet, e.g. `ai:anthropic`; absent if it meets none or that is not known beforehand.
    #[serde(default)]
    pub breaker: Option<String>,
    /// Where it stands.
    pub status: StepStatus,
    /// Whether a bad end fails the run.
    pub severity: Severity,
    /// Names of the steps that it waits for.
    pub depends_on: Vec<String>,
    /// What a death of the control plane does to it.
    pub on_restart: OnRestart,
    /// How often and how patiently it is tried.
    pub retry: RetryPolicy,
    /// Time limit of one attempt in milliseconds, if it has one.
    pub timeout_ms: Option<u64>,
    /// What the tool is given, as the next or last attempt sees it.
    pub inputs: Map<String, Value>,
    /// What the tool answered, once it ended well.
    pub output: Option<Value>,
    /// When it became ready to start: its dependencies had ended.
    pub queued_at: Option<Timestamp>,
    /// When its first attempt started.
    pub started_at: Option<Timestamp>,
    /// When it reached a final state.
    pub ended_at: Option<Timestamp>,
    /// What a waiting step waits for.
    pub waiting_for: Option<WaitingFor>,
    /// Until when at the latest, where that is known.
    pub waiting_until: Option<Timestamp>,
    /// Why it ended badly.
    pub failure: Option<Failure>,
    /// The verdict that it waits for or got, for `gate:*` and `manual:*`.
    pub gate: Option<Gate>,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
}

impl Step {
    /// A step of which no more is known than this: it has not been reached.
    pub fn new(id: StepId, name: String, tool: String) -> Self {
        Self {
            id,
            name,
            tool,
            breaker: None,
            status: StepStatus::Queued,
            severity: Severity::default(),
            depends_on: Vec::new(),
            on_restart: OnRestart::default(),
            retry: RetryPolicy::default(),
            timeout_ms: None,
            inputs: Map::new(),
            output: None,
            queued_at: None,
            started_at: None,
            ended_at: None,
            waiting_for: None,
            waiting_until: None,
            failure: None,
            gate: None,
            attempts: Vec::new(),
        }
    }
}

/// What a waiting step waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// A person's verdict.
    Approval,
    /// The pause before the next attempt.
    Retry,
    /// A breaker that is open.
    Breaker,
    /// The end of a `wait`.
    Time,
}

/// One try at a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Attempt {
    /// Counts from 1 over the whole life of the step, retries by operators included.
    pub number: u32,
    /// Where it stands; never `queued`, `waiting` or `skipped`.
    pub status: StepStatus,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended badly.
    pub failure: Option<Failure>,
    /// The breaker that stood in its way or let it pass, e.g. `ai:anthropic`.
    pub breaker: Option<String>,
    /// The state of that breaker when the attempt first asked it.
    pub breaker_state: Option<BreakerState>,
    /// What that breaker made of it; absent while it executes, and where a plane does not tell.
    #[serde(default)]
    pub breaker_verdict: Option<BreakerVerdict>,
    /// Exit code of its process, where it had one that ended by itself.
    pub exit_code: Option<i32>,
    /// Tokens and cost, for AI providers.
    pub usage: Option<Usage>,
}
