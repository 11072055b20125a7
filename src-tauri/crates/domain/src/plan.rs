//! What an operator submits: a goal and the steps towards it.
//!
//! These are the *accepted* forms. Reading a document, with all its faults and dialects, is the engine's job.

use crate::failure::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A goal and the steps towards it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Plan {
    /// What the run is for, 1 to 500 characters.
    pub goal: String,
    /// 1 to 1,000 steps with distinct names; their order here has no meaning beyond display.
    pub steps: Vec<PlanStep>,
    /// Free facts, kept and shown, never interpreted.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct PlanStep {
    /// Unique within the plan, 1 to 100 characters.
    pub name: String,
    /// What it calls: `shell`, `gate:<name>`, `manual:<name>`, `http`, `ai`, `wait`, `echo` or `fail`.
    pub tool: String,
    /// What the tool is given; each tool documents its own.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// Names of the steps that must have ended well before this one starts.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// How often and how patiently to try again.
    #[serde(default)]
    pub retry: RetryPolicy,
    /// Time limit of one attempt in milliseconds; `None` means the tool's own default.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// What happens to an executing attempt when the control plane dies.
    #[serde(default)]
    pub on_restart: OnRestart,
    /// Whether a bad end fails the run.
    #[serde(default)]
    pub severity: Severity,
}

/// How often and how patiently a step is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct RetryPolicy {
    /// Attempts in all, 1 to 20; 1 means no retry.
    pub max_attempts: u32,
    /// Wait before the second attempt in milliseconds; doubled for each further one, with full jitter.
    pub delay_ms: u64,
    /// Longest wait between attempts in milliseconds.
    pub max_delay_ms: u64,
}

impl Default for RetryPolicy {
    /// One attempt. When a plan asks for more, waits start at 1 s and are capped at 10 s (the NOFX defaults).
    fn default() -> Self {
        Self { max_attempts: 1, delay_ms: 1_000, max_delay_ms: 10_000 }
    }
}

/// What happens to an executing attempt when the control plane dies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnRestart {
    /// The step ends as `interrupted`. The default, since nobody knows how far the work got.
    #[default]
    Fail,
    /// The step is executed again: the plan vouches that doing it twice is harmless.
    Rerun,
}

/// Whether a bad end fails the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A bad end fails the run and skips what depends on the step.
    #[default]
    Critical,
    /// A bad end is shown as a warning; what depends on the step goes on.
    Warning,
}

/// What a plan would do, or all the reasons why it is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Preview {
    /// Whether the plan would be accepted.
    pub valid: bool,
    /// Every fault, not only the first.
    pub faults: Vec<Fault>,
    /// The plan as it was understood; absent when the document could not be read as a plan at all.
    pub plan: Option<Plan>,
    /// Names of steps by depth: each layer depends only on earlier ones. Empty when the plan is refused.
    pub layers: Vec<Vec<String>>,
}
