//! What `FuzzyLlama` answers about the work on a project besides its gates.
//!
//! Rows embed whole projects, whole documents and what agents thought; none of that is read.

use domain::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A proof, which counts at the gate whose row it names and nowhere else.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProofRow {
    /// Free text, usually the type of a gate.
    pub(crate) gate: String,
    pub(crate) proof_type: String,
    pub(crate) pass_fail: ProofOutcome,
    pub(crate) gate_id: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// What a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProofOutcome {
    Pass,
    Fail,
    Warning,
    Info,
}

/// Something that has to be handed over. It is linked to a project and to no gate.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DeliverableRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) path: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) status: WorkState,
}

/// A task. It has a name from the start, and may get a title.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) phase: Option<String>,
    pub(crate) agent_id: Option<String>,
    pub(crate) status: WorkState,
    /// Stays when the task is not blocked any more.
    pub(crate) blocking_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
}

/// The state of a task or of a deliverable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WorkState {
    NotStarted,
    InProgress,
    InReview,
    Complete,
    Blocked,
    Skipped,
}

/// One time that an agent was set to work.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExecutionRow {
    pub(crate) id: String,
    pub(crate) agent_type: String,
    pub(crate) status: ExecutionState,
    pub(crate) model: Option<String>,
    pub(crate) input_tokens: Option<u64>,
    pub(crate) output_tokens: Option<u64>,
    pub(crate) created_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
}

/// How an execution stands. One that a crash cut off stays `Running` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExecutionState {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// The head of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentRow {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) document_type: String,
    pub(crate) version: u32,
    pub(crate) updated_at: Timestamp,
}

/// What a project has cost, in dollars.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Costs {
    pub(crate) total_cost: f64,
    pub(crate) total_input_tokens: u64,
    pub(crate) total_output_tokens: u64,
    pub(crate) total_agent_executions: u64,
    #[serde(default, rename = "costsByAgent")]
    pub(crate) by_agent: BTreeMap<String, Share>,
}

/// The share of one agent in it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Share {
    pub(crate) cost: f64,
    pub(crate) executions: u64,
}

/// Something that stands in the way of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlockerRow {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) severity: String,
    pub(crate) created_at: Timestamp,
    pub(crate) resolved_at: Option<Timestamp>,
}

/// That work was begun; whether an agent could do it is told by its execution.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started {
    pub(crate) project_id: String,
}

/// That the workflow took something in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Taken {
    pub(crate) success: bool,
    pub(crate) message: Option<String>,
}
