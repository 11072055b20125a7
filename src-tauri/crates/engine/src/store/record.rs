//! The values that travel through the store's port.

use crate::{engine::Act, tools::breakers::Met};
use domain::{
    CorrelationId, Failure, LogStream, OnRestart, Plan, RetryPolicy, RunId, RunStatus, StepId, StepStatus, TeamId,
    Timestamp, Usage,
};
use serde_json::{Map, Value};
use std::time::Duration;

/// A step that is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Its run.
    pub run: RunId,
    /// The step.
    pub step: StepId,
    /// Since when it is ready.
    pub ready_at: Timestamp,
}

/// What starting a step means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conduct {
    /// Its tool is run in a slot.
    Execute,
    /// A person is asked.
    Ask {
        /// What is asked.
        question: String,
        /// After which time nobody's answer counts as no.
        expires_in: Option<Duration>,
    },
    /// Time passes.
    Pause {
        /// How much.
        duration: Duration,
    },
}

/// A step that a plan names, with what the store cannot know by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// Its id.
    pub id: StepId,
    /// What starting it means.
    pub conduct: Conduct,
}

/// A run to be written.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Its id.
    pub run: RunId,
    /// The team that it belongs to.
    pub team: TeamId,
    /// Most runs of the team that have not ended, this one included.
    pub most_open: u32,
    /// What was submitted, accepted and in order.
    pub plan: Plan,
    /// One for each step of the plan, in the same order.
    pub steps: Vec<NewStep>,
    /// The template that it came from.
    pub template: Option<String>,
    /// What makes a repeated call harmless.
    pub idempotency: Option<Idempotency>,
    /// Who asks.
    pub act: Act,
}

/// What makes a repeated call harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key, unique for each principal.
    pub key: String,
    /// SHA-256 of the canonical body, in hex.
    pub fingerprint: String,
}

/// A step that was marked as running and must now be executed.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its run.
    pub run: RunId,
    /// The step.
    pub step: StepId,
    /// What it calls.
    pub tool: String,
    /// Number of the attempt over the whole life of the step, from 1.
    pub attempt: u32,
    /// Number of the attempt since the plan or an operator last asked for attempts, from 1.
    pub tries: u32,
    /// How often and how patiently it is tried.
    pub retry: RetryPolicy,
    /// Time limit in milliseconds, if the plan gives one.
    pub timeout_ms: Option<u64>,
    /// What the tool is given.
    pub inputs: Map<String, Value>,
    /// Outputs of the steps that it depends on, by name.
    pub upstream: Map<String, Value>,
    /// Why `inputs` or `upstream` cannot be read back; both are empty then, and the attempt ends with it. Trying again
    /// would find the same.
    pub unreadable: Option<String>,
    /// Joins it to the request that created the run.
    pub correlation_id: CorrelationId,
    /// What a stop of the plane does to it.
    pub on_restart: OnRestart,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptEnd {
    /// The step.
    pub step: StepId,
    /// Number of the attempt.
    pub attempt: u32,
    /// `succeeded`, `failed`, `timed_out`, `cancelled`, or `interrupted` when the plane itself stops.
    pub status: StepStatus,
    /// Why it ended badly.
    pub failure: Option<Failure>,
    /// What it answered.
    pub output: Option<Value>,
    /// Exit code of its process.
    pub exit_code: Option<i32>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// The breaker that it met.
    pub breaker: Option<Met>,
    /// How long to wait before another attempt, if there is to be one.
    pub retry_in: Duration,
    /// What it printed last, not yet kept.
    pub lines: Vec<PendingLine>,
}

/// What the end of an attempt meant for its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedAs {
    /// The step is over.
    Final(StepStatus),
    /// Another attempt follows.
    Again,
    /// The attempt was already over; nothing changed.
    Late,
}

/// A step to be queued again.
#[derive(Debug, Clone)]
pub struct StepRetry {
    /// Its run.
    pub run: RunId,
    /// Its id or name.
    pub step: String,
    /// Why.
    pub reason: String,
    /// New inputs with what starting means then; `None` keeps the old ones.
    pub inputs: Option<(Map<String, Value>, Conduct)>,
    /// Who asks.
    pub act: Act,
}

/// What a step calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFacts {
    /// Its id.
    pub id: StepId,
    /// Its tool.
    pub tool: String,
    /// Time limit of one attempt in milliseconds, if its plan sets one.
    pub timeout_ms: Option<u64>,
    /// Names of the steps whose outputs it may be given.
    pub depends_on: Vec<String>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunHead {
    /// Where it stands.
    pub status: RunStatus,
    /// Sequence number of its newest event.
    pub last_seq: u64,
    /// Sequence number of its newest log line.
    pub last_log_seq: u64,
}

/// A line that a step printed, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLine {
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: StepId,
    /// The attempt.
    pub attempt: u32,
    /// When it was read.
    pub at: Timestamp,
    /// Where it came from.
    pub stream: LogStream,
    /// The text.
    pub text: String,
}
