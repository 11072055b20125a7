//! A run: one execution of a plan.

use crate::{
    failure::Failure,
    id::{CorrelationId, RunId},
    status::RunStatus,
    step::Step,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A run with all of its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Run {
    /// What every list shows of it.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// Free facts from the plan.
    pub metadata: Map<String, Value>,
    /// Its steps, in the order of the plan.
    pub steps: Vec<Step>,
}

/// What a list shows of a run: no inputs, no outputs, no logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct RunSummary {
    /// Unique on the control plane.
    pub id: RunId,
    /// What it is for.
    pub goal: String,
    /// Where it stands.
    pub status: RunStatus,
    /// The template that it was started from.
    pub template: Option<String>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When its first step started.
    pub started_at: Option<Timestamp>,
    /// When it reached its present final state.
    pub ended_at: Option<Timestamp>,
    /// When anything about it last changed.
    pub changed_at: Timestamp,
    /// Sequence number of its newest event; events of a run count from 1 without a gap.
    pub last_seq: u64,
    /// Sequence number of its newest log line; 0 when it has none.
    pub last_log_seq: u64,
    /// 1, and one more for each time an operator's retry re-opened it.
    pub generation: u32,
    /// Joins it to the request that created it.
    pub correlation_id: Option<CorrelationId>,
    /// Steps by where they stand.
    pub step_counts: StepCounts,
    /// Name of the step that explains the status: the first bad one, or the one being worked on or waited for.
    pub current_step: Option<String>,
    /// Why it failed: the failure of its first critical step that ended badly.
    pub failure: Option<Failure>,
    /// Steps of severity `warning` that ended badly.
    pub warnings: u32,
    /// Gates that wait for a person.
    pub open_gates: u32,
    /// Attempts made at the step with the most of them.
    pub most_attempts: u32,
    /// Where its time went.
    pub time_spent: TimeSpent,
    /// Tokens and cost of all its attempts.
    pub usage: Usage,
}

impl RunSummary {
    /// A run of which no more is known than this.
    pub fn new(id: RunId, goal: String, status: RunStatus, created_at: Timestamp) -> Self {
        Self {
            id,
            goal,
            status,
            template: None,
            requested_by: None,
            created_at,
            started_at: None,
            ended_at: None,
            changed_at: created_at,
            last_seq: 0,
            last_log_seq: 0,
            generation: 1,
            correlation_id: None,
            step_counts: StepCounts::default(),
            current_step: None,
            failure: None,
            warnings: 0,
            open_gates: 0,
            most_attempts: 0,
            time_spent: TimeSpent::default(),
            usage: Usage::default(),
        }
    }
}

/// Steps of a run by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct StepCounts {
    /// All of them.
    pub total: u32,
    /// Not started.
    pub queued: u32,
    /// Executing.
    pub running: u32,
    /// Held by a person, time or a breaker.
    pub waiting: u32,
    /// Ended well.
    pub succeeded: u32,
    /// Ended badly: failed, timed out or interrupted.
    pub failed: u32,
    /// Cancelled or skipped.
    pub not_run: u32,
}

/// Where the time of a run went, in milliseconds, summed over its steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct TimeSpent {
    /// Ready but without a free slot.
    pub queued_ms: u64,
    /// Executing.
    pub running_ms: u64,
    /// Pausing before another attempt.
    pub retry_wait_ms: u64,
    /// Held by an open breaker.
    pub breaker_wait_ms: u64,
    /// In a person's hands.
    pub approval_ms: u64,
}

/// What AI providers were asked for and what it cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Usage {
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Cost in millionths of a US dollar; `None` when the price of the model is not known.
    pub cost_micro_usd: Option<u64>,
}
